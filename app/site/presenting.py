"""How dates, numbers and names are put in front of readers: in the site's language and time zone. Pure."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from markupsafe import escape

from app import web
from app.articles.models import Article
from app.media.addresses import FORMATS, Picture, find_id, find_size
from app.media.reading import list_pictures
from app.settings import locale_of

WORDS_A_MINUTE = 230
LATER = timedelta(minutes=10)
"""A change sooner than this after publishing is a correction nobody needs to be told of."""
VIEWS_PLACE = "<!--pageviews-->"
"""Where the number of views goes into a finished page: no person's text can hold it, comments are cleaned away."""


def direction(language: str) -> str:
    """``ltr`` or ``rtl``, for the ``dir`` attribute."""
    return str(locale_of(language).text_direction)


def day(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """The day of a moment as people write it: November 22, 2026."""
    return str(format_date(moment.astimezone(zone).date(), format="long", locale=locale_of(language)))


def month_alone(month: int, language: str) -> str:
    """A month under the heading of its year: November."""
    return str(format_date(date(2000, month, 1), format="LLLL", locale=locale_of(language)))


def month_name(year: int, month: int, language: str) -> str:
    """A month as a heading: November 2026."""
    return str(format_date(date(year, month, 1), format="MMMM y", locale=locale_of(language)))


def number(value: int, language: str) -> str:
    """A whole number with the language's separators."""
    return str(format_decimal(value, locale=locale_of(language)))


def reading_minutes(words: int) -> int:
    """How long the text takes to read, in whole minutes; at least one."""
    return max(1, round(words / WORDS_A_MINUTE))


def names(article: Article) -> str:
    """The byline as plain text: A, B and C."""
    given = [account.name for account in article.authors]
    return " and ".join(part for part in (", ".join(given[:-1]), given[-1] if given else "") if part)


def views(count: int, language: str) -> str:
    """The element that shows the number of views; the only part of a page that differs between two readers."""
    return f'<data class="pageviews" value="{count}">{escape(views_in_words(count, language))}</data>'


def views_in_words(count: int, language: str) -> str:
    """The number of views as people read it: 47 views."""
    return "1 view" if count == 1 else f"{number(count, language)} views"


def shows_views(article: Article) -> bool:
    """Whether readers see how often it was read: where the site shows it, and the article does not hide it."""
    return web.settings().shows_pageviews and article.shows_pageviews


def changed_later(article: Article) -> datetime | None:
    """When a published article was last changed, if that is worth telling."""
    if article.published_at is None or article.updated_at is None:
        return None
    return article.updated_at if article.updated_at - article.published_at >= LATER else None


def language_of(article: Article) -> str:
    """The language an article is written in: its own, or the site's."""
    return article.language or web.settings().language


def when(moment: datetime) -> str:
    return day(moment, web.settings().zone, web.settings().language)


def when_updated(article: Article) -> str:
    """The day of the last change; the time of day if it was on the day of publication."""
    here, moment = web.settings(), changed_later(article)
    if moment is None or article.published_at is None:
        return ""
    local = moment.astimezone(here.zone)
    if local.date() == article.published_at.astimezone(here.zone).date():
        return str(format_time(local, format="short", locale=locale_of(here.language)))
    return when(moment)


def machine_time(moment: datetime) -> str:
    """For ``datetime`` attributes: ISO 8601 with the site's offset, whole seconds."""
    return moment.astimezone(web.settings().zone).isoformat(timespec="seconds")


def full_address(target: str) -> str:
    """An address as others can follow it: paths of this site become whole."""
    return web.address() + target if target.startswith("/") and not target.startswith("//") else target


def cover_of(article: Article) -> Picture | None:
    """What is known of an article's cover, where it is a picture of the library."""
    number = find_id(article.cover_url)
    return list_pictures(web.reader(), [number]).get(number) if number else None


def card_cover(address: str) -> str:
    """A cover as lists show it: small, where it is a picture of the library."""
    return find_size(address, "800", "webp")


HELPERS: dict[str, Any] = {
    "names": names,
    "shows_views": shows_views,
    "direction": direction,
    "reading_minutes": reading_minutes,
    "language_of": language_of,
    "changed_later": changed_later,
    "when_updated": when_updated,
    "full_address": full_address,
    "cover_of": cover_of,
    "card_cover": card_cover,
    "picture_formats": FORMATS,
}
FILTERS: dict[str, Any] = {"when": when, "machine_time": machine_time}
