"""Plain requests for kept pages on any WSGI server: answered quickly, and just as the ordinary way does."""

import gzip
import logging
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from app import create_app
from app.articles import publishing, writing
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.config import Config
from app.pageviews.journal import HEAD, list_files, parse
from app.site.page_cache import PageCache
from app.site.plain_answers import PlainAnswers
from tests.conftest import Clock
from tests.site.conftest import BROWSER

Headers = list[tuple[str, str]]
_NUMBER = re.compile(rb'value="\d+">[\d,]+ views?<')


class Answer(NamedTuple):
    """What came, without what differs from answer to answer: number, id, date."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    logged: str
    journaled: tuple[tuple[int, int, bytes], ...]


class Two:
    """One application, asked at its front (plain answers first) and behind that (the ordinary way)."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.front: Any = app.wsgi_app
        assert isinstance(self.front, PlainAnswers)
        self.entries: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: self.entries.extend(record.getMessage().splitlines())  # type: ignore[method-assign]
        self.handler = handler

    def records(self) -> list[tuple[int, int, bytes]]:
        """All that is in the journal: article, class, tail."""
        folder, found = self.app.extensions["typecase.counter"].journal_dir, []
        for name in list_files(folder):
            data = (folder / name).read_bytes()
            at = 0
            for view in parse(data):
                found.append((view.article_id, view.code, data[at + HEAD.size : view.end]))
                at = view.end
        return found

    def ask(self, environ: dict[str, Any], *, plainly: bool) -> Answer:
        seen: list[tuple[str, Headers]] = []
        before, logged = len(self.records()), len(self.entries)
        answer = self.front if plainly else self.front.app

        def start(status: str, headers: Headers, exc_info: object = None) -> Any:
            seen.append((status, headers))
            return lambda _data: None

        body = answer(dict(environ), start)
        data = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        ((status, headers),) = seen
        said = dict(headers)
        assert not data or said["Content-Length"] == str(len(data))
        if said.get("Content-Encoding") == "gzip" and data:
            data = gzip.decompress(data)
        kept = tuple(
            (name, re.sub(r'-\d+"$', '-N"', value) if name == "ETag" else value)
            for name, value in headers
            if name not in {"X-Request-ID", "Content-Length"}
        )
        entries = [re.sub(r"id=\S+|ms=\S+|bytes=\d+", "", entry) for entry in self.entries[logged:]]
        return Answer(status, kept, _NUMBER.sub(b"N<", data), "\n".join(entries), tuple(self.records()[before:]))


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, fold_seconds=3600.0, site_url="http://localhost")


@pytest.fixture
def two(config: Config) -> Iterator[Two]:
    app = create_app(config)
    with app.extensions["typecase.db"].writer() as session:
        for title in ("One", "Two"):
            body = prepare("<p>Some words to read.</p>" * 50, "html")
            article = writing.create(session, Content(title=title, body=body, authors=["A"]), by_id=None)
            publishing.publish(session, article, by_id=None)
        session.commit()
    app.extensions["typecase.counter"].visitors.renew()  # not between two answers that are compared
    pair = Two(app)
    log = logging.getLogger("typecase.request")
    level = log.level
    log.addHandler(pair.handler)
    log.setLevel(logging.INFO)
    for path in ("/one", "/two", "/", "/feed.xml"):
        for _ in range(2):
            pair.ask(environ_of(path, BROWSER), plainly=False)
    yield pair
    log.removeHandler(pair.handler)
    log.setLevel(level)
    app.extensions["typecase.counter"].close()
    app.extensions["typecase.db"].close()
    for thread in threading.enumerate():
        if thread.name in {"freshness", "purging"}:
            thread.join(10)
            assert not thread.is_alive(), "what asks a database stops when that is closed"
    app.extensions["typecase.db"].close()  # of a last question that was under way


def environ_of(path: str, headers: dict[str, str], *, method: str = "GET", peer: str = "192.0.2.7") -> dict[str, Any]:
    """What a server makes of such a request."""
    environ = EnvironBuilder(path=path, method=method, headers=headers, base_url="http://localhost").get_environ()
    for name in ("CONTENT_LENGTH", "CONTENT_TYPE"):
        environ.pop(name, None)
    return environ | {"REMOTE_ADDR": peer}


def is_plain(two: Two, environ: dict[str, Any]) -> bool:
    return two.front.plain.is_ready() and two.front._find(environ) is not None


@pytest.mark.parametrize("path", ["/one", "/two?utm_source=letter", "/", "/?page=1", "/feed.xml"])
def test_what_people_ask_for_is_plain_and_answered_the_same(two: Two, path: str) -> None:
    environ = environ_of(path, BROWSER | {"Accept-Encoding": "gzip, br", "Accept-Language": "de", "Cookie": "a=b"})
    assert is_plain(two, environ)
    assert two.ask(environ, plainly=True) == two.ask(environ, plainly=False)


def test_each_answer_shows_the_next_number(two: Two) -> None:
    def number(*, plainly: bool) -> int:
        body = b"".join((two.front if plainly else two.front.app)(environ_of("/one", BROWSER), lambda *_: None))
        found = re.search(rb'class="pageviews" value="(\d+)"', body)
        assert found
        return int(found[1])

    first = number(plainly=True)
    assert [number(plainly=plainly) for plainly in (False, True, True, False)] == [first + n for n in (1, 2, 3, 4)]


ODD: list[dict[str, str]] = [
    {"Authorization": "Basic eA=="}, {"Range": "bytes=0-9"}, {"If-None-Match": "*"}, {"X-Unheard-Of": "1"},
    {"If-Modified-Since": "Sat, 01 Jan 2033 00:00:00 GMT"}, {"Cookie": "session=forged"}, {"Expect": "100-continue"},
    {"X-Request-ID": "mine"}, {"Content-Length": "3"},
]  # fmt: skip


@pytest.mark.parametrize("headers", ODD, ids=lambda headers: next(iter(headers)))
def test_what_may_mean_something_goes_the_ordinary_way(two: Two, headers: dict[str, str]) -> None:
    environ = environ_of("/one", BROWSER | headers)
    if "Content-Length" in headers:
        environ["CONTENT_LENGTH"] = "3"
    assert not is_plain(two, environ)
    if "X-Request-ID" not in headers:
        assert two.ask(environ, plainly=True) == two.ask(environ, plainly=False)


NAMES = [
    "User-Agent", "Referer", "Accept-Encoding", "Cookie", "Sec-Purpose", "Purpose", "X-Moz", "Accept", "Connection",
    "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Cache-Control", "If-None-Match",
    "Range", "X-Odd", "Host",
]  # fmt: skip
VALUES = st.sampled_from([
    "", "gzip", "gzip;q=0", "*", "prefetch", "prefetch;prerender", "Googlebot/2.1", "a=b; session=x", "for=192.0.2.1",
    "198.51.100.9", "198.51.100.9, 203.0.113.5", "https", "localhost", "localhost:80", "evil.example", "Localhost",
    "https://www.google.com/search?q=x", "http://localhost/two", BROWSER["User-Agent"], "ü".encode().decode("latin-1"),
])  # fmt: skip
PATHS = st.sampled_from([
    "/one", "/two", "/", "/ONE", "/one/", "//one", "/?page=2", "/one?page=7", "/two?utm_campaign=x", "/nothing",
    "/feed.xml", "/admin/", "/healthz", "/one?utm_source=%00", "/%6fne",
])  # fmt: skip


@pytest.mark.parametrize("networks", ["", "192.0.2.0/24, 203.0.113.0/24"], ids=["no proxy", "behind proxies"])
def test_whatever_is_asked_both_answer_the_same(config: Config, two: Two, networks: str) -> None:
    from ipaddress import ip_network

    trusted = tuple(ip_network(network.strip()) for network in networks.split(",") if network)
    for proxies in (two.front.plain.proxies, two.front.app):
        proxies.networks = trusted

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        PATHS,
        st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6),
        st.sampled_from(["GET", "GET", "HEAD", "POST"]),
    )
    def ask(path: str, headers: dict[str, str], method: str) -> None:
        environ = environ_of(path, BROWSER | headers, method=method)
        assert two.ask(environ, plainly=True) == two.ask(environ, plainly=False)

    ask()


def test_a_page_that_changed_is_not_answered_from_before(two: Two) -> None:
    assert is_plain(two, environ_of("/one", BROWSER))
    with two.app.extensions["typecase.db"].writer() as session:
        article = two.app.extensions["typecase.db"] and writing.create(
            session, Content(title="Three", body=prepare("<p>New.</p>", "html"), authors=["A"]), by_id=None
        )
        publishing.publish(session, article, by_id=None)
        session.commit()
    assert not is_plain(two, environ_of("/", BROWSER))
    assert b"Three" in two.ask(environ_of("/", BROWSER), plainly=True).body


def test_the_next_day_has_new_visitor_keys(two: Two, the_clock: Clock) -> None:
    from datetime import timedelta

    from app import clock

    def key() -> bytes:
        ((_, _, tail),) = two.ask(environ_of("/one", BROWSER), plainly=True).journaled
        return tail[:8]

    today = key()
    assert key() == today
    assert two.front._blocks
    the_clock.set(clock.now() + timedelta(days=1))
    two.app.extensions["typecase.counter"].visitors.today()  # as its thread does once a second
    assert not two.front._blocks, "addresses are not remembered until somebody comes"
    assert key() != today


def test_the_memory_is_bounded(two: Two) -> None:
    for number in range(2100):
        environ = environ_of(f"/one?utm_source={number}", BROWSER | {"User-Agent": f"Firefox {number}"})
        two.front(environ, lambda *_: None)
    two.front(environ_of("/one?x=" + "x" * 9000, BROWSER | {"Referer": "y" * 9000}), lambda *_: None)
    assert all(len(memo) <= 2048 for memo in (two.front._blocks, two.front._lines, two.front._readers))
    words = [*two.front._lines, *two.front._readers, *(words for _, words in two.front._blocks)]
    assert max(sum(map(len, each)) for each in words) <= 2048


def test_without_a_cache_or_with_the_lane_off_there_are_none(config: Config) -> None:
    for setting in (replace(config, page_cache_bytes=0), replace(config, reader_lane=False)):
        app = create_app(setting)
        assert not isinstance(app.wsgi_app, PlainAnswers)
        app.extensions["typecase.db"].close()


def test_an_error_of_the_ordinary_way_is_its_own(two: Two) -> None:
    """Pages that were never kept are asked for behind it."""
    cache: PageCache = two.app.extensions["typecase.page_cache"]
    cache.drop(None)
    assert not is_plain(two, environ_of("/one", BROWSER))
    assert two.ask(environ_of("/one", BROWSER), plainly=True).status == "200 OK"
    assert is_plain(two, environ_of("/one", BROWSER))
