"""Fills the tables of the statistics as folding does: an article's rows and the site's, hour, day and total."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.pageviews.models import (
    SITE,
    PageviewDay,
    PageviewDetail,
    PageviewHour,
    PageviewMinute,
    PageviewTotal,
)

TODAY = date(2026, 11, 20)


def add_views(
    session: Session,
    article_id: int,
    count: int,
    *,
    day: date = TODAY,
    hour: int = 12,
    view_class: str = "browser",
    readers: int = 0,
) -> None:
    """Count views of one hour; ``readers`` are new ones of that day, on the site as well."""
    for whose in (SITE, article_id):
        _add(session, PageviewHour, article_id=whose, day=day, hour=hour, view_class=view_class, count=count)
        _add(session, PageviewDay, article_id=whose, day=day, view_class=view_class, count=count)
        session.get_one(PageviewDay, (whose, day, view_class)).readers += readers
    if view_class == "browser":
        _add(session, PageviewTotal, article_id=article_id, count=count)
    session.flush()


def add_detail(
    session: Session, article_id: int, count: int, dimension: str, label: str, detail: str = "", *, day: date = TODAY
) -> None:
    """Note where counted views came from."""
    for whose in (SITE, article_id):
        key = {"article_id": whose, "day": day, "dimension": dimension, "label": label, "detail": detail}
        _add(session, PageviewDetail, **key, count=count)
    session.flush()


def add_minute(session: Session, article_id: int, count: int, minute: int) -> None:
    _add(session, PageviewMinute, minute=minute, article_id=article_id, count=count)
    session.flush()


def list_hours(session: Session, article_id: int) -> dict[tuple[date, int, str], int]:
    """The folded views of an article by day and hour (in the site's time zone) and class name."""
    query = select(PageviewHour).where(PageviewHour.article_id == article_id)
    return {(row.day, row.hour, row.view_class): row.count for row in session.scalars(query)}


def _add(session: Session, model: type[Any], *, count: int, **key: object) -> None:
    row = session.get(model, tuple(key.values()))
    if row is None:
        zeros = {name: 0 for name in ("starting", "readers", "corrected") if hasattr(model, name)}
        row = model(**key, **zeros, **{_count_of(model): 0})
        session.add(row)
    setattr(row, _count_of(model), getattr(row, _count_of(model)) + count)
    session.flush()


def _count_of(model: type[Any]) -> str:
    return "counted" if model is PageviewTotal else "count"
