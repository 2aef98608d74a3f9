"""The folding thread: started by the first view, unmoved by a database that is away."""

import logging
import time
from pathlib import Path

import pytest

from app import migrating
from app.config import Config
from app.db import Database
from app.pageviews import journal, reading
from app.pageviews.classes import ViewClass
from app.pageviews.counter import NOT_FOLDED, Counter
from tests.servers import wait_for


def folded(database: Database) -> int:
    with database.reader() as session:
        return reading.list_totals(session, [7])[7]


def test_the_first_view_starts_it_and_it_folds(config: Config, database: Database) -> None:
    counter = Counter(config.journal_dir, database, 0.02)
    assert counter._process().thread is None
    for _ in range(5):
        counter.count(7, ViewClass.BROWSER)
    wait_for(lambda: folded(database) == 5)
    counter.close()


def test_closing_folds_the_rest(config: Config, database: Database) -> None:
    counter = Counter(config.journal_dir, database, 3600)
    counter.count(7, ViewClass.BROWSER)
    counter.close()
    assert folded(database) == 1
    assert journal.list_files(config.journal_dir) == []


def test_without_an_interval_there_is_none(config: Config, database: Database) -> None:
    counter = Counter(config.journal_dir, database, None)
    counter.count(7, ViewClass.BROWSER)
    counter.start()
    assert counter._process().thread is None
    counter.close()


def test_while_the_database_is_away_views_wait_in_the_journal(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = Database(f"sqlite:///{tmp_path / 'not-migrated-yet.db'}")
    counter = Counter(tmp_path / "journal", database, 0.02)
    with caplog.at_level(logging.ERROR, "typecase.pageviews"):
        for _ in range(50):
            counter.count(7, ViewClass.BROWSER)
        wait_for(lambda: len(caplog.records) >= 3)
        time.sleep(0.2)  # several rounds more
    said = [record.msg for record in caplog.records]
    assert NOT_FOLDED in said
    assert sorted(said) == sorted(set(said)), "each is said once"
    migrating.upgrade(database)
    wait_for(lambda: folded(database) == 50)
    counter.close()
    database.close()


def test_where_nothing_can_be_written_the_answer_still_goes_out(
    config: Config, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    config.instance_dir.joinpath("file").write_text("in the way")
    counter = Counter(config.instance_dir / "file" / "journal", database, None)
    with caplog.at_level(logging.ERROR, "typecase.pageviews"):
        for _ in range(3):
            counter.count(7, ViewClass.BROWSER)
    assert len(caplog.records) == 1
    with database.reader() as session:
        assert counter.shown(session, 7) == 0
