"""Behind a shared cache: it answers with kept pages, is told when one is old, and every view is counted once."""

import hashlib
import hmac
import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.articles import publishing, writing
from app.articles.reading import get_article
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.db import Database
from app.pageviews import reading
from app.settings import change_purge_secret, change_settings
from app.stamp import Stamp
from tests.server.conftest import PAGE
from tests.servers import FIREFOX, Server, wait_for

SECRET = "what only the two know"
Kept = tuple[int, list[tuple[str, str]], bytes]


class Cdn:
    """A cache on loopback: keeps what may be shared by its keys, lets go of keys it is told, passes the rest on."""

    def __init__(self, origin: int) -> None:
        self.origin = origin
        self.pages: dict[str, Kept] = {}
        self.hits = 0
        self.purges = 0
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler) -> Kept:
        path = request.path
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        if path == "/-purge":
            return self._purge(request.headers["X-Typecase-Signature"], body)
        with self.lock:
            kept = self.pages.get(path) if request.command == "GET" else None
        if kept is not None:
            self.hits += 1
            return kept
        connection = http.client.HTTPConnection("127.0.0.1", self.origin, timeout=20)
        connection.request(request.command, path, body, dict(request.headers))
        origin = connection.getresponse()
        found = origin.status, origin.getheaders(), origin.read()
        connection.close()
        if origin.status == 200 and "s-maxage=" in (origin.getheader("Cache-Control") or ""):
            assert origin.getheader("Set-Cookie") is None
            with self.lock:
                self.pages[path] = found
        return found

    def _purge(self, signature: str, body: bytes) -> Kept:
        if signature != "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest():
            return 403, [], b""
        told = json.loads(body)
        with self.lock:
            for path, (_, headers, _body) in list(self.pages.items()):
                if told.get("all") or set(told["keys"]) & set(dict(headers)["Surrogate-Key"].split()):
                    del self.pages[path]
        self.purges += 1
        return 204, [], b""

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        cdn = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = cdn.answer(self)
                self.send_response_only(status)
                for name, value in headers:
                    if name not in {"Connection", "Content-Length", "Transfer-Encoding"}:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def cdn(start_server: Callable[..., Server], article_id: int, database_url: str) -> Iterator[Cdn]:
    """A server of two workers that counts by script, and the cache in front of it."""
    cdn = Cdn(0)
    database = Database(database_url)
    with database.writer() as session:
        change_settings(session, counts_by_script=True, purge_url=f"http://127.0.0.1:{cdn.port}/-purge")
        change_purge_secret(session, SECRET)
        session.commit()
    database.close()
    cdn.origin = start_server().port
    wait_for(lambda: cdn.purges == 1)
    yield cdn
    cdn.server.shutdown()
    cdn.server.server_close()


def ask(cdn: Cdn, path: str, method: str = "GET") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", cdn.port, timeout=20)
    connection.request(method, path, headers={"User-Agent": FIREFOX, "Sec-Fetch-Site": "same-origin"})
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, text


def read(cdn: Cdn, *, with_script: bool = True) -> str:
    """What a reader's browser does: the page, then its script or its picture; the page's text."""
    _, page = ask(cdn, PAGE)
    (script,), (picture,) = re.findall(r'data-count="([^"]+)"', page), re.findall(r'src="([^"]+\.gif)"', page)
    status, _ = ask(cdn, script, "POST") if with_script else ask(cdn, picture)
    assert status == 200
    return page


def test_a_reader_behind_it_sees_an_edit_and_every_view_is_counted_once(
    cdn: Cdn, database_url: str, tmp_path: Path
) -> None:
    for number in range(10):
        assert "Words." in read(cdn, with_script=number % 2 == 0)
    assert cdn.hits == 9, "the cache answered with the page"
    database = Database(database_url)
    with database.writer() as session:
        article = get_article(session, 1)
        writing.save(session, article, Content(body=prepare("<p>Changed.</p>", "html")), by_id=None, based_on=None)
        publishing.publish(session, article, by_id=None)
        session.commit()
    Stamp(tmp_path / "instance" / "site-version").renew()  # as whoever commits on this machine does
    wait_for(lambda: cdn.purges == 2)
    assert "Changed." in read(cdn)
    threads = [threading.Thread(target=lambda: [read(cdn) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    def counted() -> dict[str, int]:
        with database.reader() as session:
            return reading.list_classes(session, 1)

    wait_for(lambda: counted() == {"browser": 51}, lambda: str(counted()))
    assert cdn.hits >= 9 + 36
    assert cdn.purges == 2, "two workers, one message a change"
    database.close()
