"""Cells: the smallest pieces of the count that are kept, an hour or, where hours are gone, a day or a month.

What corrections take views from, and put them back into.
"""

from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.pageviews import retention
from app.pageviews.models import SITE, PageviewCorrectionPart, PageviewDay, PageviewHour

WHOLE_DAY = -1
"""In place of an hour: what is known of the day (or month) only."""


class Cell(NamedTuple):
    """An hour of an article; hour ``WHOLE_DAY`` for what is left of a day or month without its hours."""

    article_id: int
    day: date
    hour: int


class Span(NamedTuple):
    """From an hour to an hour, both included; days and hours are the site's own."""

    first_day: date
    first_hour: int
    last_day: date
    last_hour: int


def count_cells(session: Session, article_id: int, *, span: Span, view_class: str, limit: int) -> int:
    """About how many cells have such views, quickly; at most ``limit`` + 1."""
    rows = select(PageviewHour.day).where(*_in_force(PageviewHour, article_id, view_class), _hours_in(span))
    days = select(PageviewDay.day).where(
        *_in_force(PageviewDay, article_id, view_class), PageviewDay.day.between(span.first_day, span.last_day)
    )
    counts = [select(func.count()).select_from(query.limit(limit + 1).subquery()) for query in (rows, days)]
    return max(session.scalar(count) or 0 for count in counts)


def list_left(session: Session, article_id: int, *, span: Span, view_class: str) -> dict[Cell, int]:
    """The views of a class that corrections have left, by cell; of all articles for ``SITE``. Cells in order.

    Of days that only begin or end inside the span, only what is known by the hour.
    """
    left: dict[Cell, int] = {}
    by_hour: dict[tuple[int, date], int] = defaultdict(int)
    hours = select(
        PageviewHour.article_id, PageviewHour.day, PageviewHour.hour, PageviewHour.count - PageviewHour.corrected
    ).where(*_in_force(PageviewHour, article_id, view_class), _hours_in(span))
    for of, day, hour, views in session.execute(hours):
        left[Cell(of, day, hour)] = views
        by_hour[of, day] += views
    days = select(PageviewDay.article_id, PageviewDay.day, PageviewDay.count - PageviewDay.corrected).where(
        *_in_force(PageviewDay, article_id, view_class), _whole_days_in(span)
    )
    for of, day, views in session.execute(days):
        rest = views - by_hour[of, day]
        if rest > 0:
            left[Cell(of, day, WHOLE_DAY)] = rest
    return dict(sorted(left.items()))


def list_parts(session: Session, correction_id: int) -> dict[Cell, int]:
    """What a correction took from which cell."""
    part = PageviewCorrectionPart
    query = select(part.article_id, part.day, part.hour, part.views).where(part.correction_id == correction_id)
    return {Cell(of, day, hour): views for of, day, hour, views in session.execute(query)}


def list_corrected_days(session: Session, article_id: int, *, span: Span, view_class: str) -> dict[Cell, int]:
    """What is taken from each kept day (or month) of the article and of ``SITE``, of all articles for ``SITE``."""
    query = select(PageviewDay.article_id, PageviewDay.day, PageviewDay.corrected).where(
        PageviewDay.day.between(retention.month_of(span.first_day), span.last_day),
        PageviewDay.view_class == view_class,
        PageviewDay.corrected > 0,
    )
    if article_id != SITE:
        query = query.where(PageviewDay.article_id.in_([SITE, article_id]))
    return {Cell(of, day, WHOLE_DAY): corrected for of, day, corrected in session.execute(query)}


def _in_force(model: Any, article_id: int, view_class: str) -> list[ColumnElement[bool]]:
    whose = model.article_id == article_id if article_id != SITE else model.article_id != SITE
    return [whose, model.view_class == view_class, model.count > model.corrected]


def _hours_in(span: Span) -> ColumnElement[bool]:
    hour = PageviewHour
    return and_(
        hour.day.between(span.first_day, span.last_day),
        or_(hour.day > span.first_day, hour.hour >= span.first_hour),
        or_(hour.day < span.last_day, hour.hour <= span.last_hour),
    )


def _whole_days_in(span: Span) -> ColumnElement[bool]:
    day = PageviewDay.day
    begins = day >= span.first_day if span.first_hour == 0 else day > span.first_day
    ends = day <= span.last_day if span.last_hour == 23 else day < span.last_day
    return and_(begins, ends)
