"""Typecase, a blogging CMS. Read this first: ``create_app`` is the front hall, and only wires.

Foundation (config, db, clock, text, html, settings) < rooms (accounts, pageviews, media, articles, imports)
< doors (site, admin, cli). Things lean down, never up; the README has the map.
"""

from flask import Flask

from app.audit.telling import HeadTeller
from app.config import ROOT, Config
from app.db import Database
from app.mail_courier import Courier
from app.pageviews.counter import Counter


def create_app(config: Config) -> Flask:
    """Wire an application for this configuration. Connects to nothing, migrates nothing, prints nothing."""
    from app import admin, bounds, cli, errors, headers, health, hosts, login, site, web
    from app.media.storing import open_workshop

    app = Flask("app", root_path=str(ROOT / "app"), template_folder="../templates", static_folder="../static")
    app.config.update(
        SECRET_KEY=config.secret_key,
        MAX_CONTENT_LENGTH=config.max_request_bytes,
        MAX_FORM_MEMORY_SIZE=config.max_request_bytes,
        SESSION_COOKIE_NAME="__Host-session" if config.is_https else "session",
        SESSION_COOKIE_SECURE=config.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions["typecase.config"] = config
    database = app.extensions["typecase.db"] = Database(config.database_url)
    app.extensions["typecase.counter"] = Counter(config.journal_dir, database, config.fold_seconds)
    courier = app.extensions["typecase.courier"] = Courier(database, config)
    teller = app.extensions["typecase.audit"] = HeadTeller(database, config.instance_dir)
    if config.fold_seconds is not None:
        database.after_commit(lambda _session: courier.start())
        database.after_commit(lambda _session: teller.start())
    web.furnish(app)
    headers.furnish(app)
    app.extensions["typecase.media"] = open_workshop(config)
    login.furnish(app)
    errors.furnish(app)
    bounds.furnish(app)
    hosts.guard(app, config)
    health.furnish(app)
    app.register_blueprint(admin.bp)
    app.register_blueprint(site.bp)
    cli.furnish(app)
    _wrap(app, config)
    return app


def _wrap(app: Flask, config: Config) -> None:
    """Put the layers of WSGI around it, the innermost first."""
    from app import octets, one_at_a_time, proxies, request_log, site

    one_at_a_time.wrap(app)
    site.keep_pages(app, config)
    site.tell_caches(app, config)
    request_log.wrap(app)
    proxies.wrap(app, config.trusted_proxies)
    octets.wrap(app)
    site.answer_plainly(app, config)
