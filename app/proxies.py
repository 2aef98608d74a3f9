"""Forwarding headers count only when the request comes from a trusted proxy."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Address = IPv4Address | IPv6Address
FORWARDING = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT",
              "HTTP_X_FORWARDED_PREFIX", "HTTP_FORWARDED", "HTTP_X_REQUEST_ID")  # fmt: skip


def wrap(app: Flask, networks: tuple[IPv4Network | IPv6Network, ...]) -> None:
    """Put the check in front of the application: werkzeug's ProxyFix behind a proxy, bare headers else."""
    app.wsgi_app = TrustedProxies(app.wsgi_app, networks)  # type: ignore[method-assign]


class TrustedProxies:
    """WSGI middleware: believes a trusted neighbour, and strips what others say of themselves."""

    def __init__(self, app: "WSGIApplication", networks: tuple[IPv4Network | IPv6Network, ...]) -> None:
        self.plain = app
        self.behind_proxy = ProxyFix(app, x_for=0, x_proto=1, x_host=1, x_port=0, x_prefix=0)
        self.networks = networks

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        neighbour = _address(environ.get("REMOTE_ADDR", "")) if self.networks else None
        if not self._is_trusted(neighbour):
            for name in FORWARDING:
                if name in environ:
                    del environ[name]
            return self.plain(environ, start_response)
        environ["REMOTE_ADDR"] = str(self._client(neighbour, environ.get("HTTP_X_FORWARDED_FOR", "")))
        if environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip() not in {"http", "https"}:
            environ.pop("HTTP_X_FORWARDED_PROTO", None)
        return self.behind_proxy(environ, start_response)

    def trusts(self, address: str) -> bool:
        """Whether what comes from this address is believed about others."""
        return self._is_trusted(_address(address))

    def _client(self, neighbour: Address | None, forwarded_for: str) -> Address | None:
        """Who asks: each trusted proxy is believed about its own neighbour, and nobody further on."""
        for part in reversed(forwarded_for.split(",")):
            before = _address(part.strip())
            if before is None:
                break
            neighbour = before
            if not self._is_trusted(neighbour):
                break
        return neighbour

    def _is_trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self.networks)


def _address(written: str) -> Address | None:
    """The address, whether or not a port follows; one of IPv4 wrapped in IPv6 is the one of IPv4."""
    if written.startswith("["):
        written = written[1:].partition("]")[0]
    elif written.count(":") == 1:
        written = written.partition(":")[0]
    try:
        address = ip_address(written)
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
