"""A folding process that really dies, at each point there is: every view is in the database exactly once."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.config import ROOT
from app.db import Database
from app.pageviews import journal, reading
from app.pageviews.counter import Counter
from app.pageviews.folding import fold
from app.pageviews.models import PageviewDay, PageviewDetail
from tests.pageviews.test_folding import write

FINISHED, LIVING = (17, 1), 12
VIEWS = sum(FINISHED) + LIVING


class Dying:
    """The program that folds in one process after another."""

    def __init__(self, url: str) -> None:
        command = [sys.executable, "-m", "tests.pageviews.dying", url]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def fold(self, folder: Path, *, dies_at: int) -> list[str]:
        """The points that were passed, the last of them not survived."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{folder} {dies_at}\n")
        self.process.stdin.flush()
        passed: list[str] = json.loads(self.process.stdout.readline())
        return passed


@pytest.fixture
def dying(database_url: str) -> Iterator[Dying]:
    program = Dying(database_url)
    with program.process:
        yield program
        assert program.process.stdin is not None
        program.process.stdin.close()
    assert program.process.returncode == 0


def test_a_process_that_dies_at_any_point_neither_loses_nor_doubles(
    dying: Dying, database: Database, tmp_path: Path
) -> None:
    chance = random.Random(4)
    now = clock.microseconds()
    for article_id in (1000, 1001):  # at the first the rows of the site are made, then there is less to do
        living = prepare(tmp_path / str(article_id), article_id, now)
        points = dying.fold(living.folder, dies_at=-1)
    assert {
        "before COMMIT",
        "before os.remove .views",
        "before os.rename .views",
        "step committed",
        "step unlinked",
    } <= set(points)
    for number, point in enumerate(points):
        article_id, folder = number + 1, tmp_path / str(number + 1)
        living = prepare(folder, article_id, now)
        assert dying.fold(folder, dies_at=number) == points[: number + 1]
        counter = Counter(folder, database, None)
        check(counter, article_id, point)
        dying.fold(folder, dies_at=chance.randrange(len(points)))  # the next one is no luckier
        check(counter, article_id, point)
        check(Counter(folder, database, None), article_id, point)
        fold(database, folder)
        living.close()
        fold(database, folder)
        with database.reader() as session:
            assert reading.list_totals(session, [article_id])[article_id] == VIEWS, point
            assert reading.list_classes(session, article_id) == {"browser": VIEWS}, point
            (day,) = session.scalars(select(PageviewDay).where(PageviewDay.article_id == article_id))
            assert (day.count, day.readers) == (VIEWS, 1), point
            details = session.scalars(select(PageviewDetail).where(PageviewDetail.article_id == article_id))
            assert {row.dimension: row.count for row in details} == {"site": VIEWS, "device": VIEWS}, point
        assert journal.list_files(folder) == [], point


def prepare(folder: Path, article_id: int, now: int) -> journal.Journal:
    """Two finished journals, one with half a record at its end, one damaged, and one that somebody writes to."""
    for views in FINISHED:
        write(folder, views, article_id=article_id, microseconds=now).close()
    cut_short, damaged = (folder / name for name in journal.list_files(folder))
    cut_short.write_bytes(cut_short.read_bytes() + cut_short.read_bytes()[:19])
    damaged.write_bytes(damaged.read_bytes() + bytes(400))
    return write(folder, LIVING, article_id=article_id, microseconds=now)


def check(counter: Counter, article_id: int, point: str) -> None:
    """What people see is right also right after a death."""
    with counter.database.reader() as session:
        assert counter.shown(session, article_id) == VIEWS, point
