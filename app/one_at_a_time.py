"""Requests that compute take turns, so that the event loop and its readers wait for one of them and not for all.

Python computes in one thread at a time: several requests at once are not done sooner, but whoever only wants to
send a kept page queues behind each of them. A page that waits for something else than the processor (a busy
database) holds up the next only for a moment: then that goes on beside it. What has a body takes no turn, as
nobody knows how long it will be sending.
"""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FILES = "/media/"
"""Files are sent and pictures made smaller beside the pages: that computes elsewhere, and takes turns of its own."""
PATIENCE_SECONDS = 0.3
"""Longer than it takes to make some pages; so long at the most a page that could be made waits for one that cannot."""


def wrap(app: Flask) -> None:
    """Put the turnstile in front of the application itself, behind the page cache."""
    app.wsgi_app = OneAtATime(app.wsgi_app)  # type: ignore[method-assign]


class OneAtATime:
    """WSGI middleware: one page is made at a time, as long as none takes long."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app
        self._turn = threading.Semaphore()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or environ.get("PATH_INFO", "").startswith(FILES):
            return self.app(environ, start_response)
        has_turn = self._turn.acquire(timeout=PATIENCE_SECONDS)
        try:
            return self.app(environ, start_response)
        finally:
            if has_turn:
                self._turn.release()
