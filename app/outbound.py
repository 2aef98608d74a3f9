"""The one way out: every request that this software makes by itself, to an address that somebody typed.

A host is resolved once, its addresses are looked at, and the connection goes to the one that was looked at, so a
name that changes its mind in between leads nowhere. Redirects are not followed, no cookies are kept, and what
comes back is bounded in bytes and time.
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
MAX_BYTES = 64 * 1024
MAX_URL = 500
PORTS = {"http": 80, "https": 443}
_MAPS_IPV4 = IPv6Network("64:ff9b::/96")
_NEVER = (IPv6Network("64:ff9b:1::/48"), IPv6Network("fec0::/10"), IPv6Network("::/96"))


class AddressRefused(Exception):
    """This is not the address of something that may be asked: https:// (or http://), a host, and a path."""


class Unreachable(Exception):
    """There was no answer."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status, and the body's first 64 KiB."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Target:
    """An address taken apart: ``path`` with its query, ``named`` as it goes into the Host header."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def named(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def parse(url: str) -> Target:
    """Take an address apart. Raises ``AddressRefused``."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode() if ":" not in (parts.hostname or "") else parts.hostname
        port = parts.port
    except ValueError:
        raise AddressRefused from None
    is_odd = len(url) > MAX_URL or any(not "!" <= character <= "~" for character in url)
    if is_odd or parts.scheme not in PORTS or not host or "@" in parts.netloc or "\\" in url or port == 0:
        raise AddressRefused
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or PORTS[parts.scheme], path)


class Outbound:
    """Asks others. ``allows_private`` lets requests go to this machine and its own network, too."""

    def __init__(self, *, allows_private: bool) -> None:
        self.allows_private = allows_private

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str]) -> Answer:
        """Send ``body`` and take the answer, whatever its status. Raises ``AddressRefused``, ``Unreachable``."""
        target = parse(url)
        connection = _connection(target, self._resolve(target))
        timer = threading.Timer(TOTAL_SECONDS, _cut, [connection])
        timer.daemon = True
        timer.start()
        try:
            connection.connect()
            sent = {"Host": target.named, "User-Agent": "Typecase", **headers}
            connection.request("POST", target.path, body, sent, preload_content=False, decode_content=False)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(MAX_BYTES))
        except (OSError, HTTPError, HTTPException, ValueError) as error:
            raise Unreachable(_reason(error)) from error
        finally:
            timer.cancel()
            connection.close()

    def _resolve(self, target: Target) -> str:
        """The address to connect to: if one of a host's addresses is not allowed, none is."""
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Unreachable("The host is not known.") from None
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses or not all(self._is_allowed(address) for address in addresses):
            raise AddressRefused("The host is on a private network, where requests do not go (ALLOW_PRIVATE_WEBHOOKS).")
        return addresses[0]

    def _is_allowed(self, written: str) -> bool:
        address: IPv4Address | IPv6Address = ip_address(written.partition("%")[0])
        if isinstance(address, IPv6Address):
            if (inner := _inner(address)) is not None:
                address = inner
            elif address.is_loopback:
                return self.allows_private
            elif any(address in network for network in _NEVER):
                return False
        if address.is_multicast or address.is_unspecified or address.is_link_local:
            return False  # among these the metadata of cloud machines
        return address.is_global or (self.allows_private and address.is_private)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one only wraps."""
    if address.teredo is not None:
        return address.teredo[1]
    mapped = IPv4Address(int(address) & 0xFFFFFFFF) if address in _MAPS_IPV4 else None
    return address.ipv4_mapped or address.sixtofour or mapped


def _connection(target: Target, address: str) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=CONNECT_SECONDS)
    return HTTPSConnection(
        address,
        target.port,
        timeout=CONNECT_SECONDS,
        ssl_context=ssl.create_default_context(),
        server_hostname=target.host,
        assert_hostname=target.host,
    )


def _cut(connection: HTTPConnection) -> None:
    """End a conversation that takes too long, however busily."""
    sock = connection.sock
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "Its certificate is not valid, or it speaks no TLS."
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "It did not answer in time."
    return "The connection failed."
