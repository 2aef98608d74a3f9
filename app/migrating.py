"""Bringing a database's schema to the one this code expects, with Alembic."""

from alembic import command
from alembic.config import Config as AlembicConfig

from app.config import ROOT
from app.db import Database


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the migrations up to ``revision`` in one transaction."""
    with database.engine.begin() as connection:
        command.upgrade(_alembic(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Undo the migrations down to ``revision``."""
    with database.engine.begin() as connection:
        command.downgrade(_alembic(connection), revision)


def make_revision(database: Database, *, number: str, message: str) -> None:
    """Write a new migration from the difference between the models and this (migrated) database."""
    with database.engine.begin() as connection:
        command.revision(_alembic(connection), message=message, rev_id=number, autogenerate=True)


def _alembic(connection: object) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
