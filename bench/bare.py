"""What the server and the framework cost by themselves: the upper bounds of our own figures.

Environment: BARE_PAGE names a file with the body, compressed with gzip; without it there are 6,000 letters.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from flask import Flask, Response

_GIVEN = os.environ.get("BARE_PAGE")
PAGE = Path(_GIVEN).read_bytes() if _GIVEN else b"<!doctype html><title>Bare</title>" + b"x" * 6000
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Length", str(len(PAGE))),
    *([("Content-Encoding", "gzip")] if _GIVEN else []),
]


def wsgi(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    """A bare WSGI function."""
    if environ["PATH_INFO"] == "/healthz":
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]
    start_response("200 OK", HEADERS)
    return [PAGE]


flask = Flask("bare", static_folder=None)


@flask.get("/healthz")
def healthz() -> str:
    """For whoever starts it."""
    return "ok"


@flask.get("/")
@flask.get("/<path:path>")
def page(path: str = "") -> Response:
    """Flask returning bytes."""
    return Response(PAGE, headers=HEADERS)
