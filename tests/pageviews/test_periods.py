"""Periods: named ones, any range, the one before."""

from datetime import date

import pytest

from app.pageviews.periods import Period, PeriodBackwards, PeriodTooLong, PeriodUnknown, period_named

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("name", "first", "last", "days"),
    [
        ("today", TODAY, TODAY, 1),
        ("7d", date(2026, 2, 23), TODAY, 7),
        ("30d", date(2026, 1, 31), TODAY, 30),
        ("90d", date(2025, 12, 2), TODAY, 90),
        ("year", date(2025, 3, 2), TODAY, 365),
        ("2024-02-28..2024-03-01", date(2024, 2, 28), date(2024, 3, 1), 3),
    ],
)
def test_a_name_is_a_period(name: str, first: date, last: date, days: int) -> None:
    period = period_named(name, TODAY)
    assert (period.first, period.last, period.days) == (first, last, days)
    assert period_named(period.name, date(2030, 1, 1)) == period


@pytest.mark.parametrize("name", ["", "8d", "2026-01-01", "..", "2026-01-01..", "2026-13-01..2026-12-01", "a..b"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(PeriodUnknown):
        period_named(name, TODAY)


def test_a_period_ends_after_it_began_and_within_reason() -> None:
    with pytest.raises(PeriodBackwards):
        period_named("2026-01-02..2026-01-01", TODAY)
    for name in ("0001-01-01..0001-01-02", "2000-01-01..2026-01-01", "9999-12-31..9999-12-31"):
        with pytest.raises(PeriodTooLong):
            period_named(name, TODAY)


def test_the_period_before_is_as_long_and_ends_the_day_before() -> None:
    assert Period(date(2026, 3, 1), date(2026, 3, 7)).before() == Period(date(2026, 2, 22), date(2026, 2, 28))
    assert Period(date(1990, 1, 1), date(1990, 1, 7)).before().days == 1
