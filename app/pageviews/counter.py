"""The counter: what the doors use. A view is in the journal before its answer is sent, and in the number at once."""

import logging
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.pageviews import reading
from app.pageviews.classes import ViewClass
from app.pageviews.closing_days import ClosingDays
from app.pageviews.folding import fold
from app.pageviews.journal import Journal, machine_id, pack
from app.pageviews.live import Live
from app.pageviews.tallying import Known
from app.pageviews.thinning import Thinner
from app.pageviews.unfolded import FoldedAway, Unfolded
from app.pageviews.visitors import Visitors
from app.pageviews.visits import Visit

log = logging.getLogger("typecase.pageviews")
QUIET_SECONDS = 60.0
LEARN_SECONDS = 1.5
"""How often the views of other machines are asked for, while there are others."""
ALONE_SECONDS = 60.0
"""How often numbers are held against the database on a machine that seems to be alone."""
OTHERS_SECONDS = 600.0
"""For so long after the last sign of another machine it is taken to be there."""
LEARN_AT_ONCE = 100
APART = "folded-apart"
"""The file beside the journals whose time says that a process of its own folds them."""
APART_SECONDS = 5.0
NOT_FOLDED = "views could not be folded and stay in the journal: %s"
NOT_CLOSED = "visitor keys of days that are over could not be removed: %s"
NOT_THINNED = "old details could not be thinned, which is tried again: %s"


class Counter:
    """Counts views and knows the live number. Safe for threads; a forked process begins anew by itself."""

    def __init__(self, journal_dir: Path, database: Database, fold_seconds: float | None) -> None:
        self.journal_dir = journal_dir
        self.database = database
        self.fold_seconds = fold_seconds
        self.visitors = Visitors(database)
        self._processes: dict[int, _Process] = {}
        self._complained: dict[str, float] = {}

    def count(self, article_id: int, visit: Visit | ViewClass) -> None:
        """Note a view, or one of which only the class is known, now; to be called before the answer is sent.

        A full disk loses the view, not the answer.
        """
        process = self._process()
        view_class, tail = (visit, b"") if isinstance(visit, ViewClass) else visit[:2]
        try:
            process.journal.write(pack(article_id, view_class.code, clock.microseconds(), tail))
        except OSError as error:
            self._complain("a view could not be noted: %s", error)
        if process.thread is None and self.fold_seconds is not None:
            self.start()

    def note(self, article_id: int, record: bytes) -> int:
        """``note_many`` for one view."""
        return self.note_many([(article_id, record)])[0]

    def note_many(self, views: list[tuple[int, bytes]]) -> list[int]:
        """Note these views (article and record), with one write and without the database; the number to show in each.

        Raises ``NotLearnt`` before anything is noted; a full disk loses views, not answers.
        """
        process = self._process()
        try:
            numbers = process.live.note(views, process.journal.write)
        except OSError as error:
            self._complain("a view could not be noted: %s", error)
            numbers = process.live.follow([article_id for article_id, _ in views])
        if process.thread is None and self.fold_seconds is not None:
            self.start()
        return numbers

    def numbers(self) -> Mapping[int, int]:
        """The numbers that this process has learnt, by article, as far as they were followed: only to be looked at."""
        return self._process().live.numbers

    def live(self, article_id: int) -> int | None:
        """The number without counting; None if this process has not learnt it yet."""
        return self._process().live.get(article_id)

    def forget(self, ids: Collection[int] | None) -> None:
        """The numbers of these articles (None: all) were changed by something else than views: ask again."""
        self._process().live.forget(ids)

    def learn(self, session: Session, ids: Collection[int]) -> None:
        """Ask the database for the numbers of these articles, so that ``note_many`` need not."""
        process = self._process()
        while True:
            forgotten = process.live.forgotten
            tails = process.unfolded.open_all()
            totals, offsets = self._folded(session, ids)
            try:
                process.live.learn(totals, offsets, process.unfolded, tails, forgotten=forgotten)
            except FoldedAway:
                continue
            return

    def shown(self, session: Session, article_id: int) -> int:
        """The number for people: with every view that this machine answered, this one's own included."""
        return self.list_shown(session, [article_id])[article_id]

    def list_shown(self, session: Session, ids: Collection[int]) -> dict[int, int]:
        """The number of each article: what is folded, what an import brought along, and what is not folded yet."""
        unfolded = self._process().unfolded
        while True:
            # In this order. A journal removed before it could be listed is all in the database by then; one
            # that is listed stays readable, and the offset says which of its views the totals have.
            tails = unfolded.open_all()
            totals, offsets = self._folded(session, ids)
            try:
                live = unfolded.count(tails, ids, offsets)
            except FoldedAway:
                continue
            return {article_id: totals[article_id] + live[article_id] for article_id in ids}

    def fold(self, *, step: Callable[[str], object] = lambda name: None) -> int | None:
        """Fold now, in this thread; the number of views folded, or None if another process is at it."""
        return fold(self.database, self.journal_dir, known=self._process().known, step=step)

    def fold_all(self, *, patience: float) -> int | None:
        """Fold now; waits up to ``patience`` seconds while another process is at it, which takes a moment only.

        None if that did not come to an end. Raises what databases raise.
        """
        until = time.monotonic() + patience
        while (folded := self.fold()) is None and time.monotonic() < until:
            time.sleep(0.05)
        return folded

    def start(self) -> None:
        """Start this process's folding thread, unless the configuration wants none or it is running."""
        process = self._process()
        with process.starting:
            if self.fold_seconds is None or process.thread is not None:
                return
            thread = threading.Thread(target=self._keep_folding, args=[process], name="pageviews", daemon=True)
            process.thread = thread
            thread.start()

    def close(self) -> None:
        """Finish this process's journal and fold once more, for at most a few seconds: the worker stops."""
        process = self._process()
        process.journal.close()
        process.stopping.set()
        if process.thread is not None:
            process.thread.join(timeout=5)

    @cached_property
    def _machine(self) -> str:
        return machine_id(self.journal_dir)

    def _folded(self, session: Session, ids: Collection[int]) -> tuple[dict[int, int], dict[str, int]]:
        with self._fresh(session) as fresh:
            try:
                machine = self._machine
            except OSError:
                machine = ""  # no id can be written, so neither could a journal
            return reading.totals_and_offsets(fresh, ids, machine)

    def _process(self) -> "_Process":
        pid = os.getpid()
        process = self._processes.get(pid)
        if process is None:
            # setdefault is atomic: a lock could have been copied by the fork while it was held.
            process = self._processes.setdefault(pid, _Process(self.journal_dir, self.database))
            for other in [other for other in self._processes if other != pid]:
                self._processes.pop(other).journal.abandon()
        return process

    @contextmanager
    def _fresh(self, session: Session) -> Iterator[Session]:
        """A session that sees the newest commit. On SQLite the request's own sees what was there when it began."""
        if not self.database.is_sqlite:
            yield session
            return
        with self.database.reader() as fresh:
            yield fresh

    def fold_apart(self, goes_on: Callable[[], bool]) -> None:
        """Fold for all processes of this machine until ``goes_on`` says no; it is asked several times a second."""
        process, sign = self._process(), self.journal_dir / APART
        while goes_on():
            self._try(sign.touch, "the sign that views are folded could not be given: %s")
            self._try(partial(self.fold, step=lambda _name: goes_on()), NOT_FOLDED)
            self._try(process.thinner.step, NOT_THINNED)
            until = time.monotonic() + (self.fold_seconds or 0.0)
            while goes_on() and (rest := until - time.monotonic()) > 0:
                time.sleep(min(rest, 0.1))
        sign.unlink(missing_ok=True)

    def _is_folded_apart(self) -> bool:
        """Whether a process of this machine was folding for the others a moment ago."""
        try:
            sign = (self.journal_dir / APART).stat()
        except OSError:
            return False
        return abs(clock.now().timestamp() - sign.st_mtime) < APART_SECONDS

    def _keep_folding(self, process: "_Process") -> None:
        learnt = time.monotonic()
        close_days = ClosingDays(self.database, self.visitors, process.journal)
        with suppress(SQLAlchemyError):
            self.visitors.renew()  # before the first reader needs it
        while not process.stopping.wait(self.fold_seconds):
            if not self._is_folded_apart():
                self._try(self.fold, NOT_FOLDED)
                self._try(process.thinner.step, NOT_THINNED)
            self._try(close_days, NOT_CLOSED)
            if time.monotonic() - learnt >= LEARN_SECONDS:
                self._try(
                    partial(self._learn_again, process), "the numbers of other machines could not be asked for: %s"
                )
                learnt = time.monotonic()
        self._try(self.fold, NOT_FOLDED)

    def _learn_again(self, process: "_Process") -> None:
        """Take in what the journals of this machine do not tell, for the articles that are being read."""
        now = time.monotonic()
        with self.database.reader() as session:
            if reading.has_other_machines(session, self._machine):
                process.others_seen = now
        has_others = now - process.others_seen <= OTHERS_SECONDS
        if not has_others and now - process.learnt < ALONE_SECONDS:
            return
        process.learnt = now
        shown = list(process.live.take_shown(has_others=has_others))
        for start in range(0, len(shown), LEARN_AT_ONCE):
            with self.database.reader() as session:
                self.learn(session, shown[start : start + LEARN_AT_ONCE])

    def _try(self, action: Callable[[], object], complaint: str) -> None:
        try:
            action()
        except Exception as error:
            # The database is away, the disk is full: the views are safe in the journal until it works again.
            self._complain(complaint, error)

    def _complain(self, message: str, error: Exception) -> None:
        now = time.monotonic()
        if now - self._complained.get(message, -QUIET_SECONDS) >= QUIET_SECONDS:
            self._complained[message] = now
            log.error(message, str(error).partition("\n")[0])


class _Process:
    """What one process has of its own and must not take over a fork."""

    def __init__(self, journal_dir: Path, database: Database) -> None:
        self.thinner = Thinner(database, journal_dir)
        self.journal = Journal(journal_dir)
        self.unfolded = Unfolded(journal_dir)
        self.live = Live(journal_dir)
        self.known = Known()
        self.starting = threading.Lock()
        self.stopping = threading.Event()
        self.thread: threading.Thread | None = None
        self.learnt = time.monotonic()
        self.others_seen = -OTHERS_SECONDS
