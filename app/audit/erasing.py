"""Erasing a person's details from the log: the rows stay, and so does the chain."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app import clock
from app.audit.models import AuditEntry
from app.audit.recording import record

ERASED = "audit.erase"
PERSON = "person"
"""The ``subject_kind`` of what is done to people."""


def erase_person(session: Session, account_id: int, **by: Any) -> int:
    """Empty who this person was in what they did, and all details of what was done to them; returns how many rows.

    That somebody did things, which, when and to what stays, with a number in place of the person. ``by``: who erases
    it, as for ``record``; the erasing is recorded itself, and rows that are empty without one are a fault.
    """
    now = clock.now()
    of_what_they_did = (
        update(AuditEntry)
        .where(AuditEntry.actor_id == account_id, AuditEntry.actor_erased_at.is_(None))
        .values(actor_salt="", actor="", network="", actor_erased_at=now)
    )
    done_to_them = (
        update(AuditEntry)
        .where(AuditEntry.subject_kind == PERSON, AuditEntry.subject_id == account_id)
        .where(AuditEntry.erased_at.is_(None), AuditEntry.action != ERASED)
        .values(salt="", subject="", details=None, erased_at=now)
    )
    rows = sum(
        session.execute(statement, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined]
        for statement in (of_what_they_did, done_to_them)
    )
    record(session, ERASED, **by, subject_kind=PERSON, subject_id=account_id, details={"rows": rows})
    return rows
