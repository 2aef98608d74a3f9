"""Thinning: details older than ``retention`` says are merged into coarser ones. No total and no sum changes by it.

The counter's thread calls ``Thinner.step`` now and then; each step is one short transaction, so that SQLite's
one writer is never kept for long. Once a day a process goes through all there is to do; a lock on a file lets
one process of a machine do so, and several machines do no harm: what one has merged the others do not find.
"""

import fcntl
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, select
from sqlalchemy.orm import Session

from app import clock
from app.db import Base, Database
from app.pageviews import retention
from app.pageviews.adding import take_turn
from app.pageviews.models import PageviewDay, PageviewDetail, PageviewHour
from app.pageviews.statistics import get_today
from app.pageviews.writing import add_up

ROWS = 1000
"""So many hours are deleted in one transaction: some 10 ms."""
ARTICLES = 100
"""The rows of so many articles are merged in one transaction: some 20 ms."""
CLEAN_DAYS = 35
"""After so many days without texts the older ones are taken to have none."""


class Thinner:
    """What one process does of it, step by step."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self._work: Iterator[None] | None = None
        self._done: date | None = None

    def step(self) -> bool:
        """Do a little, if there is something to do today; whether there may be more. Raises what databases raise."""
        if self._work is None:
            if self._done == clock.now().date():
                return False
            self._work = self._alone()
        work, self._work = self._work, None  # an error ends it: the next step begins anew
        try:
            next(work)
        except StopIteration:
            return False
        self._work = work
        return True

    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self.folder / "thin.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            began = clock.now().date()
            yield from thin(self.database)
            self._done = began
        except BlockingIOError:
            return
        finally:
            os.close(file)


def thin(database: Database) -> Iterator[None]:
    """Do all there is to do, one short transaction after each ``next``."""
    with database.reader() as session:
        today = get_today(session)
    hours_since, days_since = retention.hours_since(today), retention.days_since(today)
    yield from _delete_hours(database, hours_since)
    yield from _merge_texts(database, hours_since)
    for model in (PageviewDay, PageviewDetail):
        yield from _merge_days(database, model, days_since)


def _delete_hours(database: Database, since: date) -> Iterator[None]:
    """The days have their sums already."""
    table = cast(Table, PageviewHour.__table__)
    keys = list(table.primary_key)
    old = select(*keys).where(table.c.day < since).limit(ROWS)
    statement = delete(table).where(*(column == bindparam(f"in_{column.name}", type_=column.type) for column in keys))
    while True:
        with database.writer() as session:
            take_turn(session)
            rows = [{f"in_{name}": value for name, value in row._mapping.items()} for row in session.execute(old)]
            if rows:
                session.connection().execute(statement, rows)
            session.commit()
        if not rows:
            return
        yield


def _merge_texts(database: Database, since: date) -> Iterator[None]:
    """Paths and campaigns' names go, the labels they stood under remain."""
    detail = PageviewDetail
    clean, day = 0, since
    while clean < CLEAN_DAYS:
        with database.reader() as session:
            found = session.scalar(select(func.max(detail.day)).where(detail.day < day))
        if found is None:
            return
        day, clean = found, clean + 1
        one_day = (detail.day == day, detail.detail != "")
        for _ in _merge(database, detail, one_day, into={"day": day, "detail": ""}):
            clean = 0
            yield


def _merge_days(database: Database, model: type[PageviewDay | PageviewDetail], since: date) -> Iterator[None]:
    """The first day of a month takes in the others."""
    with database.reader() as session:
        oldest = session.scalar(select(func.min(model.day)))
    month = retention.month_of(oldest) if oldest else since
    while month < since:
        rest = model.day.between(month + timedelta(days=1), retention.end_of_month(month))
        yield from _merge(database, model, (rest,), into={"day": month})
        month = retention.next_month(month)


def _merge(database: Database, model: Any, which: tuple[Any, ...], *, into: dict[str, Any]) -> Iterator[None]:
    """Replace the rows of ``which`` by their sums per article, under keys that are changed to ``into``."""
    while True:
        with database.reader() as session:
            ids = set(session.scalars(select(model.article_id).where(*which).limit(ROWS)))
        if not ids:
            return
        with database.writer() as session:
            take_turn(session)
            sums: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
            for article_id in sorted(ids)[:ARTICLES]:
                for row in _delete_rows(session, model, (model.article_id == article_id, *which)):
                    _add_row(sums, model, row | into)
            _add_sums(session, model, sums)
            session.commit()
        yield


def _delete_rows(session: Session, model: type[Base], which: tuple[Any, ...]) -> list[dict[str, Any]]:
    """The rows as they were last: folding may have added to one in the meantime."""
    table = cast(Table, model.__table__)
    deleted = session.connection().execute(delete(table).where(*which).returning(*table.c))
    return [dict(row._mapping) for row in deleted]


def _add_row(sums: dict[tuple[Any, ...], Counter[str]], model: type[Base], row: dict[str, Any]) -> None:
    keys = [column.name for column in cast(Table, model.__table__).primary_key]
    sums[tuple(row[name] for name in keys)].update({name: row[name] for name in row if name not in keys})


def _add_sums(session: Session, model: type[Base], sums: dict[tuple[Any, ...], Counter[str]]) -> None:
    table = cast(Table, model.__table__)
    keys = [column.name for column in table.primary_key]
    numbers = [column.name for column in table.c if column.name not in keys]
    rows = [dict(zip(keys, key, strict=True)) | dict(sum_) for key, sum_ in sorted(sums.items())]
    add_up(session, model, rows, columns=numbers)
