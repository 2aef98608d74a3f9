"""What the tests of the audit room share: a log with some rows, and a hand that does not care for rules."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.audit.recording import record
from app.db import Database

Sql = Callable[..., None]


@pytest.fixture
def five(session: Session) -> Session:
    """A log of five rows, committed."""
    for number in range(1, 6):
        record(
            session,
            "article.publish",
            actor_id=number,
            actor=f"Person {number}",
            network="192.0.2.0/24",
            subject_kind="article",
            subject_id=number * 10,
            subject=f"Article {number}",
            details={"slug": {"before": "a", "after": "b"}},
        )
        session.commit()
    return session


@pytest.fixture
def forge(database: Database) -> Sql:
    """Change the database past its own guard, as somebody who owns it can."""

    def run(statement: str, **values: object) -> None:
        with database.engine.begin() as connection:
            _guard(connection, is_sqlite=database.is_sqlite, on=False)
            connection.execute(text(statement), values)
            _guard(connection, is_sqlite=database.is_sqlite, on=True)

    kept: list[str] = []

    def _guard(connection: object, *, is_sqlite: bool, on: bool) -> None:
        execute = connection.execute  # type: ignore[attr-defined]
        if not is_sqlite:
            for table in ("audit", "audit_head"):
                execute(text(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER USER"))
        elif on:
            while kept:
                connection.exec_driver_sql(kept.pop())  # type: ignore[attr-defined]
        else:
            rows = execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, sql in rows:
                kept.append(sql)
                execute(text(f"DROP TRIGGER {name}"))

    return run
