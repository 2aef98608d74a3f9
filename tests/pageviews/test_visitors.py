"""Visitor keys: the same all day, in all processes; nobody's the day after."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import select

from app import migrating
from app.config import Config
from app.db import Database
from app.pageviews import closing_days, journal, reading
from app.pageviews.classes import ViewClass
from app.pageviews.closing_days import ClosingDays, remove_what_is_over
from app.pageviews.counter import Counter
from app.pageviews.folding import fold
from app.pageviews.journal import Journal
from app.pageviews.models import PageviewMinute, PageviewVisitor, VisitorSalt
from app.pageviews.visitors import Visitors
from app.settings import change_settings
from tests.conftest import Clock
from tests.pageviews.test_folding import AT_NOON, NOON, days, write
from tests.servers import wait_for

ADDRESS, BROWSER = "203.0.113.9", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def salts(database: Database) -> list[date]:
    with database.reader() as session:
        return list(session.scalars(select(VisitorSalt.day).order_by(VisitorSalt.day)))


def test_a_key_is_of_address_browser_and_day(database: Database, the_clock: Clock) -> None:
    the_clock.set(NOON)
    here, there = Visitors(database), Visitors(database)
    key = here.key(ADDRESS, BROWSER)
    assert here.today() == there.today() == NOON.toordinal()
    assert there.key(ADDRESS, BROWSER) == here.key(ADDRESS, BROWSER) == key != 0
    assert -(2**63) <= key < 2**63
    others = {here.key(ADDRESS, BROWSER + "x"), here.key("203.0.113.10", BROWSER), here.key("2001:db8::1", BROWSER)}
    assert len(others | {key}) == 4
    assert here.key("1\0" + BROWSER, "") != here.key("1", BROWSER) != here.key(ADDRESS, "\ud800")
    the_clock.set(NOON + timedelta(days=1))
    assert here.today() == NOON.toordinal() + 1
    assert here.key(ADDRESS, BROWSER) != key
    assert here.key(ADDRESS, BROWSER) == there.key(ADDRESS, BROWSER) or there.today()
    assert here.key(ADDRESS, BROWSER) == there.key(ADDRESS, BROWSER)


def test_days_are_the_sites_own_and_the_next_salt_is_there_before_midnight(
    database: Database, the_clock: Clock
) -> None:
    with database.writer() as session:
        change_settings(session, time_zone="Asia/Tokyo")
        session.commit()
    the_clock.set(datetime(2026, 5, 4, 14, 0, tzinfo=UTC))
    visitors = Visitors(database)
    assert visitors.today() == date(2026, 5, 4).toordinal()
    assert salts(database) == [date(2026, 5, 4)]
    the_clock.set(datetime(2026, 5, 4, 14, 59, tzinfo=UTC))
    visitors.renew()
    assert salts(database) == [date(2026, 5, 4), date(2026, 5, 5)]
    visitors.database = Database("sqlite:////nowhere/at/all.db")
    the_clock.set(datetime(2026, 5, 4, 15, 0, tzinfo=UTC))
    assert visitors.today() == date(2026, 5, 5).toordinal()


def test_nothing_of_a_day_that_is_over_is_left(database: Database, the_clock: Clock) -> None:
    the_clock.set(NOON)
    visitors = Visitors(database)
    visitors.today()
    the_clock.set(NOON + timedelta(hours=12))
    visitors.renew()
    remove_what_is_over(database, visitors)
    assert salts(database) == [date(2026, 5, 5)]
    assert list(visitors._salts) == [date(2026, 5, 5).toordinal()]


def test_a_salt_that_is_gone_is_not_in_the_file_either(sqlite_template: Path, tmp_path: Path, the_clock: Clock) -> None:
    file = copyfile(sqlite_template, tmp_path / "typecase.db")
    database = Database(f"sqlite:///{file}")
    the_clock.set(NOON)
    visitors = Visitors(database)
    visitors.today()
    (salt,) = visitors._salts.values()
    checkpoint(database)
    assert salt in file.read_bytes()
    the_clock.set(NOON + timedelta(days=1))
    remove_what_is_over(database, visitors)
    checkpoint(database)
    assert salt not in file.read_bytes()


def checkpoint(database: Database) -> None:
    database.close()
    with closing(sqlite3.connect(str(database.url.database))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_while_the_database_is_away_a_salt_of_its_own_serves(tmp_path: Path, the_clock: Clock) -> None:
    the_clock.set(NOON)
    database = Database(f"sqlite:///{tmp_path / 'not-migrated-yet.db'}")
    here, there = Visitors(database), Visitors(database)
    assert here.today() == -NOON.toordinal()
    key = here.key(ADDRESS, BROWSER)
    assert key == here.key(ADDRESS, BROWSER) != there.key(ADDRESS, BROWSER)
    the_clock.set(NOON + timedelta(days=1))
    assert here.today() == -NOON.toordinal() - 1
    assert here.key(ADDRESS, BROWSER) != key
    migrating.upgrade(database)
    here.renew()
    there.renew()
    assert here.today() == there.today() == NOON.toordinal() + 1
    assert here.key(ADDRESS, BROWSER) == there.key(ADDRESS, BROWSER)
    assert here._own == {}
    database.close()


def test_keys_go_soon_after_their_day_and_minutes_after_an_hour(
    config: Config, database: Database, the_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing_days, "AT_ONCE", 3)
    the_clock.set(NOON)
    for article_id in range(1, 9):
        write(config.journal_dir, 1, article_id=article_id).close()
    fold(database, config.journal_dir)
    visitors = Visitors(database)

    def left(moment: datetime) -> tuple[int, int]:
        the_clock.set(moment)
        visitors.renew()
        remove_what_is_over(database, visitors)
        with database.reader() as session:
            readers, minutes = (
                session.scalars(select(PageviewVisitor)).all(),
                session.scalars(select(PageviewMinute)).all(),
            )
            return len(readers), len(minutes)

    midnight = NOON + timedelta(hours=12)
    assert left(NOON + timedelta(minutes=60)) == (8 + 1, 8)
    assert left(NOON + timedelta(minutes=61)) == (8 + 1, 0)
    assert left(midnight + timedelta(minutes=69)) == (8 + 1, 0)
    assert left(midnight + timedelta(minutes=70)) == (0, 0)
    assert days(database, 7)["2026-05-04", "browser"] == (1, 1)


def test_a_journal_ends_with_its_day_and_after_an_hour(
    config: Config, database: Database, the_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_clock.set(NOON)
    living = Journal(config.journal_dir)
    close_days = ClosingDays(database, Visitors(database), living)
    close_days()
    living.write(journal.pack(7, 1, AT_NOON))
    close_days()
    fold(database, config.journal_dir)
    assert len(journal.list_files(config.journal_dir)) == 1
    the_clock.set(NOON + timedelta(hours=12))
    close_days()
    fold(database, config.journal_dir)
    assert journal.list_files(config.journal_dir) == []
    living.write(journal.pack(7, 1, AT_NOON))
    monkeypatch.setattr(journal, "MAX_SECONDS", -1)
    close_days()
    fold(database, config.journal_dir)
    assert journal.list_files(config.journal_dir) == []


def test_the_counters_thread_does_all_this(config: Config, database: Database) -> None:
    counter = Counter(config.journal_dir, database, 0.02)
    old = date(2026, 5, 4)
    with database.writer() as session:
        session.add(VisitorSalt(day=old, salt=b"x" * 32))
        session.add(PageviewVisitor(day=old, article_id=7, visitor=5))
        session.commit()
    counter.count(7, ViewClass.BROWSER)
    wait_for(lambda: old not in salts(database) and bool(salts(database)))
    counter.close()
    with database.reader() as session:
        assert session.scalars(select(PageviewVisitor)).all() == []
        assert reading.list_totals(session, [7]) == {7: 1}
