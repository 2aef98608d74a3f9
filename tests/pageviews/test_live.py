"""The live number without the database: exact over threads and processes, whatever is folded meanwhile."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app import changes, clock
from app.db import Database
from app.pageviews.classes import ViewClass
from app.pageviews.counter import Counter
from app.pageviews.journal import Journal, pack
from app.pageviews.live import Live, NotLearnt
from app.pageviews.unfolded import FoldedAway, Unfolded
from app.pageviews.writing import set_starting

Start = Callable[[], Counter]


@pytest.fixture
def start(database: Database, tmp_path: Path) -> Start:
    """Another worker of the machine."""
    return lambda: Counter(tmp_path / "journal", database, None)


def view(article_id: int = 7, view_class: ViewClass = ViewClass.BROWSER) -> tuple[int, bytes]:
    return article_id, pack(article_id, view_class.code, clock.microseconds())


def learnt(counter: Counter, *ids: int) -> Counter:
    with counter.database.reader() as session:
        counter.learn(session, ids)
    return counter


def test_a_number_must_be_learnt_and_nothing_is_noted_before(start: Start) -> None:
    counter = start()
    assert counter.live(7) is None
    with pytest.raises(NotLearnt):
        counter.note(*view())
    assert learnt(counter, 7).live(7) == 0
    with pytest.raises(NotLearnt):
        counter.note_many([view(7), view(8)])
    assert counter.note(*view()) == 1


def test_each_view_of_one_write_shows_its_own_number(start: Start) -> None:
    counter = learnt(start(), 7, 8)
    bot = view(7, ViewClass.BOT)
    assert counter.note_many([view(7), view(8), view(7), bot, view(7)]) == [1, 1, 2, 2, 3]
    assert counter.note_many([bot]) == [3]


def test_the_views_of_other_workers_are_in_it(start: Start) -> None:
    first, second = learnt(start(), 7), start()
    assert first.note(*view()) == 1
    assert learnt(second, 7).note(*view()) == 2
    third = learnt(start(), 7)
    assert [worker.note(*view()) for worker in (first, third, second, first)] == [3, 4, 5, 6]


def test_folding_changes_no_number(start: Start) -> None:
    first = learnt(start(), 7)
    assert first.note_many([view()] * 3) == [1, 2, 3]
    assert first.fold() == 3
    assert first.note(*view()) == 4
    second = learnt(start(), 7)
    first.close()  # its journal is finished, so folded and removed
    second.fold()
    assert second.note(*view()) == 5
    assert learnt(first, 7).note(*view()) == 6


def test_what_changed_in_the_database_comes_when_it_is_learnt_again(start: Start, session: Session) -> None:
    counter = learnt(start(), 7)
    counter.note(*view())
    set_starting(session, 7, views=40)
    session.commit()
    assert counter.note(*view()) == 2
    assert learnt(counter, 7).note(*view()) == 43


def test_a_number_that_was_forgotten_is_asked_for_again(start: Start, session: Session) -> None:
    counter = learnt(start(), 7, 8)
    counter.forget([7])
    with pytest.raises(NotLearnt):
        counter.note(*view())
    assert counter.live(8) == 0
    counter.forget(None)
    assert counter.live(8) is None


def test_what_was_read_before_it_was_forgotten_is_not_learnt(start: Start) -> None:
    counter = start()
    live, unfolded = Live(counter.journal_dir), Unfolded(counter.journal_dir)
    with pytest.raises(FoldedAway):
        live.learn({7: 3}, {}, unfolded, [], forgotten=live.forgotten - 1)
    assert live.get(7) is None
    live.learn({7: 3}, {}, unfolded, [], forgotten=live.forgotten)
    assert live.get(7) == 3


def test_a_balance_is_told_to_whoever_remembers_numbers(session: Session) -> None:
    before = changes.read_since(session, None).version
    set_starting(session, 7, views=40)
    assert changes.read_since(session, before).keys == {"pageviews:7"}


def test_threads_that_learn_note_and_fold_at_once_lose_and_double_nothing(start: Start) -> None:
    workers = [start() for _ in range(2)]
    shown: list[int] = []

    def ask(worker: Counter) -> None:
        for number in range(40):
            if number % 10 == 0:
                learnt(worker, 7)
            shown.append(worker.note(*view()))
            if number % 15 == 0:
                worker.fold()

    threads = [threading.Thread(target=ask, args=[worker]) for worker in workers for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shown) == 240
    assert max(shown) == 240
    assert [learnt(worker, 7).live(7) for worker in workers] == [240, 240]


def test_a_disk_that_fills_up_in_the_middle_counts_no_view_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Start
) -> None:
    counter = learnt(start(), 7)
    whole = Journal._append
    cuts = [50]

    def short(journal: Journal, records: bytes) -> int:
        return whole(journal, records[: cuts.pop()] if cuts else records)

    monkeypatch.setattr(Journal, "_append", short)
    assert counter.note_many([view()] * 5)[-1] == 5
    assert counter.fold() == 5
