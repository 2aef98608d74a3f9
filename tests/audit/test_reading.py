"""Pages of the log, by number, as a filter asks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from app.audit.reading import Filter, Page, list_actions, list_all, read_page
from app.audit.recording import record
from tests.conftest import Clock


def numbers(page: Page) -> list[int]:
    return [entry.number for entry in page.items]


def test_pages_lead_to_each_other_without_a_gap(five: Session) -> None:
    first = read_page(five, Filter(), size=2)
    assert (numbers(first), first.before, first.after) == ([5, 4], 4, None)
    second = read_page(five, Filter(), before=4, size=2)
    assert (numbers(second), second.before, second.after) == ([3, 2], 2, 3)
    last = read_page(five, Filter(), before=2, size=2)
    assert (numbers(last), last.before, last.after) == ([1], None, 1)
    back = read_page(five, Filter(), after=1, size=2)
    assert (numbers(back), back.before, back.after) == ([3, 2], 2, 3)
    top = read_page(five, Filter(), after=3, size=2)
    assert (numbers(top), top.before, top.after) == ([5, 4], 4, None)


@pytest.mark.parametrize(("before", "after"), [(1, None), (None, 5), (None, 99)])
def test_beyond_the_ends_there_is_a_way_back(five: Session, before: int | None, after: int | None) -> None:
    page = read_page(five, Filter(), before=before, after=after, size=2)
    assert page.items == []
    onwards = read_page(five, Filter(), before=page.before, after=page.after, size=9)
    assert onwards.items


def test_filters(session: Session, the_clock: Clock) -> None:
    for hour, actor_id, action, kind, subject_id in (
        (21, 1, "article.publish", "article", 7),
        (22, 2, "role.change", "person", 1),
        (23, 2, "article.trash", "article", 8),
    ):
        the_clock.set(datetime(2026, 11, 22, hour, 30, tzinfo=UTC))
        record(session, action, actor_id=actor_id, subject_kind=kind, subject_id=subject_id)
        session.commit()

    def found(**wanted: object) -> list[int]:
        asked = Filter(**wanted)  # type: ignore[arg-type]
        assert [entry.number for entry in list_all(session, asked)] == numbers(read_page(session, asked))[::-1]
        return numbers(read_page(session, asked))

    assert found(person_id=1) == [2, 1]
    assert found(person_id=2) == [3, 2]
    assert found(action="article.trash") == [3]
    assert found(action="article.") == [3, 1]
    assert found(action="%") == found(action="art%.") == []
    assert found(subject_kind="article", subject_id=8) == [3]
    zurich = ZoneInfo("Europe/Zurich")
    assert found(first=date(2026, 11, 23), zone=zurich) == [3]
    assert found(last=date(2026, 11, 22), zone=zurich) == [2, 1]
    assert found(first=date(2026, 11, 23)) == []
    assert found(first=date.min, last=date.max, zone=zurich) == [3, 2, 1]


def test_the_actions_that_occur(five: Session) -> None:
    for action in ("tag.rename", "article.trash", "tag.rename"):
        record(five, action)
    five.commit()
    assert list_actions(five) == ["article.publish", "article.trash", "tag.rename"]


def test_no_actions_where_nothing_happened(session: Session) -> None:
    assert list_actions(session) == []
