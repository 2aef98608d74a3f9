"""Real servers for tests of what only real processes show."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.articles import publishing, writing
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.db import Database
from tests.servers import Server

PAGE = "/an-article"


@pytest.fixture
def start_server(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a server on the test's database: ``start_server(app="tests.server.wrapped:app", WEB_CONCURRENCY="1")``.

    With ``command``, a function of the port, another server than gunicorn.
    """
    instance_dir = tmp_path / "instance"
    instance_dir.mkdir(exist_ok=True)
    started: list[Server] = []

    def start(command: Callable[[int], list[str]] | None = None, **options: str) -> Server:
        server = Server(database_url=database_url, instance_dir=instance_dir, **options)
        started.append(server)
        if command is None:
            return server.start()
        server.start_command(command(server.port))
        return server

    yield start
    for server in started:
        if server.process is not None:
            server.stop()


@pytest.fixture
def server(start_server: Callable[..., Server]) -> Server:
    """The application as ``make run`` serves it, with two workers."""
    return start_server()


@pytest.fixture
def article_id(database_url: str) -> int:
    """A public article at ``PAGE``, in the database before any server starts."""
    database = Database(database_url)
    with database.writer() as session:
        content = Content(title="An article", body=prepare("<p>Words.</p>", "html"), authors=["Jhon Lennon"])
        article = writing.create(session, content, by_id=None)
        publishing.publish(session, article, by_id=None)
        session.commit()
        made = article.id
    database.close()
    return made


def views_in(page: str) -> int:
    """The number of views that an article's page shows."""
    (number,) = re.findall(r'<data class="pageviews" value="(\d+)">', page)
    return int(number)
