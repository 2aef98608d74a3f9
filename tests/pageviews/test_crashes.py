"""A model of journal and folding: any order of writing, dying and folding, and the count is exact throughout."""

import contextlib
import itertools
from collections import Counter as Tally
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from app.db import Database
from app.pageviews import folding, journal, reading, unfolded
from app.pageviews.classes import ViewClass
from app.pageviews.counter import Counter
from app.pageviews.folding import fold
from app.pageviews.journal import Journal, pack
from app.pageviews.models import SITE, PageviewDay, PageviewDetail, PageviewHour, PageviewVisitor
from app.pageviews.tallying import Known
from app.pageviews.visits import Origin, pack_origin, pack_visitor
from tests.conftest import Clock
from tests.pageviews.counts import list_hours
from tests.pageviews.test_folding import STEPS, Killed, dies_at

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
AT_NOON = int(NOON.timestamp() * 1_000_000)
MOMENTS = st.sampled_from([NOON, NOON + timedelta(minutes=1), NOON - timedelta(hours=2), NOON - timedelta(days=1)])
SOURCES = st.sampled_from(["", "example.net", "example.com"])
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
        self.known = Known()
        self.expected = 0
        self.views: Tally[tuple[date, str]] = Tally()
        self.details: Tally[tuple[date, str, str]] = Tally()
        self.readers: set[tuple[date, int]] = set()

    @rule(writer=WRITERS, visits=st.lists(st.tuples(MOMENTS, st.integers(-2, 2), SOURCES), min_size=1, max_size=7))
    def write(self, writer: int, visits: list[tuple[datetime, int, str]]) -> None:
        for moment, visitor, source in visits:
            microseconds, day = int(moment.timestamp() * 1_000_000), moment.date()
            # Version 1 had no tail; nor has a view that does not count.
            tail = pack_visitor(visitor) + pack_origin(Origin("", "site", source)) if source else b""
            self.writers[writer].write(pack(self.article_id, ViewClass.BROWSER.code, microseconds, tail))
            self.writers[writer].write(pack(self.article_id, ViewClass.BOT.code, microseconds))
            self.views += Tally({(day, "browser"): 1, (day, "bot"): 1})
            if source:
                self.details[day, "site", source] += 1
            if source and visitor and day == NOON.date():
                self.readers.add((day, visitor))
        self.expected += len(visits)

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
            fold(self.database, self.folder, known=self.known, step=dies_at(step, after=after))

    @rule()
    def fold_in_peace(self) -> None:
        fold(self.database, self.folder, known=self.known)

    @rule()
    def forget(self) -> None:
        """Another process folds from here on."""
        self.known = Known()

    @rule()
    def look_with_new_eyes(self) -> None:
        self.reader = Counter(self.folder, self.database, None)

    @invariant()
    def the_number_is_exact(self) -> None:
        with self.database.reader() as session:
            assert self.reader.shown(session, self.article_id) == self.expected
            assert reading.list_totals(session, [self.article_id])[self.article_id] <= self.expected

    @invariant()
    def each_commit_is_of_one_piece(self) -> None:
        """Total, days, hours and readers agree at any time, for the article and for the site."""
        with self.database.reader() as session:
            total = reading.list_totals(session, [self.article_id])[self.article_id]
            counted = PageviewDay.view_class == "browser"
            mine = PageviewDay.article_id == self.article_id
            assert (session.scalar(select(func.sum(PageviewDay.count)).where(mine, counted)) or 0) == total
            readers = session.scalar(select(func.sum(PageviewDay.readers)).where(mine)) or 0
            noted = PageviewVisitor.article_id == self.article_id
            assert readers == session.scalar(select(func.count()).where(noted)), "readers that are not noted"
            for model in (PageviewDay, PageviewHour):
                of_all, of_site = (
                    session.scalar(select(func.sum(model.count)).where(whose)) or 0
                    for whose in (model.article_id != SITE, model.article_id == SITE)
                )
                assert of_all == of_site

    def teardown(self) -> None:
        for writer in self.writers:
            writer.close()
        fold(self.database, self.folder, known=self.known)
        self.the_number_is_exact()
        self.each_commit_is_of_one_piece()
        assert journal.list_files(self.folder) == []
        with self.database.reader() as session:
            assert reading.list_totals(session, [self.article_id])[self.article_id] == self.expected
            days = list(session.scalars(select(PageviewDay).where(PageviewDay.article_id == self.article_id)))
            assert {(row.day, row.view_class): row.count for row in days} == self.views
            assert sum(row.readers for row in days) == len(self.readers)
            details = session.scalars(select(PageviewDetail).where(PageviewDetail.article_id == self.article_id))
            assert {(row.day, row.dimension, row.label): row.count for row in details} == self.details
            hours = list_hours(session, self.article_id)
            assert sum(hours.values()) == 2 * self.expected
            everybody = select(func.count()).where(PageviewVisitor.article_id == SITE)
            of_site = select(func.sum(PageviewDay.readers)).where(PageviewDay.article_id == SITE)
            assert (session.scalar(of_site) or 0) == session.scalar(everybody)


def test_the_number_is_exact_whatever_dies_when(
    database: Database, tmp_path: Path, the_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_clock.set(NOON)
    monkeypatch.setattr(folding, "CHUNK", 200)
    monkeypatch.setattr(folding, "BATCH", 500)
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
