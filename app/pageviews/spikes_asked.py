"""The questions that feed ``spikes``: which days to look at, and what is known of them."""

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.pageviews import retention
from app.pageviews.models import SITE, PageviewDay, PageviewDetail, PageviewHour
from app.pageviews.periods import Period
from app.pageviews.spikes import FEWEST, HISTORY, Facts, Share, Spike, find_spikes
from app.pageviews.statistics import COUNTED, Of, get_today, is_whole_site, whose

LOOKED_AT = 30
"""So many days of articles are looked at for a list: those with the most views for each reader, and most views."""


def list_spikes(
    session: Session, of: Of, period: Period, *, limit: int = 10, looked_at: int = LOOKED_AT
) -> list[Spike]:
    """The spikes of a period as far as hours are kept (90 days), those offered for a correction first.

    For the whole site, an author or a tag only the likeliest days are looked at. What is corrected already does
    not come again.
    """
    first = max(period.first, retention.hours_since(get_today(session)))
    if period.last < first:
        return []
    candidates = _list_candidates(session, of, Period(first, period.last), looked_at)
    return find_spikes(_know(session, article_id, day) for article_id, day in candidates)[:limit]


def _list_candidates(session: Session, of: Of, period: Period, looked_at: int) -> list[tuple[int, date]]:
    views = PageviewDay.count - PageviewDay.corrected
    query = select(PageviewDay.article_id, PageviewDay.day).where(
        PageviewDay.article_id != SITE if is_whole_site(of) else whose(PageviewDay.article_id, of),
        PageviewDay.day.between(period.first, period.last),
        PageviewDay.view_class == COUNTED,
        views >= FEWEST,
    )
    found: set[tuple[int, date]] = set()
    for order in (views / (PageviewDay.readers + 1), views):
        rows = session.execute(query.order_by(order.desc(), PageviewDay.day, PageviewDay.article_id).limit(looked_at))
        found.update((article_id, day) for article_id, day in rows)
    return sorted(found)


def _know(session: Session, article_id: int, day: date) -> Facts:
    before = Period(day - timedelta(days=HISTORY), day)
    hours: dict[date, list[int]] = defaultdict(lambda: [0] * 24)
    rows = select(PageviewHour.day, PageviewHour.hour, PageviewHour.count - PageviewHour.corrected).where(
        PageviewHour.article_id == article_id,
        PageviewHour.day.between(before.first, before.last),
        PageviewHour.view_class == COUNTED,
    )
    for when, hour, views in session.execute(rows):
        hours[when][hour] = int(views)
    days = select(PageviewDay.day, PageviewDay.readers).where(
        PageviewDay.article_id == article_id,
        PageviewDay.day.between(before.first, before.last),
        PageviewDay.view_class == COUNTED,
    )
    readers = {when: int(count) for when, count in session.execute(days)}
    usual = [when for when in sorted(hours) if when != day]
    shares, usual_shares = _list_shares(session, article_id, before)
    return Facts(
        article_id, day, hours[day], readers.get(day, 0), [hours[when] for when in usual],
        [readers.get(when, 0) for when in usual], shares=shares, usual_shares=usual_shares,
    )  # fmt: skip


def _list_shares(session: Session, article_id: int, period: Period) -> tuple[list[Share], list[Share]]:
    """Those of the period's last day, and those of the days before it."""
    detail = PageviewDetail
    is_last = (detail.day == period.last).label("is_last")
    query = (
        select(is_last, detail.dimension, detail.label, func.sum(detail.count))
        .where(detail.article_id == article_id, detail.day.between(period.first, period.last))
        .group_by("is_last", detail.dimension, detail.label)
    )
    shares: tuple[list[Share], list[Share]] = ([], [])
    for last, dimension, label, views in session.execute(query):
        shares[0 if last else 1].append(Share(dimension, label, int(views)))
    return shares
