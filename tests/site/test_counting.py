"""What a request says of the view that it is."""

from typing import Any

import pytest

from app import clock
from app.db import Database
from app.pageviews.classes import ViewClass
from app.pageviews.journal import HEAD, parse
from app.pageviews.visitors import Visitors
from app.pageviews.visits import VISITOR, Origin, read_origin
from app.site.counting import describe, record
from tests.servers import FIREFOX

REQUEST = {
    "REQUEST_METHOD": "GET", "REMOTE_ADDR": "203.0.113.9", "HTTP_HOST": "example.org", "QUERY_STRING": "ref=friends",
    "HTTP_USER_AGENT": FIREFOX, "HTTP_REFERER": "https://www.google.de/search?q=secret",
}  # fmt: skip


@pytest.fixture
def visitors(database: Database) -> Visitors:
    return Visitors(database)


def test_a_readers_view_has_a_key_a_source_and_a_device(visitors: Visitors) -> None:
    visit = describe(REQUEST, visitors, is_staff=False)
    assert (visit.view_class, visit.day) == (ViewClass.BROWSER, visitors.today())
    assert VISITOR.unpack_from(visit.tail) == (visitors.key("203.0.113.9", FIREFOX),)
    assert read_origin(visit.tail[VISITOR.size :]) == Origin("desktop", "search", "Google", "", "friends")
    assert b"203.0.113" not in visit.tail and b"secret" not in visit.tail and b"Firefox" not in visit.tail


def test_its_record_holds_it_all(visitors: Visitors) -> None:
    visit = describe(REQUEST, visitors, is_staff=False)
    before = clock.microseconds()
    data = record(7, visit)
    (view,) = parse(data)
    assert (view.article_id, view.code, view.end) == (7, ViewClass.BROWSER.code, len(data))
    assert before <= view.microseconds <= clock.microseconds()
    assert data[HEAD.size :] == visit.tail


@pytest.mark.parametrize(
    ("changes", "is_staff", "view_class"),
    [
        ({}, True, ViewClass.STAFF),
        ({"HTTP_USER_AGENT": "curl/8.14.1"}, False, ViewClass.BOT),
        ({"REQUEST_METHOD": "HEAD"}, False, ViewClass.BOT),
        ({"HTTP_SEC_PURPOSE": "prefetch"}, False, ViewClass.PREFETCH),
    ],
)
def test_of_what_does_not_count_nothing_more_is_noted(
    visitors: Visitors, changes: dict[str, str], is_staff: bool, view_class: ViewClass
) -> None:
    visit = describe(REQUEST | changes, visitors, is_staff=is_staff)
    assert (visit.view_class, visit.tail) == (view_class, b"")


def test_nothing_but_method_and_browser_must_be_there(visitors: Visitors) -> None:
    bare: dict[str, Any] = {"REQUEST_METHOD": "GET", "HTTP_USER_AGENT": FIREFOX}
    visit = describe(bare, visitors, is_staff=False)
    assert read_origin(visit.tail[VISITOR.size :]) == Origin("desktop", "direct")
