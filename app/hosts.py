"""Which Host headers are answered: the site's own. Health checks accept any."""

import re
from urllib.parse import urlsplit

from flask import Flask, abort, request

from app import web
from app.config import Config, is_loopback

ANY_HOST = {"health.healthz", "health.readyz"}
_HOST_AND_PORT = re.compile(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9_.-]+))(?::[0-9]{1,5})?")


def guard(app: Flask, config: Config) -> None:
    """Refuse requests for other hosts with 400, so that nobody's page is made for a forged address."""
    own = urlsplit(config.site_url).netloc

    @app.before_request
    def _check() -> None:
        if request.endpoint in ANY_HOST:
            return
        host = request.host.lower()
        whole = _HOST_AND_PORT.fullmatch(host)
        if whole is None:
            abort(400, description="unknown-host")
        if host == own or (config.is_loopback and is_loopback(whole["ipv6"] or whole["name"])):
            return
        if not config.site_url_given and host == urlsplit(web.settings().address).netloc.lower():
            return
        abort(400, description="unknown-host")
