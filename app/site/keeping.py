"""What handlers say about keeping their page, and how the page cache is put in front of the application."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from flask import Flask, g, request
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_cookie

from app.articles.models import Article
from app.changes import PAGEVIEWS
from app.config import Config
from app.outbound import Outbound
from app.pageviews.models import SITE
from app.site.counting import Counting
from app.site.freshness import Freshness
from app.site.page_cache import KEEP, Keeping, PageCache
from app.site.purging import Purger

Keys = frozenset[str] | None


def keep(*keys: str, language: str = "", article_id: int | None = None) -> bool:
    """Let this request's page be kept until one of the keys (or ``site``) changes. Whether it will be.

    With ``article_id`` the cache counts its views and puts the number in: the handler leaves the place open.
    """
    g.shown_keys = frozenset(keys) | {"site"}
    if KEEP not in request.environ:
        return False
    request.environ[KEEP] = Keeping(g.shown_keys, article_id, language)
    return True


def keys_of(articles: Iterable[Article]) -> set[str]:
    """The keys of what a list shows of its articles: their authors' and tags' names."""
    keys: set[str] = set()
    for article in articles:
        keys |= {f"author:{account.id}" for account in article.authors} | {f"tag:{tag.id}" for tag in article.tags}
    return keys


def keep_pages(app: Flask, config: Config) -> None:
    """Put the page cache in front of the application, unless the configuration gives it no room."""
    if config.page_cache_bytes == 0:
        return
    database, counter = app.extensions["typecase.db"], app.extensions["typecase.counter"]

    def follow(drop: Callable[[Keys], None]) -> Freshness:
        def on_change(keys: Keys) -> None:
            drop(keys)
            counter.forget(_numbers_of(keys))

        polls = config.fold_seconds is not None
        return Freshness(database, config.instance_dir / "site-version", on_change, polls=polls)

    cache = PageCache(
        app.wsgi_app,
        follow,
        max_bytes=config.page_cache_bytes,
        is_page=partial(_is_page, app.url_map.bind("")),
        is_signed_in=partial(_is_signed_in, app),
        count=Counting(counter, database),
    )
    app.extensions["typecase.page_cache"] = cache
    app.wsgi_app = cache  # type: ignore[method-assign]


def tell_caches(app: Flask, config: Config) -> None:
    """Let a thread tell shared caches what is old: gunicorn starts it, on other servers the first change does."""
    database = app.extensions["typecase.db"]
    outbound = Outbound(allows_private=config.allows_private_webhooks or config.is_loopback)
    purger = app.extensions["typecase.purger"] = Purger(database, outbound)
    if config.fold_seconds is not None:
        database.after_commit(lambda _session: purger.start())


def _numbers_of(keys: Keys) -> list[int] | None:
    """The articles whose numbers these changes concern; None: any."""
    if keys is None:
        return None
    ids = [int(key.removeprefix(PAGEVIEWS)) for key in keys if key.startswith(PAGEVIEWS)]
    return None if SITE in ids else ids


def _is_page(addresses: Any, path: str) -> bool:
    try:
        endpoint, _ = addresses.match(path, "GET")
    except HTTPException:
        return False
    return str(endpoint).startswith("site.")


def _is_signed_in(app: Flask, header: str) -> bool:
    """Whether a Cookie header holds our session with somebody in it. One that does not verify is nobody's."""
    value = parse_cookie(header).get(app.config["SESSION_COOKIE_NAME"])
    if not value:
        return False
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    try:
        return serializer is not None and "_user_id" in serializer.loads(value)
    except BadSignature:
        return False
