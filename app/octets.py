"""What no browser sends but others do: octets beyond ASCII in a query or a cookie, and no UTF-8 at that.

Werkzeug takes both for UTF-8 and fails where they are not.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


def wrap(app: Flask) -> None:
    """Put the spelling in front of everything that reads a query or a cookie."""
    app.wsgi_app = Spelled(app.wsgi_app)  # type: ignore[method-assign]


class Spelled:
    """WSGI middleware: a query in ASCII, as browsers spell it; a cookie of UTF-8."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        query, cookie = environ.get("QUERY_STRING", ""), environ.get("HTTP_COOKIE", "")
        if not query.isascii():
            environ["QUERY_STRING"] = _BEYOND_ASCII.sub(lambda found: f"%{ord(found[0]):02X}", query)
        if not cookie.isascii():
            environ["HTTP_COOKIE"] = cookie.encode("latin-1").decode("utf-8", "replace").encode().decode("latin-1")
        return self.app(environ, start_response)
