"""Real servers for tests of what only real processes show."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import Server


@pytest.fixture
def start_server(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a server on the test's database: ``start_server(app="tests.server.wrapped:app", WEB_CONCURRENCY="1")``."""
    instance_dir = tmp_path / "instance"
    instance_dir.mkdir(exist_ok=True)
    started: list[Server] = []

    def start(**options: str) -> Server:
        server = Server(database_url=database_url, instance_dir=instance_dir, **options)
        started.append(server)
        return server.start()

    yield start
    for server in started:
        if server.process is not None:
            server.stop()


@pytest.fixture
def server(start_server: Callable[..., Server]) -> Server:
    """The application as ``make run`` serves it, with two workers."""
    return start_server()
