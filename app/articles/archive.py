"""The archive: which months have articles, in the site's own time zone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from app import clock
from app.articles.models import Article
from app.articles.reading import published

MONTHS_A_QUERY = 200


@dataclass(frozen=True)
class ArchiveMonth:
    """A month in which articles were published."""

    year: int
    month: int
    count: int


def month_bounds(year: int, month: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a month in ``zone`` and of the next one, in UTC. Raises ``ValueError`` out of range."""
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    start, end = (datetime(*when, 1, tzinfo=zone).astimezone(UTC) for when in ((year, month), following))
    return start, end


def list_archive(session: Session, zone: ZoneInfo) -> list[ArchiveMonth]:
    """The months with public articles, newest first, with their number.

    Counted per month along the index, so that no time zone has to be known to the database.
    """
    public = published(clock.now())
    first, last = (
        session.scalar(select(Article.published_at).where(public).order_by(order).limit(1))
        for order in (Article.published_at.asc(), Article.published_at.desc())
    )
    if first is None or last is None:
        return []
    months = _months(first.astimezone(zone), last.astimezone(zone))
    counted: list[ArchiveMonth] = []
    for start in range(0, len(months), MONTHS_A_QUERY):
        part = months[start : start + MONTHS_A_QUERY]
        counts = session.execute(select(*(_count(*when, zone, public) for when in part))).one()
        counted += [ArchiveMonth(*when, number) for when, number in zip(part, counts, strict=True) if number]
    return counted


def _months(first: datetime, last: datetime) -> list[tuple[int, int]]:
    """Every month from ``last`` back to ``first``."""
    newest, oldest = last.year * 12 + last.month - 1, first.year * 12 + first.month - 1
    return [(number // 12, number % 12 + 1) for number in range(newest, oldest - 1, -1)]


def _count(year: int, month: int, zone: ZoneInfo, public: ColumnElement[bool]) -> ScalarSelect[int]:
    start, end = month_bounds(year, month, zone)
    within = (Article.published_at >= start, Article.published_at < end)
    return select(func.count(Article.id)).where(public, *within).scalar_subquery()
