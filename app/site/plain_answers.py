"""Kept pages on any WSGI server: middleware in front of all others, for what is plainly a simple anonymous GET.

What the reader lane is for gunicorn, in a fifth of the time of the ordinary way: what a request's headers say is
decided once and remembered. It never guesses: all else goes on to the ordinary way, untouched.
"""

import time
from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask

from app import request_log
from app.config import Config
from app.pageviews.live import NotLearnt
from app.site.kept import Kept
from app.site.plain_requests import KNOWN, LONGEST_BLOCK, Block, Line, PlainRequests, remember

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KNOWN_VARIABLES = frozenset("HTTP_" + name.upper().replace("-", "_") for name in KNOWN)
# What an answer depends on, as far as it is sent. The other known ones change nothing.
_DECIDING = (
    "REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST", "HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_COOKIE",
    "HTTP_ACCEPT_ENCODING", "HTTP_PURPOSE", "HTTP_SEC_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ", "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
)  # fmt: skip
_NOT_PLAIN = ("HTTP_X_REQUEST_ID", "HTTP_X_REAL_IP")
"""Known to the lane, which looks at them; here they go the ordinary way."""
T = TypeVar("T")
Words = tuple[str, ...]
Reader = Callable[[Any], Words]


class PlainAnswers:
    """Answers what is plain from the page cache, counted and logged; asks ``app`` for all else."""

    def __init__(self, app: Flask) -> None:
        self.app: WSGIApplication = app.wsgi_app
        self.plain = PlainRequests(app)
        self._readers: dict[Words, Reader | None] = {}
        self._blocks: dict[tuple[Reader, Words], Block | None] = {}
        self._lines: dict[tuple[str, str, str], Line | None] = {}
        self._day = 0
        self.plain.counter.visitors.at_midnight(lambda: self._blocks.clear())

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        started, plain = time.perf_counter(), self.plain
        if environ["REQUEST_METHOD"] != "GET" or not plain.is_ready() or (found := self._find(environ)) is None:
            return self.app(environ, start_response)
        kept, line, said = found
        number = None
        if kept.article_id is not None:
            try:
                (number,) = plain.count([(kept, line, said, "", 0)])
            except NotLearnt:
                return self.app(environ, start_response)
        own_id = request_log.new_id()
        body = kept.body(number, gzip=said.gzip)
        headers = [*kept.headers, ("ETag", f'W/"{kept.tag(number)}"')]
        if said.gzip:
            headers.append(("Content-Encoding", "gzip"))
        headers += [("Content-Length", str(len(body))), ("X-Request-ID", own_id)]
        start_response("200 OK", headers)
        request_log.note_many([(own_id, line.logged, len(body), said.network)], (time.perf_counter() - started) * 1000)
        return [body]

    def _find(self, environ: "WSGIEnvironment") -> tuple[Kept, Line, Block] | None:
        """The kept page that is asked for, if it can be answered at once."""
        names = tuple(environ)
        try:
            read = self._readers[names]
        except KeyError:
            read = _remember_short(self._readers, names, _reader_of(names))
        if read is None:
            return None
        if self._day != self.plain.day:
            self._day, self._blocks = self.plain.day, {}  # the visitor keys in them were yesterday's
        blocks, words = self._blocks, read(environ)
        try:
            said = blocks[read, words]  # the same words mean something else under other names
        except KeyError:
            said = self._read(environ)
            if sum(map(len, words)) <= LONGEST_BLOCK:
                remember(blocks, (read, words), said)
        if said is None:
            return None
        asked = said.host, environ["PATH_INFO"], environ["QUERY_STRING"]
        try:
            line = self._lines[asked]
        except KeyError:
            line = _remember_short(self._lines, asked, self.plain.line(*asked))
        if line is None or (kept := self.plain.cache.find(line.key)) is None:
            return None
        return (kept, line, said) if self.plain.knows(kept) else None

    def _read(self, environ: "WSGIEnvironment") -> Block | None:
        if self.plain.cookie in environ.get("HTTP_COOKIE", ""):
            return None
        copy = {name: environ[name] for name in _DECIDING if name in environ}
        return self.plain.read(copy | {"REQUEST_METHOD": "GET", "QUERY_STRING": ""}, closes=False)


def _reader_of(names: Words) -> Reader | None:
    """What reads the deciding values of an environment with these variables; None if it may not be plain."""
    sent = {name for name in names if name.startswith("HTTP_")}
    if not sent <= KNOWN_VARIABLES or sent.intersection(_NOT_PLAIN) or not _NEEDED.issubset(names):
        return None
    return None if _OF_A_BODY.intersection(names) else itemgetter(*[name for name in _DECIDING if name in names])


_NEEDED = frozenset({"HTTP_HOST", "REMOTE_ADDR", "PATH_INFO", "QUERY_STRING"})
_OF_A_BODY = frozenset({"CONTENT_LENGTH", "CONTENT_TYPE"})


def _remember_short(memo: dict[Any, T], key: tuple[str, ...], value: T) -> T:
    """Keep what was decided, unless it is about words so long that many of them would fill the memory."""
    return remember(memo, key, value) if sum(map(len, key)) <= LONGEST_BLOCK else value


def wrap(app: Flask, config: Config) -> None:
    """Put it in front of the application, if that keeps pages and learns their numbers again."""
    if "typecase.page_cache" in app.extensions and config.reader_lane and config.fold_seconds is not None:
        app.wsgi_app = PlainAnswers(app)  # type: ignore[method-assign]
