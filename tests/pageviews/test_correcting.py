"""Corrections: what they take, what they refuse, and that undoing puts everything back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.changes import Change
from app.pageviews import correcting, statistics
from app.pageviews.cells import Cell, list_parts
from app.pageviews.correcting import correct, take_shares, undo
from app.pageviews.models import SITE, PageviewCorrection, PageviewDay, PageviewHour, PageviewTotal
from app.pageviews.periods import Period, period_named
from tests.conftest import Clock
from tests.pageviews.counts import TODAY, add_views

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
YESTERDAY = TODAY - timedelta(days=1)
LONG_AGO = TODAY - timedelta(days=91)
WEEK = period_named("7d", TODAY)


@pytest.fixture
def filled(session: Session, the_clock: Clock) -> Session:
    the_clock.set(NOON)
    add_views(session, 1, 1000, hour=10, readers=1)
    add_views(session, 1, 20, hour=11, readers=15)
    add_views(session, 1, 7, hour=10, view_class="bot")
    add_views(session, 2, 30, hour=10, day=YESTERDAY)
    add_views(session, 2, 5, hour=10)
    return session


def take(session: Session, article_id: int = 1, **changes: Any) -> PageviewCorrection:
    wanted = {"first": (TODAY, 10), "last": (TODAY, 10), "reason": "a bot", "by": 3, "by_name": "Bob"} | changes
    return correct(session, article_id, **wanted)


def numbers(session: Session) -> list[tuple[Any, ...]]:
    """All there is, row by row."""
    session.expire_all()
    columns = [*PageviewHour.__table__.c, *PageviewDay.__table__.c, *PageviewTotal.__table__.c]
    return [
        tuple(row)
        for model in (PageviewHour, PageviewDay, PageviewTotal)
        for row in session.execute(
            select(*(column for column in columns if column.table is model.__table__)).order_by(
                *model.__table__.primary_key
            )
        )
    ]


def test_all_views_of_an_hour_are_taken_everywhere_at_once(filled: Session) -> None:
    made = take(filled, reason="  a reload\nbot ")
    assert (made.views, made.reason, made.made_by_name, made.made_at) == (1000, "a reload bot", "Bob", NOON)
    assert statistics.get_totals(filled, 1) == (0, 1020, 1000, 20)
    assert statistics.get_totals(filled, None).shown == 55
    for of, views in [(1, 20), (None, 55)]:
        summary = statistics.summarize(filled, of, WEEK)
        assert (summary.views, summary.corrected, summary.classes) == (views, 1000, {"bot": 7})
    assert statistics.list_hours(filled, 1, TODAY)[10] == (10, 0, 1000)
    assert statistics.list_hours(filled, None, TODAY)[10] == (10, 5, 1000)


def test_some_views_are_taken_from_each_hour_by_its_share(filled: Session) -> None:
    made = take(filled, last=(TODAY, 11), views=510)
    assert list_parts(filled, made.id) == {Cell(1, TODAY, 10): 500, Cell(1, TODAY, 11): 10}


def test_the_site_s_views_are_taken_from_every_article(filled: Session) -> None:
    made = take(filled, SITE, first=(YESTERDAY, 0), last=(TODAY, 10))
    assert made.views == 1035
    assert [statistics.get_totals(filled, of).shown for of in (1, 2, None)] == [20, 0, 20]
    assert statistics.summarize(filled, None, WEEK).views == 20


def test_other_classes_change_no_number_people_see(filled: Session) -> None:
    assert take(filled, view_class="bot").views == 7
    assert statistics.get_totals(filled, 1).shown == 1020
    assert statistics.summarize(filled, 1, WEEK).classes == {}
    assert filled.scalars(select(Change.key)).all() == []


def test_who_remembers_the_number_is_told(filled: Session) -> None:
    made = take(filled)
    assert filled.scalars(select(Change.key)).all() == ["pageviews:1"]
    undo(filled, made.id, by=3, by_name="Bob")
    assert filled.scalars(select(Change.key)).all() == ["pageviews:1", "pageviews:1"]


def test_of_many_numbers_all_are_asked_for_again(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting, "MOST_NAMED", 1)
    take(filled, SITE)
    assert filled.scalars(select(Change.key)).all() == ["pageviews:0"]


def test_undoing_puts_everything_back_once(filled: Session) -> None:
    before = numbers(filled)
    first = take(filled, last=(TODAY, 11), views=333)
    second = take(filled, SITE, first=(YESTERDAY, 0), last=(TODAY, 23))
    assert first.views + second.views == 1055
    for made in (first, second):
        undone = undo(filled, made.id, by=4, by_name="Alice")
        assert (undone.undone_at, undone.undone_by, undone.undone_by_name) == (NOON, 4, "Alice")
    assert numbers(filled) == before
    with pytest.raises(correcting.AlreadyUndone):
        undo(filled, first.id, by=4, by_name="Alice")
    assert numbers(filled) == before
    assert take(filled).views == 1000


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"first": (TODAY, 3), "last": (TODAY, 4)}, correcting.NothingToCorrect),
        ({"article_id": 99}, correcting.NothingToCorrect),
        ({"view_class": "feed"}, correcting.NothingToCorrect),
        ({"views": 1001}, correcting.MoreThanCounted),
        ({"views": 0}, correcting.ViewsTooFew),
        ({"views": -5}, correcting.ViewsTooFew),
        ({"first": (TODAY, 11)}, correcting.RangeBackwards),
        ({"first": (TODAY + timedelta(days=1), 0), "last": (TODAY + timedelta(days=1), 0)}, correcting.RangeInFuture),
        ({"last": (TODAY + timedelta(days=1), 0)}, correcting.RangeInFuture),
        ({"reason": " \u200b\n"}, correcting.ReasonBlank),
        ({"reason": "x" * 501}, correcting.ReasonTooLong),
        ({"first": (LONG_AGO, 5)}, correcting.RangeTooCoarse),
        ({"first": (LONG_AGO, 0), "last": (LONG_AGO, 5)}, correcting.RangeTooCoarse),
        ({"first": (date(2024, 3, 2), 0), "last": (TODAY, 23)}, correcting.RangeTooCoarse),
        ({"first": (date(2024, 3, 1), 0), "last": (date(2024, 3, 30), 23)}, correcting.RangeTooCoarse),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(
    filled: Session, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    before = numbers(filled)
    with pytest.raises(refusal):
        take(filled, **changes)
    assert numbers(filled) == before
    assert correcting.list_corrections(filled) == []


def test_what_was_taken_cannot_be_taken_again(filled: Session) -> None:
    take(filled, views=999)
    with pytest.raises(correcting.MoreThanCounted):
        take(filled, views=2)
    assert take(filled).views == 1
    with pytest.raises(correcting.NothingToCorrect):
        take(filled)


def test_too_much_at_once_is_refused(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting, "MOST_CELLS", 1)
    with pytest.raises(correcting.RangeTooLarge):
        take(filled, SITE)
    assert take(filled).views == 1000


@pytest.mark.parametrize("day", [TODAY - timedelta(days=200), date(2024, 3, 1)])
def test_a_day_or_month_without_hours_is_taken_as_a_whole(session: Session, the_clock: Clock, day: date) -> None:
    the_clock.set(NOON)
    for article_id in (1, 2):
        add_views(session, article_id, 40, day=day)
    session.execute(delete(PageviewHour))
    last = date(2024, 3, 31) if day.year == 2024 else day
    before = numbers(session)
    made = take(session, SITE, first=(day, 0), last=(last, 23), views=30)
    assert list_parts(session, made.id) == {Cell(1, day, -1): 15, Cell(2, day, -1): 15}
    assert statistics.summarize(session, 2, Period(day, last)).views == 25
    assert statistics.summarize(session, None, Period(day, last)).views == 50
    undo(session, made.id, by=None, by_name="")
    assert numbers(session) == before


def test_corrections_are_listed_newest_first_also_the_site_s(filled: Session) -> None:
    of_one = take(filled)
    of_all = take(filled, SITE, first=(YESTERDAY, 0), last=(YESTERDAY, 23))

    def ids(**wanted: Any) -> list[int]:
        return [found.id for found in correcting.list_corrections(filled, **wanted)]

    assert ids() == ids(of=SITE) == [of_all.id, of_one.id]
    assert ids(of=1) == [of_one.id]
    assert ids(of=2) == [of_all.id]
    assert ids(before_id=of_all.id) == [of_one.id]


@pytest.mark.parametrize("ask", [correcting.get_correction, lambda s, i: undo(s, i, by=None, by_name="")])
@pytest.mark.parametrize("correction_id", [0, -1, 77, 2**40])
def test_an_unknown_correction_is_refused(session: Session, ask: Callable[..., object], correction_id: int) -> None:
    with pytest.raises(correcting.CorrectionUnknown):
        ask(session, correction_id)


@pytest.mark.parametrize(
    ("has", "views", "shares"),
    [
        ([10, 10, 10], 3, [1, 1, 1]),
        ([10, 10, 10], 4, [2, 1, 1]),
        ([1, 98, 1], 99, [1, 97, 1]),
        ([1, 1, 1], 1, [1, 0, 0]),
        ([5], 5, [5]),
        ([7, 2], 9, [7, 2]),
    ],
)
def test_shares_go_by_the_largest_remainder(has: list[int], views: int, shares: list[int]) -> None:
    cells = {Cell(1, TODAY, hour): count for hour, count in enumerate(has)}
    taken = take_shares(cells, views)
    assert [taken.get(cell, 0) for cell in cells] == shares
