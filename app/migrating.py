"""Bringing a database's schema to the one this code expects, with Alembic."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection

from app.config import ROOT
from app.db import Database


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the migrations up to ``revision`` in one transaction."""
    with _alone(database) as connection:
        command.upgrade(_alembic(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Undo the migrations down to ``revision``."""
    with _alone(database) as connection:
        command.downgrade(_alembic(connection), revision)


def make_revision(database: Database, *, number: str, message: str) -> None:
    """Write a new migration from the difference between the models and this (migrated) database."""
    with database.engine.begin() as connection:
        command.revision(_alembic(connection), message=message, rev_id=number, autogenerate=True)


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """A connection in a transaction. SQLite remakes a table by dropping it: what refers to it must not go with it."""
    with database.engine.connect() as connection:
        raw = connection.connection.driver_connection if database.is_sqlite else None
        if raw is not None:
            raw.execute("PRAGMA foreign_keys = OFF")  # not possible within a transaction
        try:
            with connection.begin():
                yield connection
                if raw is not None and raw.execute("PRAGMA foreign_key_check").fetchone() is not None:
                    raise RuntimeError("after this migration rows refer to rows that are not there")
        finally:
            if raw is not None:
                raw.execute("PRAGMA foreign_keys = ON")


def _alembic(connection: object) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
