"""What is written down, when, and what never is."""

import threading
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry, AuditHead
from app.audit.recording import record
from app.audit.verifying import get_head, verify
from app.audit.withholding import MOST_TEXT, WITHHELD, differences
from app.db import Database


def entries(session: Session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


def test_what_was_recorded_is_there_once_it_is_committed(session: Session, database: Database) -> None:
    entry = record(
        session, "role.change", actor_id=1, actor="Alice", network="192.0.2.0/24", subject_kind="person",
        subject_id=2, subject="Bob", details={"role": {"before": "author", "after": "editor"}},
    )  # fmt: skip
    session.commit()
    assert (entry.number, entry.actor, entry.subject, entry.subject_id) == (1, "Alice", "Bob", 2)
    assert entry.details == {"role": {"before": "author", "after": "editor"}}
    with database.reader() as reader:
        assert get_head(reader) == (1, entry.chain)
        assert verify(reader).holds


def test_nothing_is_recorded_of_what_was_rolled_back(session: Session) -> None:
    record(session, "article.publish", subject="No")
    session.rollback()
    record(session, "article.publish", subject="Yes")
    session.commit()
    session.close()
    assert [entry.subject for entry in entries(session)] == ["Yes"]


def test_nor_of_a_savepoint_that_was_rolled_back(session: Session) -> None:
    record(session, "article.publish", subject="Before")
    with session.begin_nested():
        record(session, "article.publish", subject="Kept")
    with pytest.raises(ZeroDivisionError), session.begin_nested():
        with session.begin_nested():
            record(session, "article.publish", subject="Lost")
        raise ZeroDivisionError
    session.commit()
    assert [entry.subject for entry in entries(session)] == ["Before", "Kept"]


def test_nor_of_a_session_that_was_closed(session: Session) -> None:
    record(session, "article.publish", subject="Lost")
    session.close()
    record(session, "article.publish", subject="Kept")
    session.commit()
    assert [entry.subject for entry in entries(session)] == ["Kept"]


def test_two_writers_at_once_make_one_chain(database: Database) -> None:
    start = threading.Barrier(4)

    def write(name: str) -> None:
        start.wait()
        for number in range(10):
            with database.writer() as session:
                record(session, "article.publish", actor=name, subject=str(number))
                record(session, "article.withdraw", actor=name, subject=str(number))
                session.commit()

    writers = [threading.Thread(target=write, args=(name,)) for name in ("Alice", "Bob", "Charlie", "Dora")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with database.reader() as session:
        assert (verdict := verify(session)).holds, verdict.faults
        found = entries(session)
    assert [entry.number for entry in found] == list(range(1, 81))
    for name in ("Alice", "Dora"):
        assert [entry.subject for entry in found if entry.actor == name] == [str(n) for n in range(10) for _ in "ab"]


CANARY = "c4n4ry-in-a-coal-mine"


@pytest.mark.parametrize(
    "details",
    [
        {"password": CANARY},
        {"purge_secret": {"before": "", "after": CANARY}},
        {"Password-Hash": CANARY},
        {"changes": [{"csrf_token": CANARY}]},
        {"recovery_codes": [CANARY]},
        {"totp": CANARY, "SESSION_COOKIE": CANARY},
        {"public_key": CANARY, "credential": {"signature": CANARY}},
        {"link": CANARY},
        {"a": {"b": {"c": {"d": {"e": {"f": {"g": CANARY}}}}}}},
    ],
)
def test_secrets_stay_out(session: Session, details: dict[str, Any]) -> None:
    record(session, "settings.change", details=details | {"name": "Kept"})
    session.commit()
    row = session.execute(select(AuditEntry.details)).scalar_one()
    assert CANARY not in str(row)
    assert row["name"] == "Kept"


def test_that_a_secret_was_changed_is_kept(session: Session) -> None:
    changed = differences({"purge_secret": "a", "name": "A", "b": 1}, {"purge_secret": "b", "name": "A", "c": 2})
    entry = record(session, "settings.change", details=changed)
    assert entry.details == {
        "purge_secret": WITHHELD,
        "b": {"before": 1, "after": None},
        "c": {"before": None, "after": 2},
    }


def test_odd_text_is_kept_as_text(session: Session) -> None:
    record(
        session, "article.publish", actor="A\x00\nb\ud800", subject="x" * 1000, network="n" * 100,
        details={"text": "\x00\ud800é" + "y" * 5000, "n" * 300: 1, "who": {"b", "a"}, "half": 0.1},
    )  # fmt: skip
    session.commit()
    session.expire_all()
    (entry,) = entries(session)
    assert (entry.actor, len(entry.subject), len(entry.network)) == ("A b", 300, 64)
    assert entry.details is not None
    assert len(str(entry.details["text"])) == MOST_TEXT
    assert entry.details["who"] == ["a", "b"]
    assert verify(session).holds


@pytest.mark.parametrize(
    "column", ["number", "at", "action", "actor_id", "subject_kind", "subject_id", "actor_digest", "digest", "chain"]
)
def test_the_database_refuses_to_change_what_is_in_the_chain(five: Session, column: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        five.execute(text(f"UPDATE audit SET {column} = {column} WHERE number = 3"))


@pytest.mark.parametrize("column", ["actor_salt", "actor", "network", "salt", "subject", "details"])
def test_it_lets_the_rest_be_emptied_and_nothing_else(five: Session, column: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        five.execute(text(f"UPDATE audit SET {column} = '[7]' WHERE number = 3"))
    five.rollback()
    five.execute(text(f"UPDATE audit SET {column} = {'NULL' if column == 'details' else repr('')} WHERE number = 3"))
    with pytest.raises(DBAPIError, match="append-only"):
        five.execute(text(f"UPDATE audit SET {column} = '[7]' WHERE number = 3"))


def test_it_refuses_to_take_rows_away_and_to_go_back(five: Session) -> None:
    for statement in (
        delete(AuditEntry).where(AuditEntry.number == 5),
        delete(AuditHead),
        update(AuditHead).values(number=4),
        update(AuditHead).values(chain="0" * 64),
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            five.execute(statement)
        five.rollback()
    assert five.scalar(select(func.count()).select_from(AuditEntry)) == 5
