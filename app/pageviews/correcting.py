"""Corrections: views that nobody made are taken out of the count, with a reason, and can be put back exactly.

Nothing that was counted is deleted: ``corrected`` grows beside ``count``, in hour, day and total, of the article
and of ``SITE`` together. Only the class ``browser`` changes the number people see. Kept pages hold no number, it is
put into each answer: so no page is told to be old, only those who remember the number are.
"""

from collections import Counter
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app import changes, clock
from app.db import Base
from app.pageviews import adding, retention
from app.pageviews.cells import WHOLE_DAY, Cell, Span, count_cells, list_corrected_days, list_left, list_parts
from app.pageviews.models import (
    SITE,
    PageviewCorrection,
    PageviewCorrectionPart,
    PageviewDay,
    PageviewHour,
    PageviewTotal,
)
from app.pageviews.statistics import COUNTED, get_today
from app.text import clean_line, is_blank

MOST_CELLS = 100_000
MOST_NAMED = 100
"""Of so many articles the number is asked for again one by one; of more, all numbers are."""
LONGEST_REASON = 500


class CorrectionUnknown(Exception):
    """There is no such correction."""


class AlreadyUndone(Exception):
    """This correction has been undone already."""


class NothingToCorrect(Exception):
    """There are no such views in these hours, or all of them have been taken out."""


class MoreThanCounted(Exception):
    """There are fewer such views in these hours than you want to take out."""


class ViewsTooFew(Exception):
    """Take out one view or more."""


class RangeBackwards(Exception):
    """The last hour comes before the first."""


class RangeInFuture(Exception):
    """These hours have not come yet."""


class RangeTooCoarse(Exception):
    """Hours are kept for 90 days and days for two years: take whole days of what is older, then whole months."""


class RangeTooLarge(Exception):
    """That is too much at once: take a shorter time, or one article."""


class ReasonBlank(Exception):
    """Please say why: others will want to know."""


class ReasonTooLong(Exception):
    """A reason has at most 500 characters."""


def correct(
    session: Session,
    article_id: int,
    *,
    first: tuple[date, int],
    last: tuple[date, int],
    view_class: str = COUNTED,
    views: int | None = None,
    reason: str,
    by: int | None,
    by_name: str,
) -> PageviewCorrection:
    """Take ``views`` (None: all) of a class out of the hours from ``first`` to ``last`` (day and hour, both included).

    From one article, or for ``SITE`` from every article read in these hours. Fewer than all are taken from each
    hour by its share. Views that are still in the journal are not known here: fold first. Raises
    ``NothingToCorrect``, ``MoreThanCounted``, ``ViewsTooFew``, ``RangeBackwards``, ``RangeInFuture``,
    ``RangeTooCoarse``, ``RangeTooLarge``, ``ReasonBlank``, ``ReasonTooLong``.
    """
    why = _check_reason(reason)
    if views is not None and views < 1:
        raise ViewsTooFew
    span = Span(*first, *last)
    _check_span(span, get_today(session))
    adding.take_turn(session)  # folding, thinning and others who correct wait
    if count_cells(session, article_id, span=span, view_class=view_class, limit=MOST_CELLS) > MOST_CELLS:
        raise RangeTooLarge
    left = list_left(session, article_id, span=span, view_class=view_class)
    if not left:
        raise NothingToCorrect
    parts = left if views is None else take_shares(left, views)
    correction = PageviewCorrection(
        article_id=article_id, **span._asdict(), view_class=view_class, views=sum(parts.values()), reason=why,
        made_at=clock.now(), made_by=by, made_by_name=by_name,
    )  # fmt: skip
    session.add(correction)
    session.flush()
    _note_parts(session, correction.id, parts)
    _take(session, _with_site(parts), days=_days_of(parts), view_class=view_class, sign=1)
    return correction


def undo(session: Session, correction_id: int, *, by: int | None, by_name: str) -> PageviewCorrection:
    """Put back what a correction took. Raises ``CorrectionUnknown``, ``AlreadyUndone``."""
    adding.take_turn(session)  # folding, thinning and others who correct wait
    correction = get_correction(session, correction_id)
    if correction.undone_at is not None:
        raise AlreadyUndone
    parts = list_parts(session, correction.id)
    span = Span(correction.first_day, correction.first_hour, correction.last_day, correction.last_hour)
    kept = list_corrected_days(session, correction.article_id, span=span, view_class=correction.view_class)
    days: Counter[Cell] = Counter()
    for cell, views in _days_of(parts).items():
        # What was taken from a day that has since become part of its month is taken from the month.
        there = kept.get(cell, 0) >= views
        days[cell if there else cell._replace(day=retention.month_of(cell.day))] += views
    _take(session, _with_site(parts), days=days, view_class=correction.view_class, sign=-1)
    correction.undone_at, correction.undone_by, correction.undone_by_name = clock.now(), by, by_name
    session.flush()
    return correction


def get_correction(session: Session, correction_id: int) -> PageviewCorrection:
    """One correction. Raises ``CorrectionUnknown``."""
    found = (
        session.get(PageviewCorrection, correction_id, populate_existing=True) if 0 < correction_id < 2**31 else None
    )
    if found is None:
        raise CorrectionUnknown
    return found


def list_corrections(
    session: Session, *, of: int | None = None, before_id: int | None = None, limit: int = 100
) -> list[PageviewCorrection]:
    """Corrections, newest first: all, or those that took views from the article ``of``, the site's among them."""
    query = select(PageviewCorrection).order_by(PageviewCorrection.id.desc()).limit(limit)
    if of is not None and of != SITE:
        part = PageviewCorrectionPart
        query = query.where(
            select(part.correction_id)
            .where(part.correction_id == PageviewCorrection.id, part.article_id == of)
            .exists()
        )
    if before_id is not None:
        query = query.where(PageviewCorrection.id < before_id)
    return list(session.scalars(query))


def describe(correction: PageviewCorrection) -> dict[str, object]:
    """A correction in a few words, for the audit log."""
    names = ("id", "first_day", "first_hour", "last_day", "last_hour", "view_class", "views", "reason")
    return {name: getattr(correction, name) for name in names}


def take_shares(left: dict[Cell, int], views: int) -> dict[Cell, int]:
    """So many views from cells in proportion to what they have, what is left over by the largest remainder.

    The same cells give the same shares. Raises ``MoreThanCounted``.
    """
    available = sum(left.values())
    if views > available:
        raise MoreThanCounted
    shares = {cell: views * has // available for cell, has in left.items()}
    over = views - sum(shares.values())
    by_remainder = sorted(left, key=lambda cell: (-(views * left[cell] % available), cell))
    for cell in by_remainder[:over]:
        shares[cell] += 1
    return {cell: share for cell, share in shares.items() if share}


def _check_reason(typed: str) -> str:
    reason = clean_line(typed)
    if is_blank(reason):
        raise ReasonBlank
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong
    return reason


def _check_span(span: Span, today: date) -> None:
    if not (0 <= span.first_hour <= 23 and 0 <= span.last_hour <= 23):
        raise ValueError("an hour is from 0 to 23")
    if (span.last_day, span.last_hour) < (span.first_day, span.first_hour):
        raise RangeBackwards
    if span.last_day > today:
        raise RangeInFuture
    hours, days = retention.hours_since(today), retention.days_since(today)
    begins_inside = (span.first_day < hours and span.first_hour > 0) or (
        span.first_day < days and span.first_day.day > 1
    )
    ends_inside = (span.last_day < hours and span.last_hour < 23) or (
        span.last_day < days and span.last_day != retention.end_of_month(span.last_day)
    )
    if begins_inside or ends_inside:
        raise RangeTooCoarse


def _note_parts(session: Session, correction_id: int, parts: dict[Cell, int]) -> None:
    rows = [{"correction_id": correction_id, "views": views, **cell._asdict()} for cell, views in parts.items()]
    session.execute(insert(PageviewCorrectionPart), rows)


def _with_site(parts: dict[Cell, int]) -> Counter[Cell]:
    """The parts by article, and beside them the sum of each cell for ``SITE``."""
    both = Counter(parts)
    for cell, views in parts.items():
        both[cell._replace(article_id=SITE)] += views
    return both


def _days_of(parts: dict[Cell, int]) -> Counter[Cell]:
    days: Counter[Cell] = Counter()
    for cell, views in _with_site(parts).items():
        days[cell._replace(hour=WHOLE_DAY)] += views
    return days


def _take(session: Session, hours: Counter[Cell], *, days: Counter[Cell], view_class: str, sign: int) -> None:
    """Add to (or with ``sign`` -1 take from) what is corrected, table by table in the order of folding."""
    totals: Counter[int] = Counter()
    if view_class == COUNTED:
        for cell, views in days.items():
            totals[cell.article_id] += views
        del totals[SITE]
    of_totals = [{"in_article_id": of, "by": sign * views} for of, views in sorted(totals.items())]
    of_hours = [
        {"in_article_id": of, "in_day": day, "in_hour": hour, "in_view_class": view_class, "by": sign * views}
        for (of, day, hour), views in sorted(hours.items())
        if hour != WHOLE_DAY
    ]
    of_days = [
        {"in_article_id": of, "in_day": day, "in_view_class": view_class, "by": sign * views}
        for (of, day, _), views in sorted(days.items())
    ]
    for model, rows in ((PageviewTotal, of_totals), (PageviewHour, of_hours), (PageviewDay, of_days)):
        _add(session, model, rows)
    if totals:
        few = sorted(totals) if len(totals) <= MOST_NAMED else [SITE]
        changes.note(session, *(f"{changes.PAGEVIEWS}{article_id}" for article_id in few))


def _add(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    table = cast(Table, model.__table__)
    change = bindparam("by", type_=table.c.corrected.type)
    # An hour that was thinned since is no more; one that came back by a late view was never taken from.
    statement = update(table).where(table.c.corrected + change >= 0).values(corrected=table.c.corrected + change)
    for column in table.primary_key:
        statement = statement.where(column == bindparam(f"in_{column.name}", type_=column.type))
    session.connection().execute(statement, rows)
