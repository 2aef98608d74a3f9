"""For tests of the reader lane: two servers that differ in nothing else, and raw bytes to ask them with."""

import re
import shutil
import socket
import time
from collections.abc import Iterable
from pathlib import Path

from app.articles import publishing, writing
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.db import Database
from tests.servers import FIREFOX, Server, wait_for

BROWSER = f"Host: localhost\r\nUser-Agent: {FIREFOX}\r\nAccept-Encoding: gzip, deflate\r\n"
GET = f"GET /an-article HTTP/1.1\r\n{BROWSER}\r\n".encode()
_OF_ONE_ANSWER = re.compile(rb"(?m)^(Date|X-Request-ID): [^\r\n]*")
_ENTRY = re.compile(r"^\S+ id=\S+ (.*) ms=[0-9.]+ (net=\S+)$")


def write_articles(path: Path) -> None:
    """Put two public articles into a migrated SQLite file."""
    database = Database(f"sqlite:///{path}")
    with database.writer() as session:
        body = prepare("<p>Some words to read.</p>" * 400, "html")
        for title in ("An article", "Another article"):
            article = writing.create(session, Content(title=title, body=body, authors=["A"]), by_id=None)
            publishing.publish(session, article, by_id=None)
        session.commit()
    database.close()


class Side:
    """A server of one worker on a copy of a SQLite file, with or without the lane."""

    def __init__(self, folder: Path, database: Path, **options: str) -> None:
        instance_dir = folder / "instance"
        instance_dir.mkdir(parents=True)
        own = shutil.copyfile(database, instance_dir / "typecase.db")
        environment = {"WEB_CONCURRENCY": "1", "SITE_URL": "http://localhost", "PYTHONHASHSEED": "0"} | options
        app = "tests.server.wrapped:app"
        self.server = Server(database_url=f"sqlite:///{own}", instance_dir=instance_dir, app=app, **environment).start()
        for path in (b"/an-article", b"/another-article", b"/", b"/feed.xml"):
            self.ask([GET.replace(b"/an-article", path)])

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.server.port), timeout=20)

    def ask(self, chunks: Iterable[bytes], *, pause: float = 0.0) -> bytes:
        """All that the server answers to these bytes and the end after them, but for dates and ids."""
        with self.connect() as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                for chunk in chunks:
                    connection.sendall(chunk)
                    time.sleep(pause)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # refused before all was said
            return masked(read_all(connection))

    def answered(self) -> int:
        """How many requests the lane has answered so far."""
        said = self.server.get("/-lane")[1]
        return 0 if said == "none" else int(said)

    def entries(self) -> list[str]:
        """The access log but for moments and ids."""
        lines = self.server.access_log.splitlines()
        return [f"{found[1]} {found[2]}" for line in lines if (found := _ENTRY.match(line))]


def read_all(connection: socket.socket) -> bytes:
    """What comes until the other side ends the connection."""
    received = b""
    try:
        while data := connection.recv(65536):
            received += data
    except ConnectionResetError:
        received += b"(reset)"
    return received


def read_answer(connection: socket.socket, *, has_body: bool = True) -> bytes:
    """One answer with its Content-Length, whole."""
    received = b""
    while b"\r\n\r\n" not in received:
        data = connection.recv(65536)
        if not data:
            return received
        received += data
    head, _, body = received.partition(b"\r\n\r\n")
    if not has_body:
        return received
    length = re.search(rb"(?im)^content-length: (\d+)", head)
    assert length is not None, head
    while len(body) < int(length[1]):
        body += connection.recv(65536)
    assert len(body) == int(length[1])
    return head + b"\r\n\r\n" + body


def masked(answer: bytes) -> bytes:
    return _OF_ONE_ANSWER.sub(rb"\1: -", answer)


def wait_for_entries(side: Side, count: int) -> None:
    """The log is written after the answer."""
    wait_for(lambda: len(side.entries()) >= count)
