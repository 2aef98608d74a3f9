"""Forwarding headers count only when the request comes from a trusted proxy."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FORWARDING = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT",
              "HTTP_X_FORWARDED_PREFIX", "HTTP_FORWARDED", "HTTP_X_REQUEST_ID")  # fmt: skip


def wrap(app: Flask, networks: tuple[IPv4Network | IPv6Network, ...]) -> None:
    """Put the check in front of the application: werkzeug's ProxyFix behind a proxy, bare headers else."""
    app.wsgi_app = TrustedProxies(app.wsgi_app, networks)  # type: ignore[method-assign]


class TrustedProxies:
    """WSGI middleware: believes a trusted neighbour, and strips what others say of themselves."""

    def __init__(self, app: "WSGIApplication", networks: tuple[IPv4Network | IPv6Network, ...]) -> None:
        self.plain = app
        self.behind_proxy = ProxyFix(app, x_for=1, x_proto=1, x_host=1, x_port=0, x_prefix=0)
        self.networks = networks

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if self.networks and self._is_trusted(environ.get("REMOTE_ADDR", "")):
            return self.behind_proxy(environ, start_response)
        for name in FORWARDING:
            environ.pop(name, None)
        return self.plain(environ, start_response)

    def _is_trusted(self, address: str) -> bool:
        try:
            neighbour = ip_address(address)
        except ValueError:
            return False
        return any(neighbour in network for network in self.networks)
