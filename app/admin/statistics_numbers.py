"""All that a page of the statistics shows, asked once: the page and the files made of it say the same."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from sqlalchemy.orm import Session

from app import clock, web
from app.admin import statistics_words as words
from app.admin.statistics_asked import Subject
from app.articles.reading import list_titles
from app.pageviews import statistics
from app.pageviews.periods import Period
from app.pageviews.spikes import Spike
from app.pageviews.spikes_asked import list_spikes
from app.pageviews.statistics import Day, Detail, Hour, Summary, Totals

NAMED_SOURCES = ("search", "social", "assistant")
ON_SCREEN, IN_FILES = 10, 1000
PATHS = 5
MARKED = 5


class Row(NamedTuple):
    """One line of the table that the chart is drawn from: a day, an hour, or a month."""

    at: str
    """For machines: 2026-11-22, 2026-11-22T07 or 2026-11."""
    label: str
    short: str
    views: int
    readers: int | None
    """None of an hour: readers are known by day."""
    corrected: int
    spike: str = ""


class Line(NamedTuple):
    """An article in a list; the title of what is deleted is empty."""

    article_id: int
    title: str
    views: int
    readers: int | None = None


class Mark(NamedTuple):
    """A spike in words: of which article, when and why; ``spike`` is what a correction is filled in with."""

    title: str
    when: str
    spike: Spike


class Site(NamedTuple):
    """Another site, and the pages on it that readers came from."""

    host: str
    views: int
    paths: list[Detail]


@dataclass(frozen=True)
class Numbers:
    """The numbers of a subject in a period, and in the one before."""

    subject: Subject
    period: Period
    summary: Summary
    before: Summary
    totals: Totals
    rows: list[Row]
    top: list[Line]
    dimensions: dict[str, int]
    """Views by kind of source; ``campaign`` and ``device`` are the sums of theirs."""
    named: dict[str, list[Detail]]
    sites: list[Site]
    campaigns: list[Detail]
    devices: list[Detail]
    marks: list[Mark]

    @property
    def is_hourly(self) -> bool:
        return bool(self.rows) and "T" in self.rows[0].at

    @property
    def is_by_month(self) -> bool:
        return any(len(row.at) == 7 for row in self.rows)

    @cached_property
    def sourced(self) -> int:
        """Views whose source is known, or known to be untold."""
        return sum(self.dimensions.get(name, 0) for name in words.SOURCES)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all in the period."""
        return not (self.summary.views or self.summary.corrected or self.summary.classes)


def gather(session: Session, subject: Subject, period: Period, *, limit: int = ON_SCREEN) -> Numbers:
    """Ask all the questions; ``limit`` is how long each list may be."""
    of = subject.of
    spikes = list_spikes(session, of, period, limit=MARKED)
    return Numbers(
        subject=subject,
        period=period,
        summary=statistics.summarize(session, of, period),
        before=statistics.summarize(session, of, period.before()),
        totals=statistics.get_totals(session, of),
        rows=[_marked(row, spikes) for row in _list_rows(session, subject, period)],
        top=[] if subject.kind == "article" else list_top(session, subject, period, limit),
        dimensions=statistics.list_dimensions(session, period, of=of),
        named={
            name: statistics.list_details(session, [name], period, of=of, limit=limit, texts=False)
            for name in NAMED_SOURCES
        },
        sites=_list_sites(session, subject, period, limit),
        campaigns=statistics.list_details(session, ["campaign"], period, of=of, limit=limit),
        devices=statistics.list_details(session, ["device"], period, of=of, limit=limit, texts=False),
        marks=_list_marks(session, spikes),
    )


def list_popular(session: Session, subject: Subject, now: object) -> list[Line]:
    """What is read just now, with titles."""
    found = statistics.list_popular_now(session, now, of=subject.of)  # type: ignore[arg-type]
    titles = list_titles(session, [article_id for article_id, _ in found])
    return [Line(article_id, titles.get(article_id, ""), views) for article_id, views in found]


def list_top(session: Session, subject: Subject, period: Period, limit: int) -> list[Line]:
    """What was read most in a period, with titles."""
    found = statistics.list_top(session, period, of=subject.of, limit=limit)
    titles = list_titles(session, [top.article_id for top in found])
    return [Line(top.article_id, titles.get(top.article_id, ""), top.views, top.readers) for top in found]


def name_articles(session: Session, ids: Collection[int]) -> dict[int, str]:
    """What articles are called in a list, also those that are deleted."""
    titles = list_titles(session, ids)
    return {article_id: titles.get(article_id) or f"Deleted article {article_id}" for article_id in ids}


def _list_rows(session: Session, subject: Subject, period: Period) -> list[Row]:
    if period.days == 1 and (hours := statistics.list_hours(session, subject.of, period.first)):
        here = clock.now().astimezone(web.settings().zone)
        is_over = [period.first < here.date() or hour.hour <= here.hour or hour.views for hour in hours]
        return [_row_of_hour(period.first, hour) for hour, shown in zip(hours, is_over, strict=True) if shown]
    return [_row_of_day(day) for day in statistics.list_days(session, subject.of, period)]


def _row_of_hour(day: date, hour: Hour) -> Row:
    label = words.hour(hour.hour)
    return Row(f"{day}T{hour.hour:02}", label, label, hour.views, None, hour.corrected)


def _row_of_day(day: Day) -> Row:
    at = f"{day.day:%Y-%m}" if day.is_month else str(day.day)
    label, short = words.label_of(day)
    return Row(at, label, short, day.views, day.readers, day.corrected)


def _marked(row: Row, spikes: list[Spike]) -> Row:
    """The row, with how many views are more than usual in it."""
    hour = int(row.at[11:]) if "T" in row.at else None
    excess = sum(
        spike.excess
        for spike in spikes
        if str(spike.first[0]) == row.at[:10] and (hour is None or spike.first[1] <= hour <= spike.last[1])
    )
    if not excess:
        return row
    return row._replace(spike="Unusual" if hour is not None else f"{words.number(excess)} more than usual")


def _list_marks(session: Session, spikes: list[Spike]) -> list[Mark]:
    titles = name_articles(session, {spike.article_id for spike in spikes})
    return [Mark(titles[spike.article_id], words.hours(*spike.first, *spike.last), spike) for spike in spikes]


def _list_sites(session: Session, subject: Subject, period: Period, limit: int) -> list[Site]:
    hosts = statistics.list_details(session, ["site"], period, of=subject.of, limit=limit, texts=False)
    paths: dict[str, list[Detail]] = defaultdict(list)
    for detail in statistics.list_details(session, ["site"], period, of=subject.of, limit=limit * 20):
        if detail.detail:
            paths[detail.label].append(detail)
    return [Site(host.label, host.views, paths[host.label][: max(PATHS, limit // 10)]) for host in hosts]
