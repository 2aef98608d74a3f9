"""The page cache: WSGI middleware around the application, right on any server. It keeps what anonymous readers get.

A page is kept under keys that say what it shows, and dropped when one of them changes (``freshness``). Nothing
of one person's page reaches another: what is kept was rendered without cookies. Unknown parameters, headers
and hosts neither fill nor change it. The number of views is put in, and the view counted, at each answer.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

from werkzeug.http import parse_date

from app.site.counting import Counting, counts
from app.site.freshness import Freshness
from app.site.kept import Kept

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEEP = "typecase.keep"
"""Where a handler leaves a ``Keeping`` in the request's environment if its page may be kept."""
WAIT_SECONDS = 10.0
LISTS = ("/tag/", "/author/", "/archive/")
WHOLE = "/archive/"
"""Among these, the one that has all on one page."""
NEVER = ("/pageviews/", "/media/")
"""What is asked for here is counted by its handler, each time, or is no page but a file."""
# A page is the same for everybody, so it is rendered without what only one browser says.
_PERSONAL = ("HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_RANGE",
             "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE", "HTTP_ACCEPT_LANGUAGE", "HTTP_AUTHORIZATION")  # fmt: skip
_OF_ONE_ANSWER = {"content-length", "etag", "vary", "date", "set-cookie"}


class Key(NamedTuple):
    """What a page depends on, and nothing else: host, path as the server decoded it, page of a list."""

    host: str
    path: str
    page: int


class Keeping(NamedTuple):
    """What a handler says of its page: the keys of all it shows, whose views it counts, in which language."""

    keys: frozenset[str]
    article_id: int | None
    language: str


class Answer(NamedTuple):
    """What the application answered with."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


class PageCache:
    """Keeps at most ``max_bytes`` of pages in this process, least recently used ones go first."""

    def __init__(
        self,
        app: "WSGIApplication",
        freshness: Callable[[Callable[[frozenset[str] | None], None]], Freshness],
        *,
        max_bytes: int,
        is_page: Callable[[str], bool],
        is_signed_in: Callable[[str], bool],
        count: Counting,
    ) -> None:
        self.app = app
        self.freshness = freshness(self.drop)
        self.max_bytes = max_bytes
        self.is_page = is_page
        """Whether a path belongs to the readers' door; the others' forms need their cookies."""
        self.is_signed_in = is_signed_in
        """Whether a Cookie header is that of somebody signed in; one that does not verify is nobody's."""
        self.count = count
        """Counts a view of an article for this request and returns the number to show."""
        self.bytes = 0
        self._pages: dict[Key, Kept] = {}
        self._drops = 0
        self._recent: list[frozenset[str] | None] = []
        self._lock = threading.Lock()
        self._rendering: dict[Key, threading.Event] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        key = self._asked(environ)
        if key is None:
            return self.app(environ, start_response)
        self.freshness.check()
        found: Kept | Answer | None = self.find(key)
        if found is None:
            if not self.is_page(key.path):
                return self.app(environ, start_response)
            found = self._render_once(key, environ)
        if isinstance(found, Kept):
            return self._answer(found, environ, start_response)
        start_response(found.status, found.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [found.body]

    def key(self, host: str, path: str, query: str) -> Key | None:
        """The key of a request; None if its answer is never kept."""
        if len(path) > 600 or len(host) > 255 or path.startswith(NEVER):
            return None
        page = 1
        if query and path != WHOLE and (path == "/" or path.startswith(LISTS)):
            asked = next((value for name, value in parse_qsl(query, keep_blank_values=True) if name == "page"), "1")
            if not (asked.isascii() and asked.isdigit() and len(asked) <= 7 and int(asked) >= 1):
                return None
            page = int(asked)
        return Key(host.lower(), path, page)

    def find(self, key: Key) -> Kept | None:
        """The kept page; the caller has made sure that it is current."""
        kept = self._pages.get(key)
        if kept is not None:
            kept.used = True
        return kept

    def drop(self, keys: frozenset[str] | None) -> None:
        """Forget the pages that show what changed; all of them for ``site`` or None."""
        with self._lock:
            self._drops += 1
            self._recent = [*self._recent[-199:], keys]
            if keys is None or "site" in keys:
                self._pages, self.bytes = {}, 0
                return
            for key in [key for key, kept in self._pages.items() if kept.keys & keys]:
                self.bytes -= self._pages.pop(key).size

    def _asked(self, environ: "WSGIEnvironment") -> Key | None:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return None
        cookie = environ.get("HTTP_COOKIE")
        if cookie and self.is_signed_in(cookie):
            return None
        return self.key(environ.get("HTTP_HOST", ""), environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""))

    def _render_once(self, key: Key, environ: "WSGIEnvironment") -> Kept | Answer:
        """Render a page that is not kept; of many requests at once one renders and the others wait for it."""
        with self._lock:
            done = self._rendering.get(key)
            leads = done is None
            if done is None:
                done = self._rendering[key] = threading.Event()
        if not leads:
            done.wait(WAIT_SECONDS)
            return self.find(key) or self._render(key, environ)
        try:
            return self._render(key, environ)
        finally:
            with self._lock:
                del self._rendering[key]
            done.set()

    def _render(self, key: Key, environ: "WSGIEnvironment") -> Kept | Answer:
        asked = {name: value for name, value in environ.items() if name not in _PERSONAL}
        asked |= {"REQUEST_METHOD": "GET", KEEP: None}
        drops = self._drops
        answer = _run(self.app, asked)
        keeping = asked[KEEP]
        if keeping is None or not answer.status.startswith("200"):
            return answer
        headers = [(name, value) for name, value in answer.headers if name.lower() not in _OF_ONE_ANSWER]
        is_shared = "s-maxage=" in dict(headers).get("Cache-Control", "")
        headers.append(("Vary", "Accept-Encoding" if is_shared else "Accept-Encoding, Cookie"))
        kept = Kept(answer.body, headers=headers, keys=keeping.keys, article_id=keeping.article_id,
                    language=keeping.language)  # fmt: skip
        self._store(key, kept, drops)
        return kept

    def _store(self, key: Key, kept: Kept, drops: int) -> None:
        """Keep a page, unless something it shows has changed since its rendering began."""
        with self._lock:
            missed = self._drops - drops
            since = self._recent[len(self._recent) - missed :] if missed <= len(self._recent) else [None]
            if any(keys is None or "site" in keys or keys & kept.keys for keys in since):
                return
            former = self._pages.pop(key, None)
            self.bytes += kept.size - (former.size if former else 0)
            self._pages[key] = kept
            while self.bytes > self.max_bytes and len(self._pages) > 1:
                self._evict()

    def _evict(self) -> None:
        """Let the oldest page go that nobody asked for since it was last looked at."""
        for key in list(self._pages):
            kept = self._pages.pop(key)
            if kept.used and len(self._pages) > 1:
                kept.used = False
                self._pages[key] = kept  # a second chance, at the end of the line
                continue
            self.bytes -= kept.size
            return

    def _answer(self, kept: Kept, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        gzip = accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        headers = list(kept.headers)
        number = None
        if kept.article_id is not None:
            number = self.count(environ, kept.article_id, is_away=self.freshness.is_away)
        etag = kept.tag(number)
        headers.append(("ETag", f'W/"{etag}"'))
        # A view that counts is one that was answered with the page, also where no number makes it a new one.
        must_have_it = kept.article_id is not None and not kept.shows and counts(environ)
        asks = "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ
        if asks and not must_have_it and _has_it_already(environ, etag, kept):
            start_response(_line(HTTPStatus.NOT_MODIFIED), headers)
            return []
        body = kept.body(number, gzip=gzip)
        if gzip:
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(len(body))))
        start_response(_line(HTTPStatus.OK), headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


@lru_cache(maxsize=1024)
def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header (at its first 200 characters) takes gzip."""
    for part in header[:200].lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() in {"gzip", "x-gzip"}:
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _has_it_already(environ: "WSGIEnvironment", etag: str, kept: Kept) -> bool:
    """Whether the browser's copy is this answer: by its ETag, or else by the date of the last change."""
    listed = _listed(environ.get("HTTP_IF_NONE_MATCH", ""))
    if listed:
        # "*" is any copy, and the copy of an article has a number that this very view has changed.
        return etag in listed or ("*" in listed and kept.article_id is None)
    changed, seen = kept.changed_at, parse_date(environ.get("HTTP_IF_MODIFIED_SINCE"))
    return kept.article_id is None and changed is not None and seen is not None and changed <= seen


def _listed(header: str) -> set[str]:
    return {part.strip().removeprefix("W/").strip('"') for part in header[:2000].split(",")} if header else set()


@cache
def _line(status: HTTPStatus) -> str:
    return f"{status.value} {status.phrase}"


def _run(app: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    """Call the application and take its whole answer."""
    seen: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        seen[:] = [(status, headers)]
        return lambda _data: None

    body = app(environ, start)
    try:
        whole = b"".join(_chunks(body))
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()
    return Answer(*seen[0], whole)


def _chunks(body: Iterable[bytes]) -> Iterator[bytes]:
    yield from body
