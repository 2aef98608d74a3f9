"""Counting by real processes: exact over workers, and nothing answered is lost when one is killed."""

import http.client
import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from app.db import Database
from app.pageviews import reading
from tests.server.conftest import PAGE, views_in
from tests.servers import FIREFOX, Server, Visitor, wait_for


@pytest.fixture
def server(article_id: int, start_server: Callable[..., Server]) -> Server:
    assert article_id == 1
    return start_server()


def number(server: Server) -> int:
    """The number as it is shown, asked by a crawler, who does not change it."""
    status, page = server.get(PAGE, User_Agent="curl/8")
    assert status == 200
    return views_in(page)


def folded(server: Server) -> int:
    database = Database(server.environment["DATABASE_URL"])
    try:
        with database.reader() as session:
            return reading.list_totals(session, [1])[1]
    finally:
        database.close()


class Load:
    """Keep-alive clients that each ask for a page again and again, and count the answers they got whole.

    So many times each; by default as long as the ``with`` block runs.
    """

    def __init__(self, server: Server, *, clients: int, requests: int | None = None) -> None:
        self.server, self.requests = server, requests
        self.is_over = threading.Event()
        self.answered = [0] * clients
        self.cut_off = [0] * clients
        self.wrong: list[str] = []
        self.threads = [threading.Thread(target=self._ask, args=[client]) for client in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.requests is None:
            self.is_over.set()
        for thread in self.threads:
            thread.join()

    def _ask(self, client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        last = asked = 0
        while asked != self.requests and not self.is_over.is_set():
            asked += 1
            try:
                connection.request("GET", PAGE, headers={"User-Agent": FIREFOX})
                answer = connection.getresponse()
                page = answer.read().decode()
            except (OSError, http.client.HTTPException):
                self.cut_off[client] += 1
                connection.close()
                continue
            shown = views_in(page) if answer.status == 200 else -1
            if shown <= last:
                self.wrong.append(f"{answer.status}: {shown} after {last}")
                continue
            last = shown
            self.answered[client] += 1
        connection.close()


def test_three_readers_raise_the_number_by_three_and_the_others_by_none(server: Server) -> None:
    assert [views_in(server.get(PAGE)[1]) for _ in range(3)] == [1, 2, 3]
    server.get(PAGE, method="HEAD")
    server.get(PAGE, User_Agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
    server.get(PAGE, Sec_Purpose="prefetch")
    server.get(PAGE, Purpose="prefetch")
    assert number(server) == 3
    wait_for(lambda: folded(server) == 3)
    assert number(server) == 3
    shown = server.flask("pageviews", "show", "an-article")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.splitlines()[0] == "3"


def test_staff_and_previews_raise_it_by_none(server: Server) -> None:
    password = "a long password, really"
    added = server.flask(
        "people",
        "add",
        "bob@example.org",
        "--name",
        "Bob",
        "--role",
        "editor",
        "--password-stdin",
        stdin=password + "\n",
    )
    assert added.returncode == 0, added.stderr
    assert views_in(server.get(PAGE)[1]) == 1
    bob = Visitor(server)
    bob.sign_in("bob@example.org", password)
    assert views_in(bob.get(PAGE)) == 1
    assert "An article" in bob.get("/admin/articles/1/preview")
    assert number(server) == 1
    assert server.flask("pageviews", "show", "an-article").stdout.splitlines()[0] == "1"


def test_two_thousand_requests_over_two_workers_are_two_thousand(server: Server) -> None:
    with Load(server, clients=8, requests=250) as load:
        pass
    assert not load.wrong
    assert sum(load.answered) == 2000
    assert number(server) == 2000
    wait_for(lambda: folded(server) == 2000)
    assert number(server) == 2000


def test_a_killed_worker_loses_nothing_that_was_answered_and_is_replaced(server: Server) -> None:
    wait_for(lambda: len(server.worker_pids()) == 2)
    before = server.worker_pids()
    killed = []
    with Load(server, clients=8) as load:
        for _ in range(3):
            time.sleep(0.3)
            answered_before = sum(load.answered)
            wait_for(lambda at=answered_before: sum(load.answered) > at + 20)  # type: ignore[misc]
            pid = min(server.worker_pids())
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
            wait_for(lambda: len(server.worker_pids() - set(killed)) == 2)
    assert not load.wrong
    answered, cut_off = sum(load.answered), sum(load.cut_off)
    assert answered > 0
    assert answered <= number(server) <= answered + cut_off
    assert server.worker_pids() != before
    wait_for(lambda: folded(server) == number(server))


def test_a_killed_server_loses_nothing_either(server: Server, start_server: Callable[..., Server]) -> None:
    with Load(server, clients=2, requests=20):
        pass
    wait_for(lambda: len(server.worker_pids()) == 2)
    workers = server.worker_pids()
    assert server.process is not None
    server.process.kill()
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    server.process.wait()
    again = start_server()
    assert number(again) == 40
    wait_for(lambda: folded(again) == 40)
    assert number(again) == 40
