"""The one way out: nowhere private, nothing followed, nothing without an end."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from app import outbound
from app.outbound import AddressRefused, Outbound, Unreachable, parse
from tests.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.mark.parametrize(
    "url",
    [
        "", "example.org", "//example.org/x", "ftp://example.org", "file:///etc/passwd", "gopher://example.org",
        "http://", "http:///x", "https://me@example.org", "https://me:pw@example.org", "https://@example.org",
        "https://exa mple.org", "https://example.org\\@127.0.0.1/", "https://example.org/\r\nHost: evil", "https://example.org:0",
        "https://example.org:99999", "https://example.org:x", "https://[::1", "https://example.org/\x00",
        "https://bücher.example",
        "https://example.org/" + "x" * 500, "https://" + "a" * 70 + ".example", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        parse(url)


def test_an_address_is_taken_apart() -> None:
    target = parse("https://Example.org:8443/purge?zone=1#top")
    assert (target.host, target.port, target.path, target.named) == (
        "example.org", 8443, "/purge?zone=1", "example.org:8443",
    )  # fmt: skip
    assert parse("http://[2001:db8::1]").named == "[2001:db8::1]"
    assert parse("https://example.org:443").named == "example.org"


PRIVATE = [
    "127.0.0.1", "127.9.9.9", "localhost", "2130706433", "0x7f.1", "127.1", "0.0.0.0", "10.0.0.1", "172.16.0.1",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[fec0::1]", "[ff02::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2001:0:7f00:1::80ff:fffe]", "[2001:db8::1]",
    "[::127.0.0.1]",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_nothing_private_is_asked(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object, **__: object) -> None:
        raise AssertionError("it was connected to")

    monkeypatch.setattr(outbound, "_connection", connect)
    with pytest.raises((AddressRefused, Unreachable)):
        Outbound(allows_private=False).post(f"http://{host}/", b"", headers={})


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "0.0.0.0", "224.0.0.1", "[::ffff:169.254.169.254]"])
def test_some_places_are_never_asked(host: str) -> None:
    with pytest.raises(AddressRefused):
        Outbound(allows_private=True).post(f"http://{host}/", b"", headers={})


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_public_addresses_are(address: str) -> None:
    assert Outbound(allows_private=False)._is_allowed(address)


def test_one_private_address_of_a_host_is_enough_to_refuse_it(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [(0, 0, 0, "", (address, 80)) for address in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)
    with pytest.raises(AddressRefused):
        Outbound(allows_private=False).post("http://rebinding.example/", b"", headers={})


def test_the_connection_goes_to_the_address_that_was_looked_at(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers differently the second time: nobody asks a second time."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: str, *rest: object, **more: object) -> object:
        asked.append(host)
        return real("127.0.0.1" if asked.count(host) == 1 else "10.255.255.1", *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    url = receiver.url.replace("127.0.0.1", "rebinding.example")
    answer = Outbound(allows_private=True).post(url, b"{}", headers={"X-Own": "1"})
    assert answer.status == 204
    assert asked.count("rebinding.example") == 1
    (headers, body) = receiver.posts[0]
    assert headers["Host"].startswith("rebinding.example:")
    assert (headers["X-Own"], body) == ("1", b"{}")


def test_redirects_are_not_followed(receiver: Receiver) -> None:
    receiver.status = 302
    assert Outbound(allows_private=True).post(receiver.url, b"", headers={}).status == 302
    assert len(receiver.posts) == 1


def test_no_more_is_read_than_a_bound(receiver: Receiver) -> None:
    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**9))
        handler.end_headers()
        try:
            for _ in range(1000):
                handler.wfile.write(b"x" * 65536)
        except OSError:
            pass

    receiver.answer = flood
    assert len(Outbound(allows_private=True).post(receiver.url, b"", headers={}).body) == outbound.MAX_BYTES


def test_who_drips_is_cut_off(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    def drip(handler: BaseHTTPRequestHandler) -> None:
        try:
            for _ in range(2000):
                handler.wfile.write(b"H")
                handler.wfile.flush()
                time.sleep(0.01)
        except OSError:
            pass

    receiver.answer = drip
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.3)
    with pytest.raises(Unreachable):
        Outbound(allows_private=True).post(receiver.url, b"", headers={})


def test_where_nobody_listens_there_is_a_sentence() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    with pytest.raises(Unreachable, match=r"failed\.$"):
        Outbound(allows_private=True).post(url, b"", headers={})


def test_a_certificate_is_asked_for(receiver: Receiver) -> None:
    with pytest.raises(Unreachable, match="certificate"):
        Outbound(allows_private=True).post(receiver.url.replace("http:", "https:"), b"", headers={})
