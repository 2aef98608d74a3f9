"""Visitor keys: who reads twice on one day is known to be one reader, and nobody is known the day after.

A key is a keyed hash of address and User-Agent. Its salt is made once for each of the site's own days, shared by
all workers and machines through the database, and thrown away when the day is over: then no key can be made
again, and none says whose it was. Address and User-Agent are kept nowhere.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.db import Database
from app.pageviews import reading, writing
from app.settings import get_settings

BEFOREHAND = timedelta(minutes=15)
"""So long before midnight the next day's salt is asked for."""


class _Today(NamedTuple):
    start: datetime
    end: datetime
    number: int
    salt: bytes


_NEVER = _Today(datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC), 0, b"")


class Visitors:
    """The salts that one process knows. Safe for threads, and over a fork."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.zone = ZoneInfo("UTC")
        """The site's time zone, as ``renew`` found it."""
        self._salts: dict[int, bytes] = {}
        self._own: dict[int, bytes] = {}
        self._today = _NEVER
        self._remembering: list[Callable[[], object]] = []

    def at_midnight(self, forget: Callable[[], object]) -> None:
        """Have this called when a day is over: for whoever remembers addresses or keys, also while nobody comes."""
        self._remembering.append(forget)

    def today(self) -> int:
        """The number of the site's day (``date.toordinal``); negative while its salt is this process's own.

        Asks the database at the first call and where nobody called ``renew`` before midnight; while that is away
        a salt of its own serves.
        """
        today, now = self._today, clock.now()
        if not today.start <= now < today.end:
            self._try_to_renew(now)
            today = self._turn(now)
        return today.number

    def key(self, address: str, user_agent: str) -> int:
        """The key, in 64 bits and never 0, of who reads from this address with this browser ``today()``."""
        if self._today is _NEVER:
            self.today()
        said = f"{address}\0{user_agent}".encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(said, digest_size=8, key=self._today.salt).digest(), "little", signed=True) or 1

    def renew(self) -> None:
        """Ask the database for the site's zone and the salts needed soon; forget those of days that are over.

        Raises SQLAlchemyError while the database is away.
        """
        now = clock.now()
        with self.database.reader() as session:
            self.zone = get_settings(session).zone
        days = {_day(moment, self.zone) for moment in (now, now + BEFOREHAND)}
        for day in days - self._salts.keys():
            self._salts[day] = self._share(date.fromordinal(day))
        self._turn(now)

    def _try_to_renew(self, now: datetime) -> None:
        if _day(now, self.zone) in self._salts and self._today is not _NEVER:
            return
        with suppress(SQLAlchemyError):  # away: ``renew`` will be called again
            self.renew()

    def _turn(self, now: datetime) -> _Today:
        """Make this the day."""
        day = _day(now, self.zone)
        for salts in (self._salts, self._own):
            for over in [number for number in list(salts) if number < day]:
                salts.pop(over, None)
        salt = self._salts.get(day)
        if salt:
            self._own.clear()
        own = b"" if salt else self._own.setdefault(day, secrets.token_bytes(32))
        start, end = (
            datetime.combine(date.fromordinal(number), time(), self.zone).astimezone(UTC) for number in (day, day + 1)
        )
        # Where the clocks are set forward at midnight the bounds are an hour off: never past this moment.
        bounds = min(start, now), max(end, now + timedelta(seconds=1))
        former, self._today = self._today, _Today(*bounds, day if salt else -day, salt or own)
        if abs(former.number) != day:
            for forget in self._remembering:
                forget()
        return self._today

    def _share(self, day: date) -> bytes:
        """The day's salt that all share: the first who asks makes it."""
        with self.database.reader() as session:
            salt = reading.find_salt(session, day)
        if salt is None:
            with self.database.writer() as session:
                salt = writing.offer_salt(session, day, salt=secrets.token_bytes(32))
                session.commit()
        return salt


def _day(moment: datetime, zone: ZoneInfo) -> int:
    return moment.astimezone(zone).toordinal()
