"""Whether a kept page is still true: seen within microseconds on this machine, within a fraction of a second on others.

Who commits a change writes a never-repeating value to a small mapped file that every process of the machine
reads at each request. A poll of the database, a few times a second, covers other machines, and a process
killed between its commit and that write. The next scheduled change is a deadline of its own.
"""

import logging
import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import changes, clock
from app.articles.appearing import places_of
from app.articles.reading import find_next_due, list_due
from app.db import Database
from app.stamp import Stamp

log = logging.getLogger("typecase.freshness")
POLL_SECONDS = 0.2
MOST_DUE = 50


class Freshness:
    """Follows the site's version for one process, and tells ``on_change`` which keys changed (None: all)."""

    def __init__(
        self, database: Database, stamp_path: Path, on_change: Callable[[frozenset[str] | None], None], *, polls: bool
    ) -> None:
        self.database = database
        self.on_change = on_change
        self.polls = polls
        """Whether a thread asks the database a few times a second; else only this machine's commits are seen."""
        self.is_away = False
        """Whether the database did not answer when last asked: kept pages are served whatever their version."""
        self._stamp_path = stamp_path
        self._version: int | None = None
        self._seen: bytes | None = None
        self._due: float | None = None
        self._looked_at = clock.now()
        """What was due until then is seen to."""
        self._lock = threading.Lock()
        self._pid = 0
        self._stamp: Stamp | None = None
        database.after_commit(self._committed)

    def is_current(self) -> bool:
        """Whether nothing has changed as far as this machine knows: asks no database, never waits."""
        return (self._own_stamp().read() == self._seen and not self._is_due()) or self.is_away

    def check(self) -> None:
        """Return once this process knows every change that was committed before the call on this machine."""
        if self.is_current():
            return
        with self._lock:
            if not self.is_current():
                self._ask()

    def _own_stamp(self) -> Stamp:
        if self._stamp is None or self._pid != os.getpid():
            # After a fork: the lock and the thread are the parent's.
            self._pid, self._lock, self._stamp = os.getpid(), threading.Lock(), Stamp(self._stamp_path)
            if self.polls:
                threading.Thread(target=self._poll, name="freshness", daemon=True).start()
        return self._stamp

    def _is_due(self) -> bool:
        return self._due is not None and clock.now().timestamp() >= self._due

    def _poll(self) -> None:
        while not self.database.closed.wait(POLL_SECONDS):
            with self._lock:
                self._ask()

    def _ask(self) -> None:
        was_due, stamp, now = self._is_due(), self._own_stamp().read(), clock.now()
        try:
            with self.database.reader() as session:
                found = changes.read_since(session, self._version)
                is_new = was_due or found.version != self._version
                keys = found.keys if not was_due else _with_due(session, found.keys, after=self._looked_at, until=now)
                due = find_next_due(session, after=now) if is_new else None
        except SQLAlchemyError as error:
            if not self.is_away:
                log.warning("the database does not answer, kept pages are served as they are: %s", type(error).__name__)
            self.is_away = self.polls  # without a thread nothing else would ever ask again
            return
        self.is_away, self._looked_at = False, now
        if is_new:
            self.on_change(keys)
            self._due = due.timestamp() if due is not None else None
        self._version, self._seen = found.version, stamp

    def _committed(self, session: Session) -> None:
        if session.info.pop(changes.NOTED, False):
            self._own_stamp().renew()


def _with_due(
    session: Session, keys: frozenset[str] | None, *, after: datetime, until: datetime
) -> frozenset[str] | None:
    """The keys, and those of the pages on which a scheduled article appeared or disappeared; None (all) for many."""
    if keys is None:
        return None
    came = list_due(session, after=after, until=until)
    return keys | places_of(session, came) if len(came) <= MOST_DUE else None
