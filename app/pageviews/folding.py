"""Folding: the journals' records are added into SQL in the same transaction as the journals' offsets.

Whatever dies when, a record is in the database exactly once: either the transaction with the new offset was
committed, or the next folding begins at the old one. A finished journal is removed in this order: take its
lock (nobody writes to it), unlink it, fsync the folder, delete its offset; the other order could count twice.
"""

import fcntl
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.db import Database
from app.pageviews import reading, writing
from app.pageviews.classes import ViewClass, name_of
from app.pageviews.journal import SUFFIX, Damaged, list_files, machine_id, parse
from app.settings import get_settings

log = logging.getLogger("typecase.pageviews")

CHUNK = 64 * 1024
"""Bytes of each journal a transaction: some 3,000 views, so that neither the database nor the interpreter
is held for long."""
QUARTER = 15 * 60
"""Seconds: every time zone in use is off by whole quarters of an hour, so a quarter is in one hour."""
FORGOTTEN_AFTER = 7 * 24 * 60 * 60


@dataclass
class _Batch:
    """What one transaction adds: views by (article, quarter of an hour since 1970, class), offsets from and to.

    ``is_full`` if a journal had more than one transaction takes.
    """

    views: Counter[tuple[int, int, int]] = field(default_factory=Counter)
    moves: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_full: bool = False


def fold(database: Database, folder: Path, *, step: Callable[[str], None] = lambda name: None) -> int | None:
    """Fold all that is in the folder's journals; the number of records folded, or None if another process is at it.

    ``step`` is told of each step before it is taken: the tests die there.
    """
    with _alone(folder) as is_alone:
        if not is_alone:
            return None
        machine = machine_id(folder)
        with database.reader() as session:
            offsets = reading.list_offsets(session, machine)
        folded = 0
        while (batch := _gather(folder, offsets)).moves:
            step("begin")
            _add(database, machine, batch, step)
            offsets.update({name: new for name, (_, new) in batch.moves.items()})
            folded += batch.views.total()
            if not batch.is_full:
                break  # what came in since is for the next time: readers who go on would keep this from ever ending
            time.sleep(0)  # let a request have the interpreter
        _remove_finished(database, folder, machine, offsets, step)
        return folded


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(folder / "fold.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(file)


def _gather(folder: Path, offsets: dict[str, int]) -> _Batch:
    batch = _Batch()
    for name in list_files(folder):
        start = offsets.get(name, 0)
        with (folder / name).open("rb") as file:
            file.seek(start)
            data = file.read(CHUNK)
        batch.is_full |= len(data) == CHUNK
        end = 0
        try:
            for article_id, code, microseconds, end in parse(data):  # noqa: B007 (end is used below)
                batch.views[article_id, microseconds // (QUARTER * 1_000_000), code] += 1
        except Damaged:
            pass  # what is before it counts; _remove_finished sets the file aside
        if end:
            batch.moves[name] = (start, start + end)
    return batch


def _add(database: Database, machine: str, batch: _Batch, step: Callable[[str], None]) -> None:
    with database.writer() as session:
        zone = get_settings(session).zone
        totals: Counter[int] = Counter()
        hours: Counter[tuple[int, date, int, str]] = Counter()
        for (article_id, quarter, code), count in batch.views.items():
            if code == ViewClass.BROWSER.code:
                totals[article_id] += count
            day, hour = _hour(quarter, zone)
            hours[article_id, day, hour, name_of(code)] += count
        step("add views")
        writing.add_views(session, totals=totals, hours=hours)
        step("move offsets")
        for name, (old, new) in sorted(batch.moves.items()):
            writing.move_offset(session, machine=machine, file=name, old=old, new=new)
        step("commit")
        session.commit()
    step("committed")


def _hour(quarter: int, zone: ZoneInfo) -> tuple[date, int]:
    moment = datetime.fromtimestamp(quarter * QUARTER, zone)
    return moment.date(), moment.hour


def _remove_finished(
    database: Database, folder: Path, machine: str, offsets: dict[str, int], step: Callable[[str], None]
) -> None:
    names = list_files(folder)
    removed = [name for name in names if _remove(folder / name, offsets.get(name, 0), step)]
    if removed:
        step("fsync folder")
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    gone = [name for name in removed if name in offsets] + _left_over(offsets, names)
    if gone:
        step("delete offsets")
        with database.writer() as session:
            writing.forget_offsets(session, machine=machine, files=gone)
            session.commit()
        step("offsets deleted")


def _remove(path: Path, offset: int, step: Callable[[str], None]) -> bool:
    """Remove the journal if nobody writes to it and all of it is folded; whether it was removed."""
    file = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        rest = os.pread(file, CHUNK, offset)
        try:
            if next(parse(rest), None) is not None:
                return False  # written between folding and finishing: next time
        except Damaged:
            log.error("journal %s is damaged at byte %d; the rest is set aside, not counted", path.name, offset)
            step("set aside")
            path.rename(path.with_suffix(".damaged"))
            return True
        if rest:
            log.warning("journal %s ends in half a record, as a full disk leaves it", path.name)
        step("unlink")
        path.unlink()
        step("unlinked")
        return True
    finally:
        os.close(file)


def _left_over(offsets: dict[str, int], names: list[str]) -> list[str]:
    """Offsets whose journal went away just before this process died.

    Only old ones: should an instance folder have been copied to a second machine, both have one id, and the
    other's living journals, which are renewed daily, are not to be forgotten from here.
    """
    before = f"{time.time_ns() - FORGOTTEN_AFTER * 1_000_000_000:020d}"
    return [name for name in offsets if name not in names and name < before and name.endswith(SUFFIX)]
