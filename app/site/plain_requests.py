"""What is plainly a simple anonymous GET, for the reader lane. It never guesses: all else is None.

What a request line and a block of headers say is decided once and remembered, a bounded number of them.
The decisions themselves are those of the ordinary path: gunicorn's decoding, ``proxies``, the page cache.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from flask import Flask
from gunicorn.util import unquote_to_wsgi_str

from app.access_log import network_of
from app.pageviews.counter import Counter
from app.pageviews.visitors import Visitors
from app.pageviews.visits import Visit
from app.proxies import TrustedProxies
from app.request_log import path_of
from app.site.counting import describe, record
from app.site.kept import Kept
from app.site.page_cache import Key, PageCache, accepts_gzip

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

T = TypeVar("T")
REMEMBERED = 2048
LONGEST_BLOCK = 2048
_LINE = re.compile(rb"GET (/(?!/)[\w/.~%-]{0,600})(?:\?([\w/.~%&=+:,;@!*()-]{0,600}))? HTTP/1\.1")
_BLOCK = re.compile(rb"(?:[A-Za-z0-9-]+:[ -~]*\r\n)+")
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
_KNOWN = frozenset(_KNOWN_NAMES.split())


class Line(NamedTuple):
    """What a request line asks a host for."""

    key: Key
    query: str
    logged: str


class Block(NamedTuple):
    """What a block of headers says of whoever sent it from one address."""

    environ: "WSGIEnvironment"
    host: str
    gzip: bool
    closes: bool
    visit: Visit
    network: str


class Found(NamedTuple):
    """A request that can be answered at once."""

    kept: Kept
    line: Line
    block: Block
    given_id: str

    def visit(self, visitors: Visitors, today: int) -> Visit:
        """Who asks, and by which campaign."""
        if not self.line.query and (self.block.visit.day == today or not self.block.visit.tail):
            return self.block.visit
        return describe(self.block.environ | {"QUERY_STRING": self.line.query}, visitors, is_staff=False)


class PlainRequests:
    """Finds the kept page that a request plainly asks for."""

    def __init__(self, app: Flask) -> None:
        self.cache: PageCache = app.extensions["typecase.page_cache"]
        self.counter: Counter = app.extensions["typecase.counter"]
        self.proxies = TrustedProxies(_same, app.extensions["typecase.config"].trusted_proxies)
        self.cookie: str = app.config["SESSION_COOKIE_NAME"]
        self._lines: dict[tuple[str, bytes], Line] = {}
        self._blocks: dict[tuple[str, bytes], Block] = {}
        self._day = 0

    def find(self, head: bytes, peer: str, *, trusts_peer: bool) -> Found | None:
        """The kept page for a whole head (without its empty line) from this address, if that is plain."""
        end = head.find(b"\r\n")
        line, block, own_id = head[:end], head[end + 2 :], ""
        if trusts_peer and (line_of_id := _ID_LINE.search(head)) is not None:
            # A proxy numbers its requests: no two blocks would be the same.
            own_id = line_of_id[1].decode()
            block = head[end + 2 : line_of_id.start()] + head[line_of_id.end() :]
        if len(block) > LONGEST_BLOCK:
            return None
        said = self._blocks.get((peer, block)) or self._read_block(block, peer, trusts_peer)
        asked = said and (self._lines.get((said.host, line)) or self._read_line(line, said.host))
        if said is None or asked is None or (kept := self.cache.find(asked.key)) is None:
            return None
        if kept.article_id is not None and self.counter.live(kept.article_id) is None:
            return None
        return Found(kept, asked, said, own_id)

    def count(self, plain: list[Found]) -> Iterator[int | None]:
        """Journal the views that these requests are, with one write; the number to show in each answer."""
        articles, visitors = [each.kept.article_id for each in plain], self.counter.visitors
        today = visitors.today()
        if today != self._day:
            self._day = today
            self._blocks.clear()  # the visitor keys in them were yesterday's
        views = [
            (of, record(of, each.visit(visitors, today)))
            for each, of in zip(plain, articles, strict=True)
            if of is not None
        ]
        numbers = iter(self.counter.note_many(views)) if views else iter(())
        return (None if of is None else next(numbers) for of in articles)

    def _read_line(self, line: bytes, host: str) -> Line | None:
        plain = _LINE.fullmatch(line)
        if plain is None:
            return None
        path, query = unquote_to_wsgi_str(plain[1].decode()), (plain[2] or b"").decode()
        key = self.cache.key(host, path, query)
        if key is None:
            return None
        return _remember(self._lines, (host, line), Line(key, query, path_of({"PATH_INFO": path})))

    def _read_block(self, block: bytes, peer: str, trusts_peer: bool) -> Block | None:
        if not _BLOCK.fullmatch(block):
            return None
        fields = [field.split(":", 1) for field in block.decode().split("\r\n")[:-1]]
        said = {name.lower(): value.strip(" ") for name, value in fields}
        known = _KNOWN if trusts_peer else _KNOWN | {"x-request-id"}
        if len(said) < len(fields) or not known.issuperset(said) or not said.get("host"):
            return None
        if said.get("connection", "").lower() not in {"", "keep-alive", "close"} or self.cookie in said.get(
            "cookie", ""
        ):
            return None
        environ: WSGIEnvironment = {"HTTP_" + name.upper().replace("-", "_"): said[name] for name in said}
        environ |= {"REQUEST_METHOD": "GET", "QUERY_STRING": "", "REMOTE_ADDR": peer, "wsgi.url_scheme": "http"}
        self.proxies(environ, _no_answer)
        read = Block(
            environ,
            host=environ["HTTP_HOST"],
            gzip=accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")),
            closes=said.get("connection", "").lower() == "close",
            visit=describe(environ, self.counter.visitors, is_staff=False),
            network=network_of(environ["REMOTE_ADDR"]),
        )
        return _remember(self._blocks, (peer, block), read)


def _remember(memo: dict[Any, T], key: Any, value: T) -> T:
    """Keep what was decided; a full memo begins anew."""
    if len(memo) >= REMEMBERED:
        memo.clear()
    memo[key] = value
    return value


def _same(_environ: "WSGIEnvironment", _start_response: Any) -> list[bytes]:
    return []


def _no_answer(*_: Any) -> Any:
    raise AssertionError("nothing is answered here")
