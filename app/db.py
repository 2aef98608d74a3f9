"""The database: a base for models, the engine, and two kinds of session.

A *reader* is a session that cannot write (the database itself refuses); a *writer* takes SQLite's write
lock at its first statement, so two writers queue instead of failing half-way. Imports nothing of ours.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 15
LOOKS_AGAIN_SECONDS = 0.1
"""How often somebody who waits for SQLite's write lock looks whether it is free."""


class Base(DeclarativeBase):
    """The base of every model; constraints have predictable names, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Moment(TypeDecorator[datetime]):
    """An aware datetime in UTC, on databases that keep the zone and on those that do not."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database; use clock.now()")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One engine, and the sessions made from it. Connects at the first use, never at construction."""

    def __init__(self, url: str) -> None:
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgresql_engine(self.url)
        self.closed = threading.Event()
        """Set by ``close``: threads that ask again and again wait for it in between."""
        self._told: list[Callable[[Session], None]] = []
        self._writers = sessionmaker(self.engine, info={"told": self._told})
        self._reading = self.engine.execution_options(typecase_reads=True, postgresql_readonly=True)

    def reader(self) -> Session:
        """A session for questions: an attempt to write through it fails."""
        return Session(self._reading)

    def writer(self) -> Session:
        """A session for changes; whoever opens it commits it."""
        return self._writers()

    def give_way(self) -> None:
        """Between two transactions of a long piece of work: let whoever waits to write do so first.

        Nobody queues for SQLite's lock: who takes it again at once leaves the others out until they give up.
        """
        if self.is_sqlite:
            time.sleep(1.5 * LOOKS_AGAIN_SECONDS)

    def after_commit(self, call: Callable[[Session], None]) -> None:
        """Have ``call`` told of every commit of a ``writer()``, once the database has it; not of savepoints."""
        self._told.append(call)

    def close(self) -> None:
        """Close the connections of the pool; the next session opens new ones, but threads that keep asking stop."""
        self.closed.set()
        self.engine.dispose()


# One listener for all: SQLAlchemy never forgets one that it has of a single database's sessions, nor that database.
@event.listens_for(Session, "after_commit")
def _tell(session: Session) -> None:
    if not session.in_nested_transaction():
        for call in session.info.get("told", ()):
            call(session)


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(
        url,
        pool_size=10,
        max_overflow=30,
        pool_pre_ping=True,
        hide_parameters=True,  # what people typed has no place in a log
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC"},
    )


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=30,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -16000")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver's own BEGIN is late and deferred: a reader that then writes fails with "database is
        # locked" at once, without waiting. So readers may not write, and writers say so from the start.
        reads = connection.get_execution_options().get("typecase_reads", False)
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine
