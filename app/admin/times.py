"""Times as staff type and read them: in the site's time zone. Pure."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_TYPED = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?", re.ASCII)
YEARS = range(1000, 9000)


class TimeInvalid(Exception):
    """Please write a date and a time like 2026-11-22T18:30."""


class TimeSkipped(Exception):
    """This time does not exist on that day: the clocks go forward over it. Choose an earlier or later one."""

    def __init__(self, local: datetime, later: datetime) -> None:
        super().__init__(
            f"{local:%H:%M} does not exist on {day_for_people(local.date())}: the clocks go forward over it."
            f" Choose {later:%H:%M}, or an earlier time."
        )


def parse_site_time(typed: str, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, that a typed local time means; of two moments (clocks going back) the first.

    Raises ``TimeInvalid`` and ``TimeSkipped``.
    """
    found = _TYPED.fullmatch(typed.strip())
    if found is None:
        raise TimeInvalid
    try:
        local = datetime.fromisoformat(f"{found[1]}T{found[2]}")
    except ValueError:
        raise TimeInvalid from None
    if local.year not in YEARS:
        raise TimeInvalid
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local:
        # As long after midnight as the typed time says, which is by how much the clocks go forward.
        raise TimeSkipped(local, moment.astimezone(zone))
    return moment


def comes_twice(typed: str, zone: ZoneInfo) -> bool:
    """Whether a typed local time means two moments; what cannot be read means none."""
    try:
        return _comes_twice(parse_site_time(typed, zone).astimezone(zone))
    except (TimeInvalid, TimeSkipped):
        return False


def for_field(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment as ``parse_site_time`` reads it, for a form's field; nothing for None."""
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes") if moment else ""


def fits_field(typed: str) -> bool:
    """Whether a browser's field for local times can show it; anything else it would drop."""
    try:
        return not typed or (_TYPED.fullmatch(typed) is not None and bool(datetime.fromisoformat(typed)))
    except ValueError:
        return False


def for_people(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as staff read it: 22 Nov 2026, 16:08."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b} {local.year}, {local:%H:%M}"


def clock_for_people(moment: datetime, zone: ZoneInfo) -> str:
    """The time of day: 16:08; with its zone's name in the hour that comes twice when clocks go back: 02:30 CEST."""
    local = moment.astimezone(zone)
    return f"{local:%H:%M} {local.tzname()}" if _comes_twice(local) else f"{local:%H:%M}"


def when_for_people(moment: datetime, zone: ZoneInfo) -> str:
    """A moment with its weekday, for what will happen: Mon 23 Nov 2026, 09:00."""
    return f"{day_for_people(moment.astimezone(zone).date())}, {clock_for_people(moment, zone)}"


def day_for_people(day: date) -> str:
    """A day with its weekday: Mon 23 Nov 2026."""
    return f"{day:%a} {day.day} {day:%b} {day.year}"


def _comes_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
