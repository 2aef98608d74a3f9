"""Adding what was tallied to the database: several hundred rows a statement, so that each is soon over.

While SQLite executes a statement the interpreter is free for other threads; between statements it would have to
be won back each time, so there are few. Rows that others change too are changed in the order of their keys.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from sqlalchemy import String, Table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from app.db import Base
from app.pageviews.models import (
    SITE,
    PageviewDay,
    PageviewDetail,
    PageviewHour,
    PageviewMinute,
    PageviewTotal,
    PageviewVisitor,
)
from app.pageviews.tallying import PAUSE_SECONDS, Memory, Pair, Row, pieces, rank, split

MOST_DETAILS, MOST_DETAILS_OF_SITE = 200, 2_000
"""So many rows of each dimension are kept for an article, or for the whole site, on one day: anybody can send
made-up referrers and campaigns. The views of further ones are counted together, under ``OTHERS``."""
OTHERS = "(others)"
_LOCK = 7_309_940_836_301_155_192
"""Stands for the folding among PostgreSQL's advisory locks."""
_SIZES = (256, 32, 4, 1)
"""Rows a statement on SQLite: few sizes, so that each statement is prepared once."""
_MOST = 1024
"""Rows a statement on PostgreSQL, which takes any number of them as arrays."""

Values = tuple[Any, ...]


def take_turn(session: Session) -> None:
    """Wait until no other machine folds into this database; none does until the end of the transaction."""
    if not _is_sqlite(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        # Each statement looks a few hundred keys up. Plans made while a table is small would read all of it.
        for plan in ("seqscan", "hashjoin", "mergejoin"):
            session.execute(text(f"SET LOCAL enable_{plan} = off"))


def add_totals(session: Session, totals: Mapping[int, int]) -> None:
    """Add to the totals, by article."""
    rows = ((article_id, 0, count) for article_id, count in sorted(totals.items()))
    _upsert(session, PageviewTotal, ("article_id", "starting", "counted"), rows, adds_to="counted")


def add_hours(session: Session, hours: Mapping[tuple[int, str, int, str], int]) -> None:
    """Add to the views by article, day, hour and class."""
    rows = ((*key, count) for key, count in sorted(hours.items()))
    _upsert(session, PageviewHour, ("article_id", "day", "hour", "view_class", "count"), rows)


def add_days(session: Session, days: Mapping[tuple[int, str, str], int]) -> None:
    """Add to the views by article, day and class."""
    rows = ((*key, count, 0) for key, count in sorted(days.items()))
    _upsert(session, PageviewDay, ("article_id", "day", "view_class", "count", "readers"), rows)


def add_minutes(session: Session, minutes: Mapping[tuple[int, int], int]) -> None:
    """Add to the views by minute and article."""
    rows = ((*key, count) for key, count in sorted(minutes.items()))
    _upsert(session, PageviewMinute, ("minute", "article_id", "count"), rows)


def add_details(
    session: Session, day: str, *, counts: dict[int, dict[int, int]], rows: list[Row], known: Memory
) -> list[int]:
    """Add to one day's views by article and by source, campaign and device: ``counts`` by article and place in rows.

    The counts are used up. ``known`` are hashes of those that are kept already; returned are the hashes of those
    that are from now on.
    """
    ranks = rank(rows).__getitem__
    found = (
        (of, rows[place], count)
        for of in sorted(counts)
        for place, count in sorted(counts.pop(of).items(), key=lambda item: ranks(item[0]))
    )
    kept: list[int] = []
    for piece in pieces(found):
        wanted: dict[Values, int] = {(of, day, *row): count for of, row, count in piece}
        hashes = {key: hash(key) for key in wanted}
        unknown = {key: wanted[key] for key, number in hashes.items() if number not in known}
        for key in _list_too_many(session, unknown) if unknown else ():
            others = (*key[:3], OTHERS, "")
            wanted[others] = wanted.get(others, 0) + wanted.pop(key)
            del hashes[key]
        kept += hashes.values()
        _upsert(session, PageviewDetail, (*_DETAIL_KEY, "count"), ((*key, count) for key, count in wanted.items()))
    return kept


def add_readers(session: Session, day: str, *, pairs: Iterable[Pair]) -> None:
    """Note who read what on this day, and add those of whom it was not known to the readers of the day.

    To be called after ``add_days``, which has locked the rows that this adds to.
    """
    by_article: dict[int, list[int]] = {}
    for piece in pieces(pairs):
        for article_id, visitor in map(split, piece):
            by_article.setdefault(article_id, []).append(visitor)
    rows = ((day, of, visitor) for of in sorted(by_article) for visitor in sorted(by_article.pop(of)))
    statements = _READERS_SQLITE if _is_sqlite(session) else _READERS_POSTGRESQL
    for values in _batches(session, rows):
        for statement in statements:
            _run(session, PageviewVisitor, ("day", "article_id", "visitor"), statement, values)


_DETAIL_KEY = ("article_id", "day", "dimension", "label", "detail")
_MISSING = """
    SELECT v.article_id, v.day, v.dimension, v.label, v.detail FROM v WHERE NOT EXISTS (
        SELECT 1 FROM pageview_detail AS d WHERE d.article_id = v.article_id AND d.day = v.day
        AND d.dimension = v.dimension AND d.label = v.label AND d.detail = v.detail)
"""
_SIZES_OF_GROUPS = """
    SELECT v.article_id, v.day, v.dimension, (
        SELECT count(*) FROM pageview_detail AS d
        WHERE d.article_id = v.article_id AND d.day = v.day AND d.dimension = v.dimension) FROM v
"""
# On SQLite nobody else writes in between; on PostgreSQL one statement inserts and counts what it inserted.
_READERS_SQLITE = (
    """
    INSERT INTO pageview_day (article_id, day, view_class, count, readers)
    SELECT v.article_id, v.day, 'browser', 0, count(*) FROM v WHERE NOT EXISTS (
        SELECT 1 FROM pageview_visitor AS p
        WHERE p.day = v.day AND p.article_id = v.article_id AND p.visitor = v.visitor)
    GROUP BY v.article_id, v.day
    ON CONFLICT (article_id, day, view_class) DO UPDATE SET readers = pageview_day.readers + excluded.readers
    """,
    """
    INSERT INTO pageview_visitor (day, article_id, visitor) SELECT day, article_id, visitor FROM v WHERE true
    ON CONFLICT DO NOTHING
    """,
)
_READERS_POSTGRESQL = (
    """
    , fresh AS (
        INSERT INTO pageview_visitor (day, article_id, visitor) SELECT day, article_id, visitor FROM v
        ON CONFLICT DO NOTHING RETURNING article_id, day)
    INSERT INTO pageview_day (article_id, day, view_class, count, readers)
    SELECT article_id, day, 'browser', 0, count(*) FROM fresh GROUP BY article_id, day
    ON CONFLICT (article_id, day, view_class) DO UPDATE SET readers = pageview_day.readers + excluded.readers
    """,
)


def _list_too_many(session: Session, wanted: Mapping[Values, int]) -> list[Values]:
    """Those of these details that are not kept yet and find no room; what was read most often goes in first."""
    missing = [
        (article_id, str(day), *row)
        for values in _batches(session, iter(wanted))
        for article_id, day, *row in _run(session, PageviewDetail, _DETAIL_KEY, _MISSING, values)
    ]
    if not missing:
        return []
    taken = {
        (article_id, str(day), dimension): size
        for values in _batches(session, iter({key[:3] for key in missing}))
        for article_id, day, dimension, size in _run(session, PageviewDetail, _DETAIL_KEY[:3], _SIZES_OF_GROUPS, values)
    }
    too_many = []
    for key in sorted(missing, key=lambda key: -wanted[key]):
        if key[3] == OTHERS:
            continue
        taken[key[:3]] += 1
        if taken[key[:3]] > (MOST_DETAILS_OF_SITE if key[0] == SITE else MOST_DETAILS):
            too_many.append(key)
    return too_many


def _upsert(
    session: Session, model: type[Base], columns: tuple[str, ...], rows: Iterable[Values], *, adds_to: str = "count"
) -> None:
    table = model.__tablename__
    keys = ", ".join(column.name for column in model.__table__.primary_key)
    names = ", ".join(columns)
    statement = (
        f"INSERT INTO {table} ({names}) SELECT {names} FROM v WHERE true"  # noqa: S608 (names of ours)
        f" ON CONFLICT ({keys}) DO UPDATE SET {adds_to} = {table}.{adds_to} + excluded.{adds_to}"
    )
    for values in _batches(session, iter(rows)):
        _run(session, model, columns, statement, values)


def _batches(session: Session, rows: Iterator[Values]) -> Iterator[list[Values]]:
    """The rows in as many as one statement takes."""
    if not _is_sqlite(session):
        while batch := list(islice(rows, _MOST)):
            yield batch
        return
    while batch := list(islice(rows, _SIZES[0])):
        while batch:
            size = next(size for size in _SIZES if size <= len(batch))
            yield batch[:size]
            batch = batch[size:]


def _run(session: Session, model: type[Base], columns: tuple[str, ...], statement: str, rows: list[Values]) -> Any:
    """Execute a statement about ``v``, which are these rows; the rows that come back, if it asks for some."""
    table, connection = model.__table__, session.connection()
    assert isinstance(table, Table)
    if _is_sqlite(session):
        written = _values(columns, len(rows)) + statement
        result = connection.exec_driver_sql(written, tuple(chain.from_iterable(rows)))
        if len(rows) == _SIZES[0]:
            time.sleep(PAUSE_SECONDS)
    else:
        result = connection.exec_driver_sql(
            _arrays(table, columns) + statement, tuple(map(list, zip(*rows, strict=True)))
        )
    return result.all() if result.returns_rows else ()


@lru_cache(maxsize=64)
def _values(columns: tuple[str, ...], rows: int) -> str:
    row = f"({', '.join('?' * len(columns))})"
    return f"WITH v({', '.join(columns)}) AS (VALUES {', '.join([row] * rows)})"


@lru_cache(maxsize=64)
def _arrays(table: Table, columns: tuple[str, ...]) -> str:
    types = [table.c[name].type for name in columns]
    names = [
        "text" if isinstance(kind, String) else kind.compile(postgresql.dialect())  # type: ignore[no-untyped-call]
        for kind in types
    ]
    arrays = ", ".join(f"%s::{name}[]" for name in names)
    return f"WITH v({', '.join(columns)}) AS (SELECT * FROM unnest({arrays}))"  # noqa: S608 (names of ours)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
