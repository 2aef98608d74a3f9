"""The number on the page: exact, live, and the same whether its views are folded or not."""

from sqlalchemy.orm import Session

from app.config import Config
from app.db import Database
from app.pageviews import journal, reading, writing
from app.pageviews.classes import ViewClass
from app.pageviews.counter import Counter


def make(config: Config, database: Database) -> Counter:
    return Counter(config.journal_dir, database, None)


def shown(counter: Counter, article_id: int = 7) -> int:
    with counter.database.reader() as session:
        return counter.shown(session, article_id)


def test_a_view_is_in_the_number_at_once_and_stays_in_it(config: Config, database: Database) -> None:
    counter = make(config, database)
    assert shown(counter) == 0
    for expected in range(1, 6):
        counter.count(7, ViewClass.BROWSER)
        assert shown(counter) == expected
    counter.count(8, ViewClass.BROWSER)
    assert counter.fold() == 6
    assert shown(counter) == 5
    counter.count(7, ViewClass.BROWSER)
    assert shown(counter) == 6
    counter.fold()
    assert counter.fold() == 0
    assert shown(counter) == 6
    with database.reader() as session:
        assert reading.list_totals(session, [7, 8, 9]) == {7: 6, 8: 1, 9: 0}
        assert counter.list_shown(session, [7, 8, 9]) == {7: 6, 8: 1, 9: 0}


def test_only_browsers_raise_it_and_the_others_are_counted_apart(config: Config, database: Database) -> None:
    counter = make(config, database)
    for view_class in ViewClass:
        counter.count(7, view_class)
    assert shown(counter) == 1
    counter.fold()
    assert shown(counter) == 1
    with database.reader() as session:
        assert reading.list_classes(session, 7) == {view_class.value: 1 for view_class in ViewClass}


def test_it_includes_what_other_processes_of_the_machine_answered(config: Config, database: Database) -> None:
    here, there = make(config, database), make(config, database)
    there.count(7, ViewClass.BROWSER)
    here.count(7, ViewClass.BROWSER)
    assert shown(here) == shown(there) == 2
    there.fold()
    there.count(7, ViewClass.BROWSER)
    there.close()
    assert shown(here) == 3
    here.fold()
    assert shown(here) == shown(there) == 3


def test_it_is_exact_in_a_request_that_began_before_a_journal_was_folded_and_removed(
    config: Config, database: Database
) -> None:
    here, there = make(config, database), make(config, database)
    there.count(7, ViewClass.BROWSER)
    there.close()
    with database.reader() as session:
        reading.list_totals(session, [7])  # from here on SQLite shows this session what is there now
        here.fold()
        assert journal.list_files(config.journal_dir) == []
        assert here.shown(session, 7) == 1


def test_the_starting_balance_is_part_of_it_and_never_replaces_what_was_counted(
    config: Config, database: Database, session: Session
) -> None:
    counter = make(config, database)
    counter.count(7, ViewClass.BROWSER)
    counter.fold()
    writing.set_starting(session, 7, views=40)
    writing.set_starting(session, 7, views=47)
    writing.set_starting(session, 9, views=3)
    session.commit()
    assert shown(counter) == 48
    assert shown(counter, 9) == 3
    counter.count(9, ViewClass.BROWSER)
    counter.fold()
    assert shown(counter, 9) == 4


def test_machines_with_one_database_add_up(config: Config, database: Database) -> None:
    one = Counter(config.instance_dir / "one", database, None)
    other = Counter(config.instance_dir / "other", database, None)
    one.count(7, ViewClass.BROWSER)
    other.count(7, ViewClass.BROWSER)
    assert shown(one) == 1
    other.fold()
    assert shown(one) == 2
    one.fold()
    assert shown(one) == shown(other) == 2
