"""Which Host headers are answered: the site's own. Health checks accept any."""

from urllib.parse import urlsplit

from flask import Flask, abort, request

from app import web
from app.config import LOOPBACK_HOSTS, Config

ANY_HOST = {"health.healthz", "health.readyz"}


def guard(app: Flask, config: Config) -> None:
    """Refuse requests for other hosts with 400, so that nobody's page is made for a forged address."""
    own = config.site_url.split("://", 1)[1]

    @app.before_request
    def _check() -> None:
        if request.endpoint in ANY_HOST:
            return
        host = request.host.lower()
        if host == own or (config.is_loopback and _is_loopback(host)):
            return
        if not config.site_url_given and host == urlsplit(web.settings().address).netloc:
            return
        abort(400, description="unknown-host")


def _is_loopback(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in LOOPBACK_HOSTS
    except ValueError:
        return False
