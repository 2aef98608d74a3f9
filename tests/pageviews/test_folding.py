"""Folding: every view exactly once, whatever dies when."""

import random
import sys
import threading
from collections import Counter as Tally
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Config
from app.db import Database
from app.pageviews import adding, folding, journal, reading, tallying, writing
from app.pageviews.classes import ViewClass
from app.pageviews.counter import Counter
from app.pageviews.folding import fold
from app.pageviews.journal import Journal, machine_id, pack
from app.pageviews.models import SITE, JournalOffset, PageviewDay, PageviewDetail, PageviewMinute
from app.pageviews.tallying import Known
from app.pageviews.visits import Origin, pack_origin, pack_visitor
from app.settings import change_settings
from tests.conftest import Clock
from tests.pageviews.counts import list_hours

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
AT_NOON = int(NOON.timestamp() * 1_000_000)
TAIL = pack_visitor(11) + pack_origin(Origin("phone", "site", "example.net", "/blog"))
BROWSER = ViewClass.BROWSER.code
STEPS = [
    "begin", "take turn", "add views", "add hours", "add days", "add minutes", "add details", "add readers",
    "move offsets", "commit", "committed",
    "unlink", "unlinked", "fsync folder", "delete offsets", "offsets deleted",
]  # fmt: skip


class Killed(Exception):
    """The process dies here."""


def total(database: Database, article_id: int = 7) -> int:
    with database.reader() as session:
        return reading.list_totals(session, [article_id])[article_id]


def days(database: Database, article_id: int) -> dict[tuple[str, str], tuple[int, int]]:
    """Views and readers by day and class."""
    with database.reader() as session:
        rows = session.scalars(select(PageviewDay).where(PageviewDay.article_id == article_id))
        return {(row.day.isoformat(), row.view_class): (row.count, row.readers) for row in rows}


def details(database: Database, article_id: int) -> dict[tuple[str, str, str], int]:
    """Views by dimension, label and detail."""
    with database.reader() as session:
        rows = session.scalars(select(PageviewDetail).where(PageviewDetail.article_id == article_id))
        return {(row.dimension, row.label, row.detail): row.count for row in rows}


def offsets(database: Database) -> list[str]:
    with database.reader() as session:
        return list(session.scalars(select(JournalOffset.file)))


def write(folder: Path, views: int, *, article_id: int = 7, microseconds: int = AT_NOON) -> Journal:
    """A journal with so many views, its writer still living."""
    written = Journal(folder)
    for _ in range(views):
        written.write(pack(article_id, BROWSER, microseconds, TAIL))
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
def test_a_death_at_any_step_neither_loses_nor_doubles(
    config: Config, database: Database, the_clock: Clock, name: str
) -> None:
    the_clock.set(NOON)
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
    assert days(database, 7) == days(database, SITE) == {("2026-05-04", "browser"): (7, 1)}
    assert journal.list_files(config.journal_dir) == []


def test_much_is_folded_in_several_transactions(
    config: Config, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "CHUNK", 100)
    monkeypatch.setattr(sys.modules[__name__], "TAIL", b"")
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
            living.write(pack(7, BROWSER, AT_NOON))

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


@pytest.mark.parametrize(
    ("article_id", "microseconds"), [(0, AT_NOON), (-3, AT_NOON), (2**40, AT_NOON), (7, 0), (7, -1), (7, 2**62)]
)
def test_damage_that_looks_like_a_record_does_not_keep_other_views_from_being_counted(
    config: Config, database: Database, article_id: int, microseconds: int
) -> None:
    damaged = Journal(config.journal_dir)
    damaged.write(pack(7, BROWSER, AT_NOON) + pack(article_id, BROWSER, microseconds) + pack(7, BROWSER, AT_NOON))
    damaged.close()
    living = write(config.journal_dir, 2)
    counter = Counter(config.journal_dir, database, None)
    with database.reader() as session:
        assert counter.shown(session, 7) == 3
    assert fold(database, config.journal_dir) == 3
    living.write(pack(7, BROWSER, AT_NOON))
    assert fold(database, config.journal_dir) == 1
    assert total(database) == 4
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
    assert list_hours(session, 7) == {(day, hour, "browser"): 1}


def test_they_are_fixed_at_folding(config: Config, database: Database, session: Session) -> None:
    living = write(config.journal_dir, 1)
    fold(database, config.journal_dir)
    change_settings(session, time_zone="Asia/Tokyo")
    session.commit()
    living.write(pack(7, BROWSER, AT_NOON))
    fold(database, config.journal_dir)
    assert list_hours(session, 7) == {
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
            hours = list_hours(session, article_id)
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


def test_everything_is_counted_for_the_article_and_for_the_site(
    config: Config, database: Database, the_clock: Clock
) -> None:
    the_clock.set(NOON)
    written = Journal(config.journal_dir)
    search = Origin("desktop", "search", "Google")
    campaign = Origin("phone", "direct", "", "", "newsletter", "email", "may")
    for article_id, code, visitor, origin, minutes_ago in (
        (1, BROWSER, 5, search, 0),
        (1, BROWSER, 5, search, 1),
        (1, BROWSER, -6, campaign, 1),
        (2, BROWSER, 5, campaign, 90),
        (2, ViewClass.BOT.code, 0, Origin(), 0),
    ):
        tail = pack_visitor(visitor) + pack_origin(origin) if visitor else b""
        written.write(pack(article_id, code, AT_NOON - minutes_ago * 60_000_000, tail))
    written.write(b"\x01" + pack(2, BROWSER, AT_NOON)[1:])  # as version 1 wrote it
    written.close()
    assert fold(database, config.journal_dir) == 6
    day = "2026-05-04"
    assert days(database, 1) == {(day, "browser"): (3, 2)}
    assert days(database, 2) == {(day, "browser"): (2, 1), (day, "bot"): (1, 0)}
    assert days(database, SITE) == {(day, "browser"): (5, 2), (day, "bot"): (1, 0)}
    assert details(database, 2) == {
        ("direct", "", ""): 1, ("campaign", "newsletter", "email\tmay"): 1, ("device", "phone", ""): 1,
    }  # fmt: skip
    assert details(database, SITE) == {
        ("search", "Google", ""): 2, ("direct", "", ""): 2, ("campaign", "newsletter", "email\tmay"): 2,
        ("device", "phone", ""): 2, ("device", "desktop", ""): 2,
    }  # fmt: skip
    with database.reader() as session:
        assert list_hours(session, SITE) == {
            (NOON.date(), 12, "browser"): 2, (NOON.date(), 11, "browser"): 2, (NOON.date(), 10, "browser"): 1,
            (NOON.date(), 12, "bot"): 1,
        }  # fmt: skip
        noon = AT_NOON // 60_000_000
        minutes = {(row.minute - noon, row.article_id): row.count for row in session.scalars(select(PageviewMinute))}
        assert minutes == {(0, 1): 1, (-1, 1): 2, (0, 2): 1}  # not the one of long ago


@pytest.mark.parametrize("remembers", [True, False])
def test_a_reader_is_counted_once_a_day(config: Config, database: Database, the_clock: Clock, remembers: bool) -> None:
    the_clock.set(NOON)
    known = Known()
    living = write(config.journal_dir, 2)
    fold(database, config.journal_dir, known=known)
    living.write(pack(7, BROWSER, AT_NOON, TAIL))
    living.write(pack(8, BROWSER, AT_NOON, TAIL))
    fold(database, config.journal_dir, known=known if remembers else Known())
    assert days(database, 7)["2026-05-04", "browser"] == (3, 1)
    assert days(database, 8)["2026-05-04", "browser"] == (1, 1)
    assert days(database, SITE)["2026-05-04", "browser"] == (4, 1)
    tomorrow = NOON + timedelta(days=1)
    the_clock.set(tomorrow)
    living.write(pack(7, BROWSER, AT_NOON + 86_400_000_000, TAIL))
    fold(database, config.journal_dir, known=known if remembers else Known())
    assert days(database, 7)["2026-05-05", "browser"] == (1, 1)
    living.close()


@pytest.mark.parametrize(("folded_at", "readers"), [(NOON.replace(hour=0, minute=59), 1), (NOON.replace(hour=1), 0)])
def test_views_of_a_day_that_is_over_count_and_its_readers_for_one_more_hour(
    config: Config, database: Database, the_clock: Clock, folded_at: datetime, readers: int
) -> None:
    write(config.journal_dir, 3).close()
    the_clock.set(folded_at + timedelta(days=1))
    fold(database, config.journal_dir)
    assert days(database, 7) == days(database, SITE) == {("2026-05-04", "browser"): (3, readers)}


def test_made_up_sources_do_not_grow_the_database(
    config: Config, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "MOST_DETAILS", 3)
    monkeypatch.setattr(adding, "MOST_DETAILS_OF_SITE", 5)
    known, written = Known(), Journal(config.journal_dir)
    for turn in range(3):
        for number in range(10):
            origin = pack_origin(Origin("phone", "site", f"host{turn}{number}.example", "/"))
            for _ in range(10 - number):
                written.write(pack(7, BROWSER, AT_NOON, pack_visitor(1) + origin))
        written.write(pack(7, BROWSER, AT_NOON, TAIL[:8] + pack_origin(Origin("phone", "direct"))))
        fold(database, config.journal_dir, known=known)
    kept = details(database, 7)
    assert {key: count for key, count in kept.items() if key[0] == "site"} == {
        ("site", "host00.example", "/"): 10, ("site", "host01.example", "/"): 9, ("site", "host02.example", "/"): 8,
        ("site", adding.OTHERS, ""): 3 * 55 - 27,
    }  # fmt: skip
    assert kept["direct", "", ""] == 3
    of_site = {key: count for key, count in details(database, SITE).items() if key[0] == "site"}
    assert len(of_site) == 6
    assert sum(of_site.values()) == 3 * 55
    written.close()


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallying, "REMEMBERED", 4_000)
    memory = tallying.Memory()
    for start in range(0, 50_000, 700):
        memory.add(range(start, start + 700))
        assert start + 699 in memory
        assert len(memory.newer) + len(memory.older) <= 4_000 + 2 * tallying.PIECE
