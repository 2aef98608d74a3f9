"""The questions of the statistics, on filled tables."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.pageviews import statistics
from app.pageviews.models import PageviewTotal
from app.pageviews.periods import Period, period_named
from app.pageviews.statistics import Day, Detail, Of, Summary, Top, Totals
from app.pageviews.writing import set_starting
from app.settings import change_settings
from tests.conftest import Clock
from tests.pageviews.counts import TODAY, add_detail, add_minute, add_views

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BOTH = select(PageviewTotal.article_id).where(PageviewTotal.article_id.in_([1, 2]))


@pytest.fixture
def filled(session: Session, the_clock: Clock) -> Session:
    """Three articles, read today, yesterday, and by a bot."""
    the_clock.set(NOON)
    set_starting(session, 1, views=44)
    add_views(session, 1, 5, readers=2)
    add_views(session, 1, 3, hour=13, readers=1)
    add_views(session, 1, 7, view_class="bot")
    add_views(session, 2, 4, readers=4, day=TODAY - timedelta(days=1))
    add_views(session, 3, 2, readers=2)
    return session


@pytest.mark.parametrize(
    ("of", "totals", "summary"),
    [
        (1, Totals(44, 8, 0, 52), Summary(8, 3, 0, {"bot": 7})),
        (None, Totals(44, 14, 0, 58), Summary(14, 9, 0, {"bot": 7})),
        (0, Totals(44, 14, 0, 58), Summary(14, 9, 0, {"bot": 7})),
        (BOTH, Totals(44, 12, 0, 56), Summary(12, 7, 0, {"bot": 7})),
        (99, Totals(0, 0, 0, 0), Summary(0, 0, 0, {})),
    ],
    ids=["an article", "the site", "SITE", "some articles", "an article nobody read"],
)
def test_totals_and_summary(filled: Session, of: Of, totals: Totals, summary: Summary) -> None:
    assert statistics.get_totals(filled, of) == totals
    assert statistics.summarize(filled, of, period_named("7d", TODAY)) == summary


def test_every_day_is_listed(filled: Session) -> None:
    yesterday = TODAY - timedelta(days=1)
    period = Period(TODAY - timedelta(days=2), TODAY)
    assert statistics.list_days(filled, None, period) == [
        Day(TODAY - timedelta(days=2), 0, 0, 0), Day(yesterday, 4, 4, 0), Day(TODAY, 10, 5, 0),
    ]  # fmt: skip
    assert statistics.list_days(filled, BOTH, period)[1:] == [Day(yesterday, 4, 4, 0), Day(TODAY, 8, 3, 0)]


def test_every_hour_is_listed_as_long_as_hours_are_kept(filled: Session) -> None:
    hours = statistics.list_hours(filled, 1, TODAY)
    assert [(hour.hour, hour.views) for hour in hours if hour.views] == [(12, 5), (13, 3)]
    assert len(hours) == 24
    assert statistics.list_hours(filled, 1, TODAY - timedelta(days=91)) == []


def test_the_most_read_come_first(filled: Session) -> None:
    week = period_named("7d", TODAY)
    assert statistics.list_top(filled, week) == [Top(1, 8, 3), Top(2, 4, 4), Top(3, 2, 2)]
    assert statistics.list_top(filled, week, of=BOTH, limit=1) == [Top(1, 8, 3)]
    assert statistics.list_top(filled, period_named("today", TODAY)) == [Top(1, 8, 3), Top(3, 2, 2)]
    assert statistics.list_top(filled, week, of=3) == [Top(3, 2, 2)]


@pytest.mark.parametrize("candidates", [(1,), (1, 2), (2, 4), (9,)])
@pytest.mark.parametrize("of", [None, BOTH])
def test_the_most_read_of_long_periods_are_the_same_however_few_are_asked_first(
    filled: Session, monkeypatch: pytest.MonkeyPatch, candidates: tuple[int, ...], of: Of
) -> None:
    """The first of all time are not those of the period, and one of them was not read in it at all."""
    monkeypatch.setattr(statistics, "_CANDIDATES", tuple(10 * size for size in candidates))
    for article_id in range(100, 160):
        add_views(filled, article_id, 1000, day=TODAY - timedelta(days=300), readers=1)
    expected = [Top(1, 8, 3), Top(2, 4, 4), Top(3, 2, 2)]
    month = period_named("30d", TODAY)
    for limit in (1, 2, 3, 10):
        wanted = expected[: min(limit, 3 if of is None else 2)]
        assert statistics.list_top(filled, month, of=of, limit=limit) == wanted
    year = statistics.list_top(filled, period_named("year", TODAY), limit=3)
    assert [top.article_id for top in year] == [100, 101, 102]


def test_what_is_long_ago_is_known_by_month(session: Session, the_clock: Clock) -> None:
    the_clock.set(NOON)
    for day in (date(2024, 2, 1), date(2024, 2, 29), date(2024, 3, 15), date(2024, 11, 2)):
        add_views(session, 1, 10, day=day, readers=1)
    period = Period(date(2024, 2, 20), date(2024, 3, 2))
    for of in (1, None):
        assert statistics.list_days(session, of, period) == [
            Day(date(2024, 2, 1), 20, 2, 0, is_month=True), Day(date(2024, 3, 1), 10, 1, 0, is_month=True),
        ]  # fmt: skip
        assert statistics.summarize(session, of, period).views == 30
    across = statistics.list_days(session, 1, Period(date(2024, 10, 30), date(2024, 11, 2)))
    assert [(day.day, day.is_month) for day in across] == [
        (date(2024, 10, 1), True), (date(2024, 11, 1), False), (date(2024, 11, 2), False),
    ]  # fmt: skip


def test_where_views_came_from(session: Session, the_clock: Clock) -> None:
    the_clock.set(NOON)
    add_detail(session, 1, 5, "site", "blog.example", "/a")
    add_detail(session, 1, 3, "site", "blog.example", "/b")
    add_detail(session, 2, 6, "search", "Google", day=TODAY - timedelta(days=1))
    add_detail(session, 2, 9, "device", "phone")
    week = period_named("7d", TODAY)
    sources = ("search", "site")
    assert statistics.list_details(session, sources, week) == [
        Detail("search", "Google", "", 6), Detail("site", "blog.example", "/a", 5),
        Detail("site", "blog.example", "/b", 3),
    ]  # fmt: skip
    assert statistics.list_details(session, sources, week, texts=False, limit=1) == [
        Detail("site", "blog.example", "", 8)
    ]
    assert statistics.list_details(session, ["device"], week, of=1) == []


def test_popular_now_are_the_last_minutes(session: Session) -> None:
    minute = int(NOON.timestamp()) // 60
    for article_id, count, ago in [(1, 2, 0), (1, 2, 29), (2, 9, 30), (3, 1, 5), (4, 50, -1)]:
        add_minute(session, article_id, count, minute - ago)
    assert statistics.list_popular_now(session, NOON) == [(1, 4), (3, 1)]


def test_the_day_is_the_site_s(session: Session, the_clock: Clock) -> None:
    the_clock.set(datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    change_settings(session, time_zone="Asia/Tokyo")
    assert statistics.get_today(session) == date(2026, 11, 21)
