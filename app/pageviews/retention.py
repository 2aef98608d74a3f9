"""How long details are kept, in one table. ``thinning`` brings it about; no total and no sum ever changes by it.

| what | as it was counted | then |
| --- | --- | --- |
| hours | 90 days | the day remains |
| paths of referrers, names of campaigns | 90 days | host and campaign's source remain |
| days; referrers, campaigns, devices by day | 2 years | the month remains |
| minutes, for what is popular now | an hour | |

The whole site's rows go the way of its articles', so that at every moment they are the sum of them. Questions
speak in months of what is older than two years from the day it is so old, merged or not: what they answer never
depends on when thinning ran.
"""

from datetime import date, timedelta

HOURS = 90
"""Days; texts of details as well."""
DAYS = 731
"""Days, to the beginning of that month: so the last year and the year before it are always there by day."""
MINUTES = 60


def hours_since(today: date) -> date:
    """The first day whose hours, and texts of details, are kept."""
    return today - timedelta(days=HOURS)


def days_since(today: date) -> date:
    """The first day that is kept as a day; always the first of a month. What is older is kept by month."""
    return month_of(today - timedelta(days=DAYS))


def month_of(day: date) -> date:
    """The first day of the month: under it a month's sum is kept."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after the one that ``day`` is in."""
    return month_of(month_of(day) + timedelta(days=31))


def end_of_month(day: date) -> date:
    """The last day of the month that ``day`` is in."""
    return next_month(day) - timedelta(days=1)
