"""Periods: whole days of the site's own, both ends included."""

from dataclasses import dataclass
from datetime import date, timedelta

DAYS = {"today": 1, "7d": 7, "30d": 30, "90d": 90, "year": 365}
"""The periods that have a name, in days; each ends with today."""
EARLIEST = date(1990, 1, 1)
LONGEST = 20 * 366


class PeriodUnknown(Exception):
    """A period is today, 7d, 30d, 90d, year, or two days like 2026-11-01..2026-11-20."""


class PeriodBackwards(Exception):
    """A period ends on the day it begins, or after it."""


class PeriodTooLong(Exception):
    """A period is of 20 years at most, and after 1990."""


@dataclass(frozen=True)
class Period:
    """The days from ``first`` to ``last``. Raises ``PeriodBackwards``, ``PeriodTooLong``."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PeriodBackwards
        if self.first < EARLIEST or self.last.year > 9990 or self.days > LONGEST:
            raise PeriodTooLong

    @property
    def days(self) -> int:
        """How many days it has, at least 1."""
        return (self.last - self.first).days + 1

    @property
    def name(self) -> str:
        """What ``period_named`` knows it by, whatever today is: 2026-11-01..2026-11-20."""
        return f"{self.first}..{self.last}"

    def before(self) -> "Period":
        """The period of the same length that ends the day before this one begins; never before 1990."""
        last = max(self.first - timedelta(days=1), EARLIEST)
        return Period(max(last - timedelta(days=self.days - 1), EARLIEST), last)


def period_named(name: str, today: date) -> Period:
    """The period of a name of ``DAYS``, or of two days like 2026-11-01..2026-11-20; ``today`` is its last day.

    Raises ``PeriodUnknown``, ``PeriodBackwards``, ``PeriodTooLong``.
    """
    if name in DAYS:
        return Period(today - timedelta(days=DAYS[name] - 1), today)
    first, separator, last = name.partition("..")
    try:
        if not separator:
            raise ValueError
        return Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise PeriodUnknown from None
