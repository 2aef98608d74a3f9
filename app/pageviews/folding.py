"""Folding: the journals' records are added into SQL in the same transaction as the journals' offsets.

Whatever dies when, a record is in the database exactly once: either the transaction with the new offset was
committed, or the next folding begins at the old one. A finished journal is removed in this order: take its
lock (nobody writes to it), unlink it, fsync the folder, delete its offset; the other order could count twice.
"""

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app import clock
from app.db import Database
from app.pageviews import adding, reading, writing
from app.pageviews.journal import BEGUN, SUFFIX, Damaged, list_files, machine_id, parse
from app.pageviews.tallying import Batch, Known, Memory, Now
from app.settings import get_settings
from app.stamp import Stamp

log = logging.getLogger("typecase.pageviews")

CHUNK = 1024 * 1024
"""Bytes of each journal that are read at a time."""
BATCH = 4 * 1024 * 1024
"""Bytes a transaction at the most: some 50,000 views, so that an editor does not wait long for SQLite's write lock."""
GRACE = timedelta(hours=1)
"""So long after a day's end readers of that day are still counted."""
FORGOTTEN_AFTER = 7 * 24 * 60 * 60


def fold(
    database: Database,
    folder: Path,
    *,
    known: Known | None = None,
    step: Callable[[str], object] = lambda name: None,
) -> int | None:
    """Fold all that is in the folder's journals; the number of records folded, or None if another process is at it.

    ``known`` is what the process remembers from one folding to the next. ``step`` is told of each step before it
    is taken: the tests die there.
    """
    with _alone(folder) as is_alone:
        if not is_alone:
            return None
        known = known or Known()
        machine = machine_id(folder)
        with database.reader() as session:
            offsets = reading.list_offsets(session, machine)
            zone = get_settings(session).zone
        folded = 0
        while (batch := _gather(folder, offsets, _now(zone), known)).moves:
            step("begin")
            details = _add(database, machine, batch, step)
            offsets.update({name: new for name, (_, new) in batch.moves.items()})
            known.readers.add(batch.readers.get(known.day, ()))
            known.details.add(details)
            folded += batch.records
            batch.forget()
            if not batch.is_full:
                break  # what came in since is for the next time: readers who go on would keep this from ever ending
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


def _now(zone: ZoneInfo) -> Now:
    now = clock.now().astimezone(zone)
    return Now(zone, int(now.timestamp()) // 60, now.date().isoformat(), (now - GRACE).date().isoformat())


def _gather(folder: Path, offsets: dict[str, int], now: Now, known: Known) -> Batch:
    known.begin(now.day)
    batch, size = Batch(now, known), 0
    for name in list_files(folder):
        if size >= BATCH:
            batch.is_full = True
            break
        start = offsets.get(name, 0)
        with (folder / name).open("rb") as file:
            file.seek(start)
            data = file.read(CHUNK)
        batch.is_full |= len(data) == CHUNK
        batch.take(name, start, data)
        size += len(data)
    batch.finish()
    return batch


def _add(database: Database, machine: str, batch: Batch, step: Callable[[str], object]) -> list[int]:
    """Add it all in one transaction; the details of today that are kept for certain now, as hashes."""
    kept: list[int] = []
    with database.writer() as session:
        step("take turn")
        adding.take_turn(session)
        step("add views")
        adding.add_totals(session, batch.totals)
        step("add hours")
        adding.add_hours(session, batch.hours)
        step("add days")
        adding.add_days(session, batch.days)
        step("add minutes")
        adding.add_minutes(session, batch.minutes)
        for day, counts in sorted(batch.details.items()):
            step("add details")
            is_today = day == batch.known.day
            known = batch.known.details if is_today else Memory()
            added = adding.add_details(session, day, counts=counts, rows=batch.rows, known=known)
            kept += added if is_today else []
        for day, pairs in sorted(batch.readers.items()):
            step("add readers")
            adding.add_readers(session, day, pairs=pairs)
        step("move offsets")
        for name, (old, new) in sorted(batch.moves.items()):
            writing.move_offset(session, machine=machine, file=name, old=old, new=new)
        step("commit")
        session.commit()
    step("committed")
    return kept


def _remove_finished(
    database: Database, folder: Path, machine: str, offsets: dict[str, int], step: Callable[[str], object]
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


def _remove(path: Path, offset: int, step: Callable[[str], object]) -> bool:
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
        Stamp(path.parent / BEGUN).renew()  # who reads along lets go of the file
        return True
    finally:
        os.close(file)


def _left_over(offsets: dict[str, int], names: list[str]) -> list[str]:
    """Offsets whose journal went away just before this process died.

    Only old ones: should an instance folder have been copied to a second machine, both have one id, and the
    other's living journals, which are renewed hourly, are not to be forgotten from here.
    """
    before = f"{time.time_ns() - FORGOTTEN_AFTER * 1_000_000_000:020d}"
    return [name for name in offsets if name not in names and name < before and name.endswith(SUFFIX)]
