"""A model of journal and folding: any order of writing, dying and folding, and the count is exact throughout."""

import contextlib
import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from app.db import Database
from app.pageviews import folding, journal, reading, unfolded
from app.pageviews.classes import ViewClass
from app.pageviews.counter import Counter
from app.pageviews.folding import fold
from app.pageviews.journal import Journal, pack
from tests.pageviews.test_folding import STEPS, Killed, dies_at

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
AT_NOON = int(NOON.timestamp() * 1_000_000)
WRITERS = st.integers(0, 2)
NUMBERS = itertools.count(1)


class Machine(RuleBasedStateMachine):
    """Three writers, a folder that may die at any step, and a reader with a long memory."""

    database: Database
    base: Path

    def __init__(self) -> None:
        super().__init__()
        self.article_id = next(NUMBERS)  # each run has an article and a folder of its own in one database
        self.folder = self.base / str(self.article_id)
        self.writers = [Journal(self.folder) for _ in range(3)]
        self.reader = Counter(self.folder, self.database, None)
        self.expected = 0

    @rule(writer=WRITERS, views=st.integers(1, 7))
    def write(self, writer: int, views: int) -> None:
        for _ in range(views):
            self.writers[writer].write(pack(self.article_id, ViewClass.BROWSER.code, AT_NOON))
            self.writers[writer].write(pack(self.article_id, ViewClass.BOT.code, AT_NOON))
        self.expected += views

    @rule(writer=WRITERS)
    def die(self, writer: int) -> None:
        self.writers[writer].close()

    @precondition(lambda self: self.expected)
    @rule(writer=WRITERS, size=st.integers(1, 19))
    def fill_the_disk(self, writer: int, size: int) -> None:
        """Half a record, then the writer goes on in a new file."""
        journal_of = self.writers[writer]
        if journal_of._file is not None:
            journal_of._append(pack(self.article_id, ViewClass.BROWSER.code, AT_NOON)[:size])
            journal_of._renew()

    @rule(step=st.sampled_from(STEPS), after=st.integers(0, 2))
    def die_while_folding(self, step: str, after: int) -> None:
        with contextlib.suppress(Killed):
            fold(self.database, self.folder, step=dies_at(step, after=after))

    @rule()
    def fold_in_peace(self) -> None:
        fold(self.database, self.folder)

    @rule()
    def look_with_new_eyes(self) -> None:
        self.reader = Counter(self.folder, self.database, None)

    @invariant()
    def the_number_is_exact(self) -> None:
        with self.database.reader() as session:
            assert self.reader.shown(session, self.article_id) == self.expected
            assert reading.list_totals(session, [self.article_id])[self.article_id] <= self.expected

    def teardown(self) -> None:
        for writer in self.writers:
            writer.close()
        fold(self.database, self.folder)
        self.the_number_is_exact()
        assert journal.list_files(self.folder) == []
        with self.database.reader() as session:
            assert reading.list_totals(session, [self.article_id])[self.article_id] == self.expected
            assert reading.list_classes(session, self.article_id).get("bot", 0) == self.expected


def test_the_number_is_exact_whatever_dies_when(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "CHUNK", 100)
    monkeypatch.setattr(unfolded, "CHUNK", 70)
    monkeypatch.setattr(unfolded, "KEPT", 100)
    monkeypatch.setattr(journal, "MAX_BYTES", 300)
    machine = type("Machine", (Machine,), {"database": database, "base": tmp_path / "journals"})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
