"""The end of a day: its salt, its visitor keys and the journals that hold them go away.

What may be kept until when, in the site's own time: a salt until midnight; the keys of who read what, until the
journals of all machines are folded, for an hour and some minutes more; minutes for an hour.
"""

import time
from datetime import timedelta

from app import clock
from app.db import Database
from app.pageviews import adding, reading, retention, writing
from app.pageviews.folding import GRACE
from app.pageviews.journal import Journal
from app.pageviews.visitors import Visitors

EVERY_SECONDS = 60.0
AFTER_GRACE = timedelta(minutes=10)
"""So long after readers of a day are counted no more their keys are kept: longer than any folding takes."""
AT_ONCE = 5_000
"""Rows a transaction, so that nobody waits long for SQLite's write lock."""


class ClosingDays:
    """What the counter's thread of one process does beside folding, about once a second."""

    def __init__(self, database: Database, visitors: Visitors, journal: Journal) -> None:
        self.database, self.visitors, self.journal = database, visitors, journal
        self._day = 0
        self._done = -EVERY_SECONDS

    def __call__(self) -> None:
        """Finish the journal where it is due; every minute prepare the next day and remove what is over."""
        self.journal.close_old()
        today = abs(self.visitors.today())
        if today != self._day:
            self._day, self._done = today, -EVERY_SECONDS
            self.journal.close()  # a day's visitor keys stay in no file that is still written to
        if time.monotonic() - self._done >= EVERY_SECONDS:
            self.visitors.renew()
            remove_what_is_over(self.database, self.visitors)
            self._done = time.monotonic()


def remove_what_is_over(database: Database, visitors: Visitors) -> None:
    """Remove the salts, visitor keys and minutes that are not needed any more, from the database."""
    now = clock.now().astimezone(visitors.zone)
    keeping = reading.Keeping(
        salts=now.date(),
        readers=(now - GRACE - AFTER_GRACE).date(),
        minutes=int(now.timestamp()) // 60 - retention.MINUTES,
    )
    while True:
        with database.reader() as session:
            if not reading.has_leftovers(session, keeping=keeping):
                return
        with database.writer() as session:
            adding.take_turn(session)
            writing.remove_leftovers(session, keeping=keeping, at_most=AT_ONCE)
            session.commit()
