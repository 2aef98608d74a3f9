"""One line a request, with an id that the answer carries too. No address of a reader, no query string.

On a server of ours the lines go into files (``access_log``), with the network that the reader's address is
shortened to, or to stderr without it; elsewhere to the logger ``typecase.request``.
"""

import logging
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Flask, has_request_context, request

from app.access_log import AccessLog, network_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("typecase.request")
_WHOLE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PLAIN_PATH = re.compile(r"/(?!setup/|welcome/|invitation/|reset/|rescue/|confirm-address/)[a-z0-9/._-]{0,200}")
_ODD = re.compile(r"[^\x21-\x7e]|[\"\\%]")
_ENTRY = "id=%s method=%s path=%s status=%s bytes=%d ms=%.1f"


# A link that works once is a secret that stands in the path.
_ONE_TIME_LINK = re.compile(r"(/(?:setup|welcome|invitation|reset|rescue|confirm-address)/).+", re.DOTALL)


def wrap(app: Flask) -> None:
    """Put the log around the application; the server's own access log is off."""
    app.wsgi_app = RequestLog(app.wsgi_app)  # type: ignore[method-assign]


_files: list[AccessLog] = []
"""Where entries go, if into files: none or one."""


def configure(files: AccessLog | None) -> None:
    """Send our log lines to stderr, the requests' into files if given: called by the server's configuration."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneEntry("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    logging.getLogger("typecase").addHandler(handler)
    logging.getLogger("typecase").setLevel(logging.INFO)
    logging.getLogger("gunicorn.error").addFilter(without_what_was_sent)
    if files is not None:
        files.remove_old()
        _files[:] = [files]


def without_what_was_sent(record: logging.LogRecord) -> bool:
    """Leave out of gunicorn's own entries what no entry of ours holds: addresses, query strings, one-time links."""
    said = str(record.msg)
    if found := _UNREADABLE.match(said):
        record.msg = f"Invalid request: {found[1]}"
    elif said.startswith("Error handling request") and isinstance(record.args, tuple):
        record.args = tuple(path_of({"PATH_INFO": str(told).partition("?")[0]}) for told in record.args)
    return True


# The sender's address, then what is wrong, then as a quotation what was sent.
_UNREADABLE = re.compile(r"Invalid request from ip=[^ ]*: ([^'\"]*)")


def new_id() -> str:
    """An id for a request: it only has to differ from others, so the kernel is not asked."""
    return f"{random.getrandbits(64):016x}"


def remove_old() -> None:
    """Remove what is too old of the files, also where nobody comes."""
    for files in _files:
        files.remove_old()


def note_many(answers: list[tuple[str, str, int, str]], milliseconds: float) -> None:
    """An entry for each page (id, path, bytes, network) that the reader lane answered, all of them written at once."""
    if _files:
        took = f"{milliseconds:.1f}"
        _files[0].write(
            [
                f"id={own_id} method=GET path={path} status=200 bytes={size} ms={took} net={network}"
                for own_id, path, size, network in answers
            ]
        )
    elif log.isEnabledFor(logging.INFO):
        log.info(
            Entries(_ENTRY % (own_id, "GET", path, "200", size, milliseconds) for own_id, path, size, _ in answers)
        )


class Entries(tuple[str, ...]):
    """Several entries in one record."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(self)


class OneEntry(logging.Formatter):
    """Further lines of an entry (a traceback) are indented, so that no text in it passes for an entry."""

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.msg, Entries):
            start = super().format(record).partition(record.msg[0])[0]
            return "\n".join(start + entry for entry in record.msg)
        return "\n    ".join(super().format(record).splitlines())


def request_id() -> str:
    """The id of the request under way, for other log lines and the page of a failure; "-" outside one."""
    return str(request.environ.get("typecase.request_id", "-")) if has_request_context() else "-"


def path_of(environ: "WSGIEnvironment") -> str:
    """The path of a request as the log shows it: one word of ASCII, whatever was asked for."""
    path = environ.get("PATH_INFO", "")
    return path if _PLAIN_PATH.fullmatch(path) else _spell(path)


def _spell(path: str) -> str:
    path = path.encode("latin-1", "replace").decode("latin-1")
    path = _ONE_TIME_LINK.sub(r"\1...", path)
    return _ODD.sub(lambda found: f"%{ord(found[0]):02x}", path)[:300]


class RequestLog:
    """WSGI middleware: times a request until its last byte is made and writes one line."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        started = time.perf_counter()
        # Only a trusted proxy's id gets this far (proxies.py); even so it goes into a log.
        given = environ.get("HTTP_X_REQUEST_ID")
        own_id = given if given and _WHOLE_ID.fullmatch(given) else new_id()
        environ["typecase.request_id"] = own_id
        status = "-"

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = line[:3]
            headers = [*headers, ("X-Request-ID", own_id)]
            return start_response(line, headers) if exc_info is None else start_response(line, headers, exc_info)

        try:
            body = self.app(environ, start)
        except BaseException:
            _enter(environ, own_id, status, 0, started)
            raise
        if type(body) is list:  # all of it is there
            _enter(environ, own_id, status, sum(map(len, body)), started)
            return body
        return _Timed(body, lambda size: _enter(environ, own_id, status, size, started))


def _enter(environ: "WSGIEnvironment", own_id: str, status: str, size: int, started: float) -> None:
    """Write the entry of a request."""
    milliseconds = (time.perf_counter() - started) * 1000
    method = environ.get("REQUEST_METHOD", "-")
    if method != "GET":
        method = _ODD.sub("?", method)[:20]
    entry = (own_id, method, path_of(environ), status, size, milliseconds)
    if _files:
        _files[0].write([f"{_ENTRY % entry} net={network_of(environ.get('REMOTE_ADDR', ''))}"])
    else:
        log.info(_ENTRY, *entry)


class _Timed:
    """The body of an answer; calls ``finish`` once when it is closed, with the bytes sent."""

    def __init__(self, body: Iterable[bytes], finish: Callable[[int], None]) -> None:
        self.body, self.finish, self.size = body, finish, 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.body:
            self.size += len(chunk)
            yield chunk

    def close(self) -> None:
        try:
            close = getattr(self.body, "close", None)
            if close is not None:
                close()
        finally:
            self.finish(self.size)
