"""Pages are made one at a time, but none waits for one that does not end."""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from app.one_at_a_time import OneAtATime

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Page:
    """Takes as long as it is told to, and knows how many were made at once."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.lock = threading.Lock()
        self.goes_on = threading.Event()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        if environ["PATH_INFO"] == "/endless":
            self.goes_on.wait(20)
        else:
            threading.Event().wait(0.01)
        with self.lock:
            self.now -= 1
        start_response("200 OK", [])
        return [b"page"]


def ask_at_once(middleware: OneAtATime, requests: list[tuple[str, str]]) -> list[threading.Thread]:
    def ask(method: str, path: str) -> None:
        run_wsgi_app(middleware, create_environ(path, method=method))

    threads = [threading.Thread(target=ask, args=request) for request in requests]
    for thread in threads:
        thread.start()
    return threads


def test_pages_are_made_one_after_another() -> None:
    page = Page()
    for thread in ask_at_once(OneAtATime(page), [("GET", "/"), ("HEAD", "/")] * 3):
        thread.join()
    assert page.most == 1


def test_a_page_that_does_not_end_stops_no_other() -> None:
    page = Page()
    middleware = OneAtATime(page)
    (endless,) = ask_at_once(middleware, [("GET", "/endless")])
    for thread in ask_at_once(middleware, [("GET", "/")] * 3):
        thread.join(timeout=20)
        assert not thread.is_alive()
    page.goes_on.set()
    endless.join()
    page.most = 0
    for thread in ask_at_once(middleware, [("GET", "/")] * 3):
        thread.join()
    assert page.most == 1  # the turn was given back


def test_who_sends_something_takes_no_turn() -> None:
    page = Page()
    middleware = OneAtATime(page)
    sending = ask_at_once(middleware, [("POST", "/endless")] * 2)
    for thread in ask_at_once(middleware, [("GET", "/")]):
        thread.join()
    assert page.most >= 2
    page.goes_on.set()
    for thread in sending:
        thread.join()


def test_a_failure_gives_the_turn_back() -> None:
    def fails(_environ: "WSGIEnvironment", _start_response: "StartResponse") -> Iterable[bytes]:
        raise ZeroDivisionError

    middleware = OneAtATime(fails)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            run_wsgi_app(middleware, create_environ("/"))
    assert middleware._turn.acquire(blocking=False)
