"""Counting by real processes: exact over workers. What happens when they die is in test_crashes.py."""

from collections.abc import Callable

import pytest

from app.db import Database
from app.pageviews import reading
from tests.server.conftest import PAGE, views_in
from tests.server.load import Load
from tests.servers import Server, Visitor, wait_for


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
