"""The questions of the statistics. One definition each, so that no two screens can say different numbers.

*Views* are counted less corrected, always of the class that counts (``browser``); other classes stand apart.
``of`` says whose: None for the whole site, the id of an article, or a select of article ids (of an author, of
a tag). *Readers* are distinct on one day; over several days, and over several articles, they are added up.

Of what is older than ``retention.days_since`` only months are known: a period's ends there are moved outwards
to whole months, for every question alike.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app import clock
from app.pageviews import retention
from app.pageviews.classes import ViewClass
from app.pageviews.models import SITE, PageviewDay, PageviewDetail, PageviewHour, PageviewMinute, PageviewTotal
from app.pageviews.periods import Period
from app.settings import get_settings

COUNTED = ViewClass.BROWSER.value
"""The class of the views that people see the number of."""
Of = int | Select[int] | None


class Totals(NamedTuple):
    """All that was ever counted; ``shown`` is the number people see: starting + counted - corrected."""

    starting: int
    counted: int
    corrected: int
    shown: int


class Summary(NamedTuple):
    """A period in one line."""

    views: int
    readers: int
    """The sum of each day's readers."""
    corrected: int
    """Views taken out by corrections; not in ``views``."""
    classes: dict[str, int]
    """What was not counted, by class (bot, prefetch, staff …); only those that occurred, by name."""


class Day(NamedTuple):
    """One day, or one month of which no days are kept."""

    day: date
    """A month's first day stands for the month."""
    views: int
    readers: int
    corrected: int
    is_month: bool = False


class Hour(NamedTuple):
    """One hour of the site's own day, 0 to 23; where clocks are put back, two hours in one."""

    hour: int
    views: int
    corrected: int


class Top(NamedTuple):
    """An article in a list of the most read."""

    article_id: int
    views: int
    readers: int


class Detail(NamedTuple):
    """A referrer, campaign or device, and the views from it, as counted: corrections do not know whence views came."""

    dimension: str
    label: str
    detail: str
    views: int


def get_today(session: Session) -> date:
    """Which day it is at the site."""
    return clock.now().astimezone(get_settings(session).zone).date()


def get_totals(session: Session, of: Of) -> Totals:
    """All that was ever counted, with the balance that imports brought along. All 0 where there is nothing."""
    query = select(func.sum(PageviewTotal.starting), func.sum(PageviewTotal.counted), func.sum(PageviewTotal.corrected))
    if of is not None and not is_whole_site(of):
        query = query.where(whose(PageviewTotal.article_id, of))
    starting, counted, corrected = (int(number or 0) for number in session.execute(query).one())
    return Totals(starting, counted, corrected, starting + counted - corrected)


def summarize(session: Session, of: Of, period: Period) -> Summary:
    """Views, readers and what was not counted in a period."""
    query = (
        select(PageviewDay.view_class, *_sums(PageviewDay), func.sum(PageviewDay.readers))
        .where(whose(PageviewDay.article_id, of), _within(session, PageviewDay.day, period))
        .group_by(PageviewDay.view_class)
        .order_by(PageviewDay.view_class)
    )
    views = readers = corrected = 0
    classes: dict[str, int] = {}
    for name, uncorrected, taken, distinct in session.execute(query):
        if name == COUNTED:
            views, corrected, readers = int(uncorrected), int(taken), int(distinct)
        elif uncorrected:
            classes[name] = int(uncorrected)
    return Summary(views, readers, corrected, classes)


def list_days(session: Session, of: Of, period: Period) -> list[Day]:
    """Every day of the period in order, also those without a view; months of what is older."""
    query = (
        select(PageviewDay.day, *_sums(PageviewDay), func.sum(PageviewDay.readers))
        .where(
            whose(PageviewDay.article_id, of),
            _within(session, PageviewDay.day, period),
            PageviewDay.view_class == COUNTED,
        )
        .group_by(PageviewDay.day)
    )
    months_before = retention.days_since(get_today(session))
    found: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    for day, *numbers in session.execute(query):
        kept = retention.month_of(day) if day < months_before else day
        found[kept] = [old + int(new) for old, new in zip(found[kept], numbers, strict=True)]
    listed = []
    for day in _steps(*_rounded(session, period), months_before):
        views, corrected, readers = found[day]
        listed.append(Day(day, views, readers, corrected, is_month=day < months_before))
    return listed


def list_hours(session: Session, of: Of, day: date) -> list[Hour]:
    """The 24 hours of a day; none where hours are kept no more."""
    if day < retention.hours_since(get_today(session)):
        return []
    query = (
        select(PageviewHour.hour, *_sums(PageviewHour))
        .where(whose(PageviewHour.article_id, of), PageviewHour.day == day, PageviewHour.view_class == COUNTED)
        .group_by(PageviewHour.hour)
    )
    found = {hour: (int(views), int(corrected)) for hour, views, corrected in session.execute(query)}
    return [Hour(hour, *found.get(hour, (0, 0))) for hour in range(24)]


def list_top(session: Session, period: Period, *, of: Of = None, limit: int = 10) -> list[Top]:
    """The articles with the most views in a period, most first; only those that had one."""
    articles = PageviewDay.article_id != SITE if is_whole_site(of) else whose(PageviewDay.article_id, of)
    if isinstance(of, int | None) and not is_whole_site(of):
        return _top_of(session, period, articles, limit)
    tried = 0
    for size in _CANDIDATES if period.days > FEW_DAYS and limit <= _CANDIDATES[0] // 10 else ():
        tried += size
        # Nobody has more views in a period than ever: so the first of all time are asked, and that may do.
        ever = PageviewTotal.counted - PageviewTotal.corrected
        first = select(PageviewTotal.article_id).order_by(ever.desc(), PageviewTotal.article_id)
        if not is_whole_site(of):
            first = first.where(whose(PageviewTotal.article_id, of))
        found = _top_of(session, period, PageviewDay.article_id.in_(first.limit(tried)), limit)
        others = session.scalar(first.with_only_columns(ever).offset(tried).limit(1))
        if others is None or (len(found) == limit and found[-1].views > others):
            return found
    return _top_of(session, period, articles, limit)


FEW_DAYS = 7
"""Of so few days all rows are read."""
_CANDIDATES = (500, 4000)


def _top_of(session: Session, period: Period, articles: ColumnElement[bool], limit: int) -> list[Top]:
    views = func.sum(PageviewDay.count - PageviewDay.corrected)
    query = (
        select(PageviewDay.article_id, views, func.sum(PageviewDay.readers))
        .where(articles, _within(session, PageviewDay.day, period), PageviewDay.view_class == COUNTED)
        .group_by(PageviewDay.article_id)
        .having(views > 0)
        .order_by(views.desc(), PageviewDay.article_id)
        .limit(limit)
    )
    return [Top(article_id, int(sum_), int(readers)) for article_id, sum_, readers in session.execute(query)]


def list_details(
    session: Session, dimensions: Sequence[str], period: Period, *, of: Of = None, limit: int = 10, texts: bool = True
) -> list[Detail]:
    """Where views came from, campaigns or devices, most first, of these dimensions.

    With ``texts`` a line for each path (campaign's medium and name), without one for each label.
    """
    views = func.sum(PageviewDetail.count)
    columns = [PageviewDetail.dimension, PageviewDetail.label, *([PageviewDetail.detail] if texts else [])]
    query = (
        select(*columns, views)
        .where(
            whose(PageviewDetail.article_id, of),
            _within(session, PageviewDetail.day, period),
            PageviewDetail.dimension.in_(dimensions),
        )
        .group_by(*columns)
        .order_by(views.desc(), *columns)
        .limit(limit)
    )
    rows = session.execute(query)
    return [Detail(row[0], row[1], row[2] if texts else "", int(row[-1])) for row in rows]


def list_dimensions(session: Session, period: Period, *, of: Of = None) -> dict[str, int]:
    """Views by dimension (``direct``, ``search`` …, ``campaign``, ``device``): the sums over all labels."""
    query = (
        select(PageviewDetail.dimension, func.sum(PageviewDetail.count))
        .where(whose(PageviewDetail.article_id, of), _within(session, PageviewDetail.day, period))
        .group_by(PageviewDetail.dimension)
        .order_by(PageviewDetail.dimension)
    )
    return {dimension: int(views) for dimension, views in session.execute(query)}


def list_popular_now(
    session: Session, now: datetime, *, of: Of = None, minutes: int = 30, limit: int = 10
) -> list[tuple[int, int]]:
    """The articles (by id) with the most views in the last minutes, up to ``now``, and how many, as counted."""
    last = int(now.timestamp()) // 60
    views = func.sum(PageviewMinute.count)
    articles = PageviewMinute.article_id != SITE if is_whole_site(of) else whose(PageviewMinute.article_id, of)
    query = (
        select(PageviewMinute.article_id, views)
        .where(PageviewMinute.minute > last - minutes, PageviewMinute.minute <= last, articles)
        .group_by(PageviewMinute.article_id)
        .order_by(views.desc(), PageviewMinute.article_id)
        .limit(limit)
    )
    return [(article_id, int(count)) for article_id, count in session.execute(query)]


def is_whole_site(of: Of) -> bool:
    """Whether all articles together are meant."""
    return of is None or (isinstance(of, int) and of == SITE)


def whose(column: InstrumentedAttribute[int], of: Of) -> ColumnElement[bool]:
    """The condition on a column of article ids that rows are of these, the site's own row for the whole site."""
    if of is None or isinstance(of, int):
        return column == (of or SITE)
    return column.in_(of)


def _sums(model: type[PageviewDay] | type[PageviewHour]) -> tuple[Any, Any]:
    """THE definition of views over rows of days or hours, and beside it what was taken out."""
    return func.sum(model.count - model.corrected), func.sum(model.corrected)


def _within(session: Session, column: InstrumentedAttribute[date], period: Period) -> ColumnElement[bool]:
    return column.between(*_rounded(session, period))


def _rounded(session: Session, period: Period) -> tuple[date, date]:
    """The period's first and last day, with those moved outwards that lie where only months are known."""
    months_before = retention.days_since(get_today(session))
    first, last = period.first, period.last
    if first < months_before:
        first = retention.month_of(first)
    if last < months_before:
        last = retention.end_of_month(last)
    return first, last


def _steps(first: date, last: date, months_before: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day = retention.next_month(day) if day < months_before else day + timedelta(days=1)
