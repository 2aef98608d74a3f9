"""The statistics in words: numbers and days as the site's language writes them, names of sources and classes."""

from datetime import date, datetime, time

from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal, format_percent

from app import web
from app.pageviews.periods import Period
from app.pageviews.statistics import Day, Detail
from app.text import clean_line, shorten

LONGEST = 70
"""Characters of a text from outside that fit on the screen; files have all of it."""
PERIODS = {"today": "Today", "7d": "7 days", "30d": "30 days", "90d": "90 days", "year": "365 days"}
SOURCES = {
    "search": "Search engines",
    "social": "Social sites",
    "assistant": "Assistants",
    "site": "Other sites",
    "own": "Pages of this site",
    "direct": "Direct or not told",
}
DEVICES = {"phone": "Phones", "tablet": "Tablets", "desktop": "Computers", "other": "Others, like televisions"}
CLASSES = {
    "browser": ("Readers’ browsers", "These are the views that count."),
    "bot": ("Programs", "Search engines, link checkers and other programs that say so or show it."),
    "prefetch": ("Fetched in advance", "Browsers that got the page in case somebody clicks, before anybody did."),
    "staff": ("Staff", "People signed in here."),
    "preview": ("Previews", "Working copies looked at before publishing."),
    "feed": (
        "Feed readers",
        "Programs that fetch the page for a feed reader. What is read inside one is not known here.",
    ),
}


def number(value: int) -> str:
    """A whole number with the language's separators."""
    return str(format_decimal(value, locale=web.settings().locale))


def views(value: int) -> str:
    return "1 view" if value == 1 else f"{number(value)} views"


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent, without decimals."""
    if not whole:
        return ""
    fraction, least = part / whole, 0.01
    words = str(format_percent(max(fraction, least), locale=web.settings().locale))
    return f"under {words}" if 0 < fraction < least / 2 else words


def change(now: int, before: int, period: Period) -> str:
    """How a number differs from the one of the period before, in numbers and per cent."""
    compared = "on the day before" if period.days == 1 else f"in the {number(period.days)} days before"
    if now == before:
        return f"As many as {compared}" if now else f"None {compared} either"
    if not before:
        return f"None {compared}"
    word, difference = ("more", now - before) if now > before else ("fewer", before - now)
    sign = "+" if now > before else "−"
    part = share(difference, before)
    return f"{number(difference)} {word} than {compared} ({part if part.startswith('under') else sign + part})"


def day(moment: date) -> str:
    """A day as the head of a row: Sun, Nov 22, 2026."""
    return str(format_skeleton("yMMMEd", moment, locale=web.settings().locale))


def plain_day(moment: date) -> str:
    return str(format_date(moment, "medium", locale=web.settings().locale))


def label_of(row: Day) -> tuple[str, ...]:
    """A row of days or months in full, and short for the axis of a chart."""
    locale = web.settings().locale
    if row.is_month:
        return (
            str(format_skeleton("yMMMM", row.day, locale=locale)),
            str(format_skeleton("yMMM", row.day, locale=locale)),
        )
    return day(row.day), str(format_skeleton("MMMd", row.day, locale=locale))


def hour(value: int, *, minute: int = 0) -> str:
    return str(format_time(time(value, minute), "short", locale=web.settings().locale))


def moment(value: datetime) -> str:
    """A moment at the site: Nov 22, 2026, 9:34 PM."""
    local = value.astimezone(web.settings().zone)
    return f"{plain_day(local.date())}, {hour(local.hour, minute=local.minute)}"


def hours(first_day: date, first_hour: int, last_day: date, last_hour: int) -> str:
    """Hours, both included: Nov 20, 2026, 3:00 AM – 4:59 AM."""
    end = hour(last_hour, minute=59)
    end = end if first_day == last_day else f"{plain_day(last_day)}, {end}"
    return f"{plain_day(first_day)}, {hour(first_hour)} – {end}"


def span(period: Period) -> str:
    """The days of a period: Nov 1, 2026 – Nov 22, 2026."""
    if period.days == 1:
        return day(period.first)
    return f"{plain_day(period.first)} – {plain_day(period.last)}"


def outside(text: str) -> str:
    """A text that somebody outside has written: one line, not longer than the screen bears. Templates escape it."""
    return shorten(clean_line(text), LONGEST)


def source(detail: Detail) -> str:
    """What a line of the sources is called."""
    return detail.label or SOURCES.get(detail.dimension, detail.dimension)


def campaign(detail: Detail) -> tuple[str, str, str]:
    """Source, medium and name of a campaign."""
    medium, _, name = detail.detail.partition("\t")
    return detail.label, medium, name


def class_name(name: str) -> str:
    return CLASSES.get(name, (name, ""))[0]


def class_meaning(name: str) -> str:
    return CLASSES.get(name, ("", "Counted by a newer version of this software."))[1]


HELPERS = {
    "number": number,
    "views": views,
    "share": share,
    "change": change,
    "plain_day": plain_day,
    "hours": hours,
    "moment": moment,
    "span": span,
    "outside": outside,
    "source": source,
    "campaign": campaign,
    "class_name": class_name,
    "class_meaning": class_meaning,
    "PERIODS": PERIODS,
    "SOURCES": SOURCES,
    "DEVICES": DEVICES,
}
