"""What is plainly a simple anonymous GET, for the reader lane. It never guesses: all else is None.

What a request line and a block of headers say is decided once and remembered, a bounded number of them.
The decisions themselves are those of the ordinary path: gunicorn's decoding, ``proxies``, the page cache.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask
from gunicorn.util import unquote_to_wsgi_str

from app import clock
from app.access_log import network_of
from app.pageviews.counter import Counter
from app.pageviews.journal import pack
from app.pageviews.visits import Visit
from app.proxies import TrustedProxies
from app.request_log import path_of
from app.site.counting import describe
from app.site.kept import Kept
from app.site.page_cache import Key, PageCache, accepts_gzip

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

T = TypeVar("T")
REMEMBERED = 2048
LONGEST_BLOCK = 2048
_LINE = re.compile(rb"GET (/(?!/)[\w/.~%-]{0,600})(?:\?([\w/.~%&=+:,;@!*()-]{0,600}))? HTTP/1\.1")
_BLOCK = re.compile(rb"(?:[A-Za-z0-9-]+:[ -~]*\r\n)+\r\n")
_ID_LINE = re.compile(rb"(?i)(?<=\n)x-request-id: ?([\w.-]{1,64})\r\n")
# Names that change nothing in the answer, or whose meaning is looked at here. Every other one falls through:
# If-* and Range, what gives a body a length, Expect, Upgrade, Authorization, and all that nobody thought of.
_KNOWN_NAMES = """
    host user-agent referer connection cookie accept accept-charset accept-encoding accept-language
    cache-control pragma dnt sec-gpc priority save-data upgrade-insecure-requests via cdn-loop x-requested-with
    sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform
    sec-ch-ua-arch sec-ch-ua-model sec-ch-ua-bitness sec-ch-ua-full-version sec-ch-ua-full-version-list
    sec-ch-ua-platform-version sec-ch-ua-wow64 sec-ch-prefers-color-scheme sec-ch-prefers-reduced-motion
    sec-purpose purpose x-purpose x-moz device-memory downlink dpr ect rtt viewport-width width
    x-forwarded-for x-forwarded-proto x-forwarded-host x-forwarded-port x-forwarded-prefix forwarded x-real-ip
"""
KNOWN = frozenset(_KNOWN_NAMES.split())


@dataclass(slots=True)
class Line:
    """What a request line asks a host for."""

    key: Key
    query: str
    logged: str


@dataclass(slots=True)
class Block:
    """What a block of headers says of whoever sent it from one address."""

    environ: "WSGIEnvironment"
    host: str
    gzip: bool
    closes: bool
    visit: Visit
    network: str


Found = tuple[Kept, Line, Block, str, int]
"""A request that can be answered at once: page, line, headers, the id that a proxy gave it, where it ends."""


class PlainRequests:
    """Finds the kept page that a request plainly asks for."""

    def __init__(self, app: Flask) -> None:
        self.cache: PageCache = app.extensions["typecase.page_cache"]
        self.counter: Counter = app.extensions["typecase.counter"]
        self.proxies = TrustedProxies(_same, app.extensions["typecase.config"].trusted_proxies)
        self.cookie: str = app.config["SESSION_COOKIE_NAME"]
        self._numbers: Mapping[int, int] = {}
        self._lines: dict[tuple[str, bytes], Line] = {}
        self._blocks: dict[tuple[str, bytes], Block] = {}
        self.counter.visitors.at_midnight(self._blocks.clear)
        self.day = 0

    def is_ready(self) -> bool:
        """Whether the kept pages are known to be true. To be asked in each turn of the loop, after reading."""
        if (today := self.counter.visitors.today()) != self.day:
            self.day = today
            self._blocks.clear()  # the visitor keys in them were yesterday's
        self._numbers = self.counter.numbers()
        return self.cache.freshness.is_current()

    def find(self, data: bytes, start: int, peer: str, trusts_peer: bool) -> Found | None:
        """The kept page for the request that begins at ``start``, read from this address, if that is plain."""
        at = data.find(b"\r\n", start) + 2
        end, own_id = len(data), ""
        said = self._blocks.get((peer, data[at:]))
        if said is None:
            end = data.find(b"\r\n\r\n", start) + 4
            if at < 2 or end < 4:
                return None
            block = data[at:end]
            if trusts_peer and (given := _ID_LINE.search(data, at - 1, end)) is not None:
                # A proxy numbers its requests: no two blocks would be the same.
                own_id = given[1].decode()
                block = data[at : given.start()] + data[given.end() : end]
            if len(block) > LONGEST_BLOCK:
                return None
            said = self._blocks.get((peer, block)) or self._read_block(block, peer, trusts_peer)
            if said is None:
                return None
        line = data[start : at - 2]
        asked = self._lines.get((said.host, line)) or self._read_line(line, said.host)
        if asked is None or (kept := self.cache.find(asked.key)) is None:
            return None
        return (kept, asked, said, own_id, end) if self.knows(kept) else None

    def knows(self, kept: Kept) -> bool:
        """Whether the number to show in this page is known without the database."""
        return kept.article_id is None or kept.article_id in self._numbers

    def count(self, plain: list[Found]) -> Sequence[int | None]:
        """Journal the views that these requests are, with one write; the number to show in each answer."""
        now, views = clock.microseconds(), []
        for kept, line, said, _, _ in plain:
            if (article_id := kept.article_id) is not None:
                view_class, tail, _ = said.visit if not line.query else self._visit(line.query, said)
                views.append((article_id, pack(article_id, view_class.code, now, tail)))
        if not views:
            return [None] * len(plain)
        shown = self.counter.note_many(views)
        if len(shown) == len(plain):
            return shown
        numbers = iter(shown)
        return [None if found[0].article_id is None else next(numbers) for found in plain]

    def _visit(self, query: str, said: Block) -> Visit:
        """Who asks, and by which campaign."""
        return describe(said.environ | {"QUERY_STRING": query}, self.counter.visitors, is_staff=False)

    def _read_line(self, line: bytes, host: str) -> Line | None:
        plain = _LINE.fullmatch(line)
        if plain is None:
            return None
        said = self.line(host, unquote_to_wsgi_str(plain[1].decode()), (plain[2] or b"").decode())
        return said and remember(self._lines, (host, line), said)

    def line(self, host: str, path: str, query: str) -> Line | None:
        """What is asked for, if its answer may be kept."""
        key = self.cache.key(host, path, query)
        return key and Line(key, query, path_of({"PATH_INFO": path}))

    def _read_block(self, block: bytes, peer: str, trusts_peer: bool) -> Block | None:
        if not _BLOCK.fullmatch(block):
            return None
        fields = [field.split(":", 1) for field in block.decode().split("\r\n")[:-2]]
        said = {name.lower(): value.strip(" ") for name, value in fields}
        known = KNOWN if trusts_peer else KNOWN | {"x-request-id"}
        if len(said) < len(fields) or not known.issuperset(said) or not said.get("host"):
            return None
        if said.get("connection", "").lower() not in {"", "keep-alive", "close"} or self.cookie in said.get(
            "cookie", ""
        ):
            return None
        environ: WSGIEnvironment = {"HTTP_" + name.upper().replace("-", "_"): said[name] for name in said}
        environ |= {"REQUEST_METHOD": "GET", "QUERY_STRING": "", "REMOTE_ADDR": peer, "wsgi.url_scheme": "http"}
        return remember(
            self._blocks, (peer, block), self.read(environ, closes=said.get("connection", "").lower() == "close")
        )

    def read(self, environ: "WSGIEnvironment", *, closes: bool) -> Block:
        """What these headers say; they are known to be plain."""
        self.proxies(environ, _no_answer)
        return Block(
            environ,
            host=environ["HTTP_HOST"],
            gzip=accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")),
            closes=closes,
            visit=describe(environ, self.counter.visitors, is_staff=False),
            network=network_of(environ["REMOTE_ADDR"]),
        )


def remember(memo: dict[Any, T], key: Any, value: T) -> T:
    """Keep in ``memo`` what was decided; a full one begins anew."""
    if len(memo) >= REMEMBERED:
        memo.clear()
    memo[key] = value
    return value


def _same(_environ: "WSGIEnvironment", _start_response: Any) -> list[bytes]:
    return []


def _no_answer(*_: Any) -> Any:
    raise AssertionError("nothing is answered here")
