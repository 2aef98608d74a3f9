"""Folding: every view exactly once, whatever dies when."""

import random
import threading
from collections import Counter as Tally
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Config
from app.db import Database
from app.pageviews import folding, journal, reading, writing
from app.pageviews.classes import ViewClass
from app.pageviews.counter import Counter
from app.pageviews.folding import fold
from app.pageviews.journal import Journal, machine_id, pack
from app.pageviews.models import JournalOffset
from app.settings import change_settings
from tests.conftest import Clock

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
AT_NOON = int(NOON.timestamp() * 1_000_000)
BROWSER = ViewClass.BROWSER.code
STEPS = [
    "begin", "add views", "move offsets", "commit", "committed",
    "unlink", "unlinked", "fsync folder", "delete offsets", "offsets deleted",
]  # fmt: skip


class Killed(Exception):
    """The process dies here."""


def total(database: Database, article_id: int = 7) -> int:
    with database.reader() as session:
        return reading.list_totals(session, [article_id])[article_id]


def offsets(database: Database) -> list[str]:
    with database.reader() as session:
        return list(session.scalars(select(JournalOffset.file)))


def write(folder: Path, views: int, *, article_id: int = 7) -> Journal:
    """A journal with so many views, its writer still living."""
    written = Journal(folder)
    for _ in range(views):
        written.write(pack(article_id, BROWSER, AT_NOON))
    return written


def dies_at(name: str, *, after: int = 0) -> Callable[[str], None]:
    passed = 0

    def step(reached: str) -> None:
        nonlocal passed
        if reached == name:
            passed += 1
            if passed > after:
                raise Killed(name)

    return step


def test_a_living_writers_journal_is_folded_and_kept(config: Config, database: Database) -> None:
    living = write(config.journal_dir, 3)
    assert fold(database, config.journal_dir) == 3
    assert fold(database, config.journal_dir) == 0
    living.write(pack(7, BROWSER, AT_NOON))
    assert fold(database, config.journal_dir) == 1
    assert total(database) == 4
    assert len(journal.list_files(config.journal_dir)) == 1
    living.close()


def test_a_finished_journal_is_folded_and_removed_with_its_offset(config: Config, database: Database) -> None:
    write(config.journal_dir, 3).close()
    write(config.journal_dir, 0).close()
    assert fold(database, config.journal_dir) == 3
    assert journal.list_files(config.journal_dir) == []
    assert offsets(database) == []
    assert total(database) == 3


@pytest.mark.parametrize("name", STEPS)
def test_a_death_at_any_step_neither_loses_nor_doubles(config: Config, database: Database, name: str) -> None:
    write(config.journal_dir, 5).close()
    living = write(config.journal_dir, 2)
    counter = Counter(config.journal_dir, database, None)
    with pytest.raises(Killed):
        fold(database, config.journal_dir, step=dies_at(name))
    with database.reader() as session:
        assert counter.shown(session, 7) == 7
    fold(database, config.journal_dir)
    with database.reader() as session:
        assert counter.shown(session, 7) == 7
    living.close()
    fold(database, config.journal_dir)
    assert total(database) == 7
    assert journal.list_files(config.journal_dir) == []


def test_much_is_folded_in_several_transactions(
    config: Config, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "CHUNK", 100)
    written = write(config.journal_dir, 23)
    with pytest.raises(Killed):
        fold(database, config.journal_dir, step=dies_at("commit", after=2))
    assert total(database) == 10
    assert fold(database, config.journal_dir) == 13
    assert total(database) == 23
    written.close()


def test_readers_who_go_on_do_not_keep_a_folding_from_ending(config: Config, database: Database) -> None:
    write(config.journal_dir, 3).close()
    living = write(config.journal_dir, 2)

    def step(reached: str) -> None:
        assert total(database) < 20, "it goes on and on"
        if reached == "committed":
            living.write(pack(7, BROWSER, NOON))

    assert fold(database, config.journal_dir, step=step) == 5
    assert len(journal.list_files(config.journal_dir)) == 1
    assert fold(database, config.journal_dir) == 1
    living.close()


def test_one_process_folds_at_a_time(config: Config, database: Database) -> None:
    write(config.journal_dir, 1).close()
    with folding._alone(config.journal_dir) as is_alone:
        assert is_alone
        assert fold(database, config.journal_dir) is None
    assert fold(database, config.journal_dir) == 1


def test_a_second_folding_of_the_same_bytes_is_refused(config: Config, database: Database) -> None:
    with database.writer() as session:
        writing.move_offset(session, machine="m", file="a", old=0, new=20)
        session.commit()
    for old in (0, 10):
        with database.writer() as session, pytest.raises(writing.OffsetMoved):
            writing.move_offset(session, machine="m", file="a", old=old, new=40)
    with database.writer() as session:
        writing.move_offset(session, machine="m", file="a", old=20, new=40)
        session.commit()


def test_offsets_of_another_machine_are_left_alone(config: Config, database: Database) -> None:
    theirs = config.instance_dir / "theirs"
    living = write(theirs, 2)
    fold(database, theirs)
    write(config.journal_dir, 1).close()
    fold(database, config.journal_dir)
    assert offsets(database) == journal.list_files(theirs)
    assert fold(database, theirs) == 0
    assert total(database) == 3
    living.close()


def test_an_offset_without_a_journal_is_forgotten_after_a_week(config: Config, database: Database) -> None:
    machine = machine_id(config.journal_dir)
    old, new = f"{1:020d}-1-ab{journal.SUFFIX}", f"{2**62:020d}-1-ab{journal.SUFFIX}"
    with database.writer() as session:
        for file in (old, new):
            writing.move_offset(session, machine=machine, file=file, old=0, new=20)
        session.commit()
    fold(database, config.journal_dir)
    assert offsets(database) == [new]


def test_half_a_record_at_the_end_is_left_out(config: Config, database: Database) -> None:
    record = pack(7, BROWSER, AT_NOON)
    living = write(config.journal_dir, 2)
    path = config.journal_dir / journal.list_files(config.journal_dir)[0]
    for size in range(1, len(record)):
        path.write_bytes(record * 2 + record[:size])
        fold(database, config.journal_dir)
        assert total(database) == 2
    living.close()
    fold(database, config.journal_dir)
    assert journal.list_files(config.journal_dir) == []


def test_a_damaged_journal_is_set_aside_and_what_is_before_the_damage_counts(
    config: Config, database: Database
) -> None:
    write(config.journal_dir, 2).close()
    path = config.journal_dir / journal.list_files(config.journal_dir)[0]
    with path.open("ab") as file:
        file.write(bytes(400))
    counter = Counter(config.journal_dir, database, None)
    with database.reader() as session:
        assert counter.shown(session, 7) == 2
    fold(database, config.journal_dir)
    assert total(database) == 2
    assert journal.list_files(config.journal_dir) == []
    assert [found.suffix for found in config.journal_dir.glob("*.damaged")] == [".damaged"]


def test_a_record_of_a_later_version_counts_by_the_part_that_all_versions_share(
    config: Config, database: Database
) -> None:
    record = bytearray(pack(7, BROWSER, AT_NOON))
    record[0], record[2] = 9, len(record) + 9
    living = write(config.journal_dir, 0)
    living.write(pack(7, BROWSER, AT_NOON))
    living.write(bytes(record) + b"123456789")
    living.write(pack(7, 99, AT_NOON))
    assert fold(database, config.journal_dir) == 3
    with database.reader() as session:
        assert reading.list_classes(session, 7) == {"browser": 2, "class-99": 1}
    living.close()


@pytest.mark.parametrize(
    ("zone", "moment", "day", "hour"),
    [
        ("UTC", datetime(2026, 5, 4, 23, 59, 59, tzinfo=UTC), date(2026, 5, 4), 23),
        ("Asia/Kathmandu", datetime(2026, 5, 4, 18, 14, 59, tzinfo=UTC), date(2026, 5, 4), 23),
        ("Asia/Kathmandu", datetime(2026, 5, 4, 18, 15, 0, tzinfo=UTC), date(2026, 5, 5), 0),
        ("America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC), date(2026, 11, 1), 1),
        ("America/New_York", datetime(2026, 11, 1, 6, 30, tzinfo=UTC), date(2026, 11, 1), 1),
    ],
)
def test_day_and_hour_are_the_sites_own(
    config: Config, database: Database, session: Session, the_clock: Clock,
    zone: str, moment: datetime, day: date, hour: int,
) -> None:  # fmt: skip
    change_settings(session, time_zone=zone)
    session.commit()
    the_clock.set(moment)
    counter = Counter(config.journal_dir, database, None)
    counter.count(7, ViewClass.BROWSER)
    counter.fold()
    assert reading.list_hours(session, 7) == {(day, hour, "browser"): 1}


def test_they_are_fixed_at_folding(config: Config, database: Database, session: Session) -> None:
    living = write(config.journal_dir, 1)
    fold(database, config.journal_dir)
    change_settings(session, time_zone="Asia/Tokyo")
    session.commit()
    living.write(pack(7, BROWSER, AT_NOON))
    fold(database, config.journal_dir)
    assert reading.list_hours(session, 7) == {
        (date(2026, 5, 4), 12, "browser"): 1, (date(2026, 5, 4), 21, "browser"): 1,
    }  # fmt: skip
    living.close()


def test_hours_add_up_to_the_total(config: Config, database: Database) -> None:
    chance = random.Random(1)
    written = Journal(config.journal_dir)
    expected: Tally[int] = Tally()
    for _ in range(2000):
        article_id, view_class = chance.randrange(1, 30), chance.choice(list(ViewClass))
        moment = datetime.fromtimestamp(1_780_000_000 + chance.randrange(10**6), UTC)
        written.write(pack(article_id, view_class.code, int(moment.timestamp()) * 1_000_000))
        expected[article_id] += view_class is ViewClass.BROWSER
    fold(database, config.journal_dir)
    with database.reader() as session:
        for article_id, count in expected.items():
            hours = reading.list_hours(session, article_id)
            assert sum(views for (_, _, name), views in hours.items() if name == "browser") == count
            assert reading.list_totals(session, [article_id]) == {article_id: count}
    written.close()


def test_machines_that_fold_at_once_add_up(config: Config, database: Database) -> None:
    failures: list[Exception] = []

    def work(machine: str) -> None:
        folder = config.instance_dir / machine
        written = Journal(folder)
        articles = list(range(1, 30))
        for turn in range(15):
            # Each machine meets the articles in an order of its own: two that lock rows as they come would deadlock.
            random.Random(f"{machine}{turn}").shuffle(articles)
            for article_id in articles:
                written.write(pack(article_id, BROWSER, AT_NOON))
            try:
                fold(database, folder)
            except Exception as error:
                failures.append(error)
        written.close()

    machines = [threading.Thread(target=work, args=[name]) for name in ("one", "two", "three")]
    for machine in machines:
        machine.start()
    for machine in machines:
        machine.join()
    assert failures == []
    with database.reader() as session:
        assert reading.list_totals(session, range(1, 30)) == dict.fromkeys(range(1, 30), 3 * 15)
