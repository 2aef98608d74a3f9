"""What the server and the framework cost by themselves: the upper bounds of our own figures."""

from collections.abc import Callable, Iterable

from flask import Flask

PAGE = b"<!doctype html><title>Bare</title>" + b"x" * 6000


def wsgi(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    """A bare WSGI function."""
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(PAGE)))])
    return [PAGE]


flask = Flask("bare", static_folder=None)


@flask.get("/")
@flask.get("/healthz")
def page() -> bytes:
    """Flask returning bytes."""
    return PAGE
