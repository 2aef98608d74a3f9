"""Thinning: what goes, what remains, and that no number notices."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.pageviews import statistics, thinning
from app.pageviews.correcting import correct, undo
from app.pageviews.models import PageviewDay, PageviewDetail, PageviewHour
from app.pageviews.periods import Period
from app.pageviews.thinning import Thinner, thin
from tests.conftest import Clock
from tests.pageviews.counts import TODAY, add_detail, add_views

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
YESTERDAY = TODAY - timedelta(days=1)
LONG_AGO = TODAY - timedelta(days=91)
THEN = date(2024, 2, 10)
FEBRUARY = Period(date(2024, 2, 1), date(2024, 2, 29))


def thin_all(database: Database) -> None:
    for _ in thin(database):
        pass


@pytest.fixture
def filled(session: Session, the_clock: Clock) -> Session:
    the_clock.set(NOON)
    for day in (TODAY - timedelta(days=90), LONG_AGO, THEN, THEN + timedelta(days=1)):
        add_views(session, 1, 5, day=day, readers=3)
        add_detail(session, 1, 2, "site", "blog.example", "/a", day=day)
        add_detail(session, 1, 3, "site", "blog.example", "/b", day=day)
    session.commit()
    return session


def test_hours_and_texts_go_after_90_days_and_days_after_two_years(database: Database, filled: Session) -> None:
    thin_all(database)
    assert set(filled.scalars(select(PageviewHour.day))) == {TODAY - timedelta(days=90)}
    days = select(PageviewDay.article_id, PageviewDay.day, PageviewDay.count, PageviewDay.readers)
    assert [tuple(row) for row in filled.execute(days.where(PageviewDay.day < TODAY - timedelta(days=90)).order_by(
        PageviewDay.article_id, PageviewDay.day
    ))] == [
        (0, date(2024, 2, 1), 10, 6), (0, LONG_AGO, 5, 3), (1, date(2024, 2, 1), 10, 6), (1, LONG_AGO, 5, 3),
    ]  # fmt: skip
    details = select(PageviewDetail.day, PageviewDetail.detail, PageviewDetail.count).where(
        PageviewDetail.article_id == 1
    )
    assert {tuple(row) for row in filled.execute(details)} == {
        (TODAY - timedelta(days=90), "/a", 2), (TODAY - timedelta(days=90), "/b", 3),
        (LONG_AGO, "", 5), (date(2024, 2, 1), "", 10),
    }  # fmt: skip


def later(day: date, database: Database, the_clock: Clock, days: int) -> None:
    the_clock.set(NOON + (day - TODAY) + timedelta(days=days))
    thin_all(database)


@pytest.mark.parametrize("waits", [[100], [800], [100, 700], [60, 60, 700, 1]])
def test_a_correction_can_be_undone_exactly_when_its_hours_and_days_are_gone(
    database: Database, session: Session, the_clock: Clock, waits: list[int]
) -> None:
    the_clock.set(NOON)
    for day, count in ((TODAY, 100), (YESTERDAY, 40)):
        for article_id in (1, 2):
            add_views(session, article_id, count, day=day)
    made = [
        correct(session, 1, first=(TODAY, 12), last=(TODAY, 12), views=30, reason="a bot", by=None, by_name=""),
        correct(
            session, 0, first=(TODAY - timedelta(days=1), 0), last=(TODAY, 23), reason="a bot", by=None, by_name=""
        ),
    ]
    session.commit()
    passed = 0
    for days in waits:
        passed += days
        later(TODAY, database, the_clock, passed)
    month = Period(date(2026, 11, 1), date(2026, 11, 30))
    assert statistics.summarize(session, None, month)[:3] == (0, 0, 280)
    add_views(session, 1, 1, day=TODAY)  # a journal that was folded late
    undo(session, made[0].id, by=None, by_name="")
    assert statistics.summarize(session, 1, month)[:3] == (31, 0, 110)
    session.commit()
    later(TODAY, database, the_clock, passed)
    undo(session, made[1].id, by=None, by_name="")
    for of, views in [(1, 141), (2, 140), (None, 281)]:
        assert statistics.summarize(session, of, month)[:3] == (views, 0, 0)
        assert statistics.get_totals(session, of).shown == views
        assert sum(day.views for day in statistics.list_days(session, of, month)) == views
    session.expire_all()
    assert session.scalar(select(func.count()).where(PageviewDay.corrected != 0)) == 0
    assert session.scalar(select(func.count()).where(PageviewHour.corrected != 0)) == 0


def test_views_that_come_late_are_taken_with_those_whose_hours_are_gone(
    database: Database, filled: Session, the_clock: Clock
) -> None:
    thin_all(database)
    filled.expire_all()
    add_views(filled, 1, 2, day=LONG_AGO)
    made = correct(filled, 1, first=(LONG_AGO, 0), last=(LONG_AGO, 23), reason="a bot", by=None, by_name="")
    assert made.views == 7
    filled.commit()
    thin_all(database)
    undo(filled, made.id, by=None, by_name="")
    assert statistics.summarize(filled, 1, Period(LONG_AGO, LONG_AGO)).views == 7


@pytest.mark.parametrize(("constant", "value"), [("ROWS", 1), ("ARTICLES", 1)])
def test_it_is_done_in_pieces_and_says_the_same_after_each(
    database: Database, filled: Session, monkeypatch: pytest.MonkeyPatch, constant: str, value: int
) -> None:
    monkeypatch.setattr(thinning, constant, value)

    def answers() -> list[object]:
        with database.reader() as session:
            return [
                ask(session, of)
                for of in (None, 1)
                for ask in (
                    lambda session, of: statistics.list_days(session, of, Period(FEBRUARY.first, TODAY)),
                    lambda session, of: statistics.summarize(session, of, FEBRUARY),
                    lambda session, of: statistics.list_details(session, ["site"], FEBRUARY, of=of, texts=False),
                )
            ]

    before, pieces = answers(), 0
    for _ in thin(database):
        pieces += 1
        assert answers() == before
    assert pieces >= 6
    assert list(thin(database)) == []


def test_a_process_goes_through_it_once_a_day(
    database: Database, filled: Session, the_clock: Clock, tmp_path: Path
) -> None:
    thinner = Thinner(database, tmp_path)
    steps = 0
    while thinner.step():
        steps += 1
    assert steps
    add_views(filled, 1, 5, day=LONG_AGO - timedelta(days=1))
    filled.commit()
    assert not thinner.step()
    the_clock.set(NOON + timedelta(days=1))
    assert thinner.step()


def test_one_process_of_a_machine_does_it(database: Database, filled: Session, tmp_path: Path) -> None:
    first, second = Thinner(database, tmp_path), Thinner(database, tmp_path)
    assert first.step()
    assert not second.step()
    while first.step():
        pass
    assert not second.step()
    assert not list(thin(database))


def test_after_an_error_the_next_step_begins_anew(
    database: Database, filled: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thinner = Thinner(database, tmp_path)
    add_up: Callable[..., None] = thinning.add_up

    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(thinning, "add_up", fail)
    before = statistics.list_days(filled, 1, FEBRUARY)
    filled.commit()
    with pytest.raises(OSError, match="full"):
        while thinner.step():
            pass
    monkeypatch.setattr(thinning, "add_up", add_up)
    while thinner.step():
        pass
    assert not list(thin(database))
    assert statistics.list_days(filled, 1, FEBRUARY) == before
