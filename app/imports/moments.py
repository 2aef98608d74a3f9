"""Dates as people write them above a text or into a file name. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

_ISO = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"(?:[Tt\s]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WRITTEN = (
    re.compile(r"(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"),
    re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?\s+(?P<month>[A-Za-z]{3,9})\.?,?\s+(?P<year>\d{4})"),
)
_IN_NAME = re.compile(r"(?:^|/)(\d{4})[-_](\d{1,2})[-_](\d{1,2})(?!\d)")
_IN_FOLDERS = re.compile(r"(?:^|/)(\d{4})/(\d{1,2})/(\d{1,2})(?=[/-]|$)")
YEARS = range(1000, 9000)  # far enough from both ends that no time zone leads out of the calendar


def read(value: object, *, zone: tzinfo) -> datetime | None:
    """An aware moment from front matter: a date object or text. What names no zone is in ``zone``.

    A date alone is its midnight. None if it is no date.
    """
    try:
        found = _from_text(value.strip()[:60]) if isinstance(value, str) else _from_object(value)
    except (ValueError, OverflowError):
        return None
    if found is None or found.year not in YEARS:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def in_path(path: str, *, zone: tzinfo) -> datetime | None:
    """The day a path speaks of: ``2016-05-19-title.md``, ``2016/05/19/title``."""
    dated = [*_IN_FOLDERS.finditer(path), *_IN_NAME.finditer(path)]
    for found in reversed(dated):
        year, month, day = (int(part) for part in found.groups())
        try:
            if year in YEARS:
                return datetime(year, month, day, tzinfo=zone)
        except ValueError:
            continue
    return None


def _from_object(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    return None


def _from_text(text: str) -> datetime | None:
    iso = _ISO.fullmatch(text)
    if iso:
        return _from_iso(iso)
    compact = _COMPACT.fullmatch(text)
    if compact:
        return datetime(*(int(part) for part in compact.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    for pattern in _WRITTEN:
        written = pattern.fullmatch(text)
        if written and written["month"][:3].lower() in _MONTHS:
            month = _MONTHS.index(written["month"][:3].lower()) + 1
            return datetime(int(written["year"]), month, int(written["day"]))  # noqa: DTZ001
    return _from_mail(text)


def _from_iso(found: re.Match[str]) -> datetime:
    hour = int(found["hour"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"][0] in "Pp" else 0)
    moment = datetime(  # noqa: DTZ001 (which zone is said below, or by the caller)
        int(found["year"]),
        int(found["month"]),
        int(found["day"]),
        hour,
        int(found["minute"] or 0),
        min(int(found["second"] or 0), 59),
    )
    return moment.replace(tzinfo=_zone(found["zone"])) if found["zone"] else moment


def _zone(text: str) -> tzinfo:
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(-away if text[0] == "-" else away)


def _from_mail(text: str) -> datetime | None:
    """``Tue, 03 Mar 2015 10:00:00 EST`` and its like."""
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
