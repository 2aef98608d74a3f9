"""flask pageviews …: the counts."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import cast

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from app import csv_cells, web
from app.articles.reading import Moved, find_slug_holder, list_slugs, resolve_address
from app.cli.noting import note
from app.pageviews import correcting, periods, reading, statistics
from app.pageviews.classes import ViewClass
from app.pageviews.counter import Counter
from app.pageviews.models import PageviewCorrection
from app.pageviews.periods import Period, period_named
from app.pageviews.post import take_post

pageviews_group = AppGroup("pageviews", help="How often articles were read.")
PATIENCE = 10.0
MOST = 10_000
"""So many articles, and so many sources, are exported."""
HEADER = ("table", "name", "detail", "views", "readers", "corrected")
SOURCES = ("direct", "own", "search", "social", "assistant", "site", "campaign", "device")
REFUSALS = (
    correcting.AlreadyUndone,
    correcting.CorrectionUnknown,
    correcting.MoreThanCounted,
    correcting.NothingToCorrect,
    correcting.RangeBackwards,
    correcting.RangeInFuture,
    correcting.RangeTooCoarse,
    correcting.RangeTooLarge,
    correcting.ReasonBlank,
    correcting.ReasonTooLong,
    periods.PeriodBackwards,
    periods.PeriodTooLong,
    periods.PeriodUnknown,
)


class HourOfDay(click.ParamType[tuple[date, int]]):
    """A day and an hour of the site's own, as (date, hour); a day alone is its first or its last hour."""

    name = "HOUR"

    def __init__(self, *, alone: int) -> None:
        self.alone = alone

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[date, int]:
        day, separator, hour = str(value).partition("T")
        try:
            return date.fromisoformat(day), range(24).index(int(hour)) if separator else self.alone
        except ValueError:
            message = f"{value!r} is not a day like 2026-11-20, or an hour like 2026-11-20T10."
            raise click.BadParameter(message, ctx, param) from None


@pageviews_group.command("show")
@click.argument("slug")
def show(slug: str) -> None:
    """Print how often the article at SLUG was read: the number alone on the first line, then where it is from."""
    _fold()
    with _asking() as session:
        article_id = _find_article(session, slug)
        shown = _counter().shown(session, article_id)
        totals = statistics.get_totals(session, article_id)
        classes = reading.list_classes(session, article_id)
        week = statistics.summarize(session, article_id, period_named("7d", statistics.get_today(session)))
    click.echo(shown)
    click.echo(f"starting balance: {totals.starting}")
    for name, count in sorted(classes.items()):
        click.echo(f"{name}: {count}{'' if name == 'browser' else ' (not counted)'}")
    if totals.corrected:
        click.echo(f"taken out by corrections: {totals.corrected}")
    click.echo(f"readers in the last 7 days, added up by day: {week.readers}")


@pageviews_group.command("correct")
@click.argument("slug")
@click.option("--from", "first", required=True, type=HourOfDay(alone=0), help="The first hour, like 2026-11-20T10.")
@click.option("--to", "last", required=True, type=HourOfDay(alone=23), help="The last hour, which is included.")
@click.option("--reason", required=True, help="Why, for the others.")
@click.option(
    "--class", "view_class", default="browser", type=click.Choice([kind.value for kind in ViewClass]),
    show_default=True, help="Which views; only those by browsers are in the number people see.",
)  # fmt: skip
@click.option("--views", type=click.IntRange(min=1), help="How many; all of them if it is not said.")
def correct(
    slug: str, first: tuple[date, int], last: tuple[date, int], reason: str, view_class: str, views: int | None
) -> None:
    """Take views that nobody made out of the count of the article at SLUG. Hours are the site's own."""
    _fold()
    with _changing() as session:
        made = correcting.correct(
            session, _find_article(session, slug), first=first, last=last, view_class=view_class, views=views,
            reason=reason, by=None, by_name="command line",
        )  # fmt: skip
        note(session, "statistics.correct", kind="article", id=made.article_id, correction=correcting.describe(made))
        said = f"Correction {made.id}: {made.views} views ({made.view_class}) are taken out."
    click.echo(said)


@pageviews_group.command("undo-correction")
@click.argument("correction_id", metavar="ID", type=int)
def undo_correction(correction_id: int) -> None:
    """Put back what the correction ID took out."""
    with _changing() as session:
        undone = correcting.undo(session, correction_id, by=None, by_name="command line")
        note(
            session,
            "statistics.undo",
            kind="article",
            id=undone.article_id or None,
            correction=correcting.describe(undone),
        )
        said = f"Correction {undone.id} is undone: {undone.views} views ({undone.view_class}) are put back."
    click.echo(said)


@pageviews_group.command("corrections")
@click.option("--slug", help="Only those that took views from this article.")
def corrections(slug: str | None) -> None:
    """Print the last 100 corrections, newest first: id, from, to, article, class, views, who, state, why; tabs between.

    Of an article that is deleted the id is printed; of all articles together, "all".
    """
    with _asking() as session:
        of = None if slug is None else _find_article(session, slug)
        found = correcting.list_corrections(session, of=of)
        slugs = list_slugs(session, [correction.article_id for correction in found])
    for correction in found:
        click.echo("\t".join(_describe(correction, slugs)))


@pageviews_group.command("export")
@click.option("--slug", help="Of this article; of the whole site if it is not said.")
@click.option("--period", "name", default="30d", show_default=True,
              help="today, 7d, 30d, 90d, year, or two days like 2026-11-01..2026-11-20.")  # fmt: skip
@click.option("--format", "kind", default="csv", show_default=True, type=click.Choice(["csv", "json"]))
def export(slug: str | None, name: str, kind: str) -> None:
    """Print the statistics of a period: days, most read articles, sources, campaigns, devices, what is not counted.

    Each line says first what it is of. In CSV, text that a spreadsheet would take for a formula gets an apostrophe.
    """
    _fold()
    with _asking() as session:
        of = None if slug is None else _find_article(session, slug)
        lines = list(_list_lines(session, of, period_named(name, statistics.get_today(session))))
    if kind == "json":
        click.echo(json.dumps([dict(zip(HEADER, line, strict=True)) for line in lines], ensure_ascii=False, indent=1))
        return
    for text in csv_cells.write_csv(HEADER, lines):
        click.echo(text, nl=False)


@pageviews_group.command("fold")
@click.option("--keep-on", is_flag=True, help="Go on until stopped, for all processes of this machine.")
def fold(*, keep_on: bool) -> None:
    """Add what the journals of this machine hold to the database, which a running server does by itself.

    With --keep-on this process does it for all others, as one does under gunicorn: readers of another server then
    never wait for it.
    """
    if keep_on:
        _fold_until_stopped()
    else:
        click.echo(f"{_fold()} views folded.")


def _fold_until_stopped() -> None:
    counter = _counter()
    if (post := take_post(counter.journal_dir)) is None:
        raise click.ClickException("Another process of this machine folds for all already.")
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        counter.fold_apart(lambda: not stopped.is_set())
    finally:
        os.close(post)


def _list_lines(session: Session, of: int | None, period: Period) -> Iterator[tuple[csv_cells.Cell, ...]]:
    summary, totals = statistics.summarize(session, of, period), statistics.get_totals(session, of)
    yield "period", period.name, "", summary.views, summary.readers, summary.corrected
    for name in ("shown", "starting", "counted", "corrected"):
        yield "all time", name, "", getattr(totals, name), None, None
    for day in statistics.list_days(session, of, period):
        yield "month" if day.is_month else "day", str(day.day), "", day.views, day.readers, day.corrected
    if of is None:
        top = statistics.list_top(session, period, limit=MOST)
        slugs = list_slugs(session, [line.article_id for line in top])
        for line in top:
            slug = slugs.get(line.article_id, "")
            yield "article", slug, str(line.article_id), line.views, line.readers, None
    for detail in statistics.list_details(session, SOURCES, period, of=of, limit=MOST):
        yield detail.dimension, detail.label, detail.detail.replace("\t", " / "), detail.views, None, None
    for name, count in summary.classes.items():
        yield "not counted", name, "", count, None, None


def _describe(correction: PageviewCorrection, slugs: dict[int, str]) -> list[str]:
    of = slugs.get(correction.article_id, str(correction.article_id)) if correction.article_id else "all"
    undone = correction.undone_at is not None
    return [
        str(correction.id),
        f"{correction.first_day}T{correction.first_hour:02}",
        f"{correction.last_day}T{correction.last_hour:02}",
        of,
        correction.view_class,
        str(correction.views),
        correction.made_by_name,
        f"undone by {correction.undone_by_name}" if undone else "in force",
        correction.reason,
    ]


@contextmanager
def _changing() -> Iterator[Session]:
    """A session that is committed at the end; a refusal becomes one sentence and exit status 1."""
    with _refusing(), web.database().writer() as session:
        yield session
        session.commit()


@contextmanager
def _asking() -> Iterator[Session]:
    with _refusing(), web.database().reader() as session:
        yield session


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except REFUSALS as refusal:
        raise click.ClickException(web.sentence(refusal)) from None
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException("The database does not answer, or is not migrated.") from error


def _find_article(session: Session, slug: str) -> int:
    """The id of the article at this slug, also at one it had before."""
    article = find_slug_holder(session, slug)
    if article is None:
        moved = resolve_address(session, slug)
        article = find_slug_holder(session, moved.location.strip("/")) if isinstance(moved, Moved) else None
    if article is None:
        raise click.ClickException(f"There is no article at the address {slug!r}.")
    return article.id


def _fold() -> int:
    """Fold; waits while a server's process is at it."""
    try:
        folded = _counter().fold_all(patience=PATIENCE)
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException("The database does not answer, or is not migrated.") from error
    if folded is None:
        raise click.ClickException("Another process is folding and does not come to an end; try again later.")
    return folded


def _counter() -> Counter:
    return cast(Counter, current_app.extensions["typecase.counter"])
