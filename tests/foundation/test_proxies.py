"""Forwarding headers are believed when they come from a trusted proxy, and are nothing otherwise."""

from ipaddress import ip_network

import pytest
from werkzeug.test import run_wsgi_app

from app.proxies import TrustedProxies

TRUSTED = tuple(map(ip_network, ("10.0.0.0/8", "127.0.0.1", "2001:db8::/32")))
ALL_HEADERS = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.9",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "example.org",
    "HTTP_X_FORWARDED_PORT": "443",
    "HTTP_X_FORWARDED_PREFIX": "/blog",
    "HTTP_FORWARDED": "for=203.0.113.9",
    "HTTP_X_REQUEST_ID": "chosen",
}


def seen_by_the_app(neighbour: str, *, trusted: tuple[object, ...] = TRUSTED, **headers: str) -> dict[str, str]:
    """What the application finds in its environ for a request from ``neighbour``."""
    seen: dict[str, str] = {}

    def app(environ: dict[str, str], start_response: object) -> list[bytes]:
        seen.update(environ)
        start_response("200 OK", [])  # type: ignore[operator]
        return []

    environ = {
        "REMOTE_ADDR": neighbour, "REQUEST_METHOD": "GET", "PATH_INFO": "/", "SCRIPT_NAME": "",
        "HTTP_HOST": "inside:8000", "SERVER_NAME": "inside", "SERVER_PORT": "8000",
        "wsgi.url_scheme": "http", **headers,
    }  # fmt: skip
    run_wsgi_app(TrustedProxies(app, trusted), environ)  # type: ignore[arg-type]
    return seen


@pytest.mark.parametrize("neighbour", ["203.0.113.7", "11.0.0.1", "2001:db9::1", "", "unix:", "not an address"])
def test_what_strangers_say_of_themselves_is_dropped(neighbour: str) -> None:
    seen = seen_by_the_app(neighbour, **ALL_HEADERS)
    assert not ALL_HEADERS.keys() & seen.keys()
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"], seen["HTTP_HOST"]) == (neighbour, "http", "inside:8000")
    assert seen["SCRIPT_NAME"] == ""


def test_without_trusted_proxies_nobody_is_believed() -> None:
    seen = seen_by_the_app("127.0.0.1", trusted=(), **ALL_HEADERS)
    assert not ALL_HEADERS.keys() & seen.keys()
    assert seen["REMOTE_ADDR"] == "127.0.0.1"


@pytest.mark.parametrize("neighbour", ["10.1.2.3", "127.0.0.1", "2001:db8::5", "::ffff:10.1.2.3"])
def test_a_trusted_proxy_is_believed(neighbour: str) -> None:
    seen = seen_by_the_app(neighbour, **ALL_HEADERS)
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"], seen["HTTP_HOST"]) == ("203.0.113.9", "https", "example.org")
    assert seen["HTTP_X_REQUEST_ID"] == "chosen"
    assert seen["SCRIPT_NAME"] == "", "the site has no prefix, whatever a header says"


@pytest.mark.parametrize(
    ("forwarded_for", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first is what the client claimed
        ("203.0.113.9, 10.9.9.9", "203.0.113.9"),  # two trusted proxies, one behind the other
        ("6.6.6.6, 203.0.113.9, 10.9.9.9, 10.8.8.8", "203.0.113.9"),
        ("203.0.113.9:51234", "203.0.113.9"),
        ("[2001:db9::9]:51234", "2001:db9::9"),
        ("2001:db9::9", "2001:db9::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, unknown", "10.0.0.1"),
        ("10.9.9.9", "10.9.9.9"),  # a request that began at a proxy
        ("", "10.0.0.1"),
        (",,", "10.0.0.1"),
        ("<script>", "10.0.0.1"),
    ],
)
def test_the_client_is_the_last_one_no_trusted_proxy_stands_for(forwarded_for: str, client: str) -> None:
    assert seen_by_the_app("10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded_for)["REMOTE_ADDR"] == client


@pytest.mark.parametrize("scheme", ["javascript", "", "https, ftp", "HTTPS!"])
def test_a_scheme_is_http_or_https(scheme: str) -> None:
    assert seen_by_the_app("10.0.0.1", HTTP_X_FORWARDED_PROTO=scheme)["wsgi.url_scheme"] == "http"


def test_the_nearest_proxy_says_the_scheme() -> None:
    assert seen_by_the_app("10.0.0.1", HTTP_X_FORWARDED_PROTO="http, https")["wsgi.url_scheme"] == "https"
