"""Writing down what somebody did, in the same commit as what they did.

The rows get their numbers just before the commit, whenever they were recorded: the end of the chain is held for a
moment only, and always last, so that two writers wait for each other and never both at once.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session, SessionTransaction

from app import clock
from app.audit.chaining import actor_digest_of, chain_of, digest_of
from app.audit.models import AuditEntry, AuditHead
from app.audit.withholding import ACTOR, NETWORK, SUBJECT, fit, one_line

RECORDED = "typecase.audit"


def record(
    session: Session,
    action: str,
    *,
    actor_id: int | None = None,
    actor: str = "",
    network: str = "",
    subject_kind: str = "",
    subject_id: int | None = None,
    subject: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Have ``action`` in the log once this session is committed; its ``number`` and ``chain`` are set by then.

    ``details`` are kept as plain JSON, without what ``withholding`` names. Nothing is written if it is rolled back.
    """
    entry = AuditEntry(
        at=clock.now(),
        action=action,
        actor_id=actor_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        actor_salt=secrets.token_hex(32),
        actor=one_line(actor, ACTOR),
        network=one_line(network, NETWORK),
        salt=secrets.token_hex(32),
        subject=one_line(subject, SUBJECT),
        details=fit(details),
    )
    entry.actor_digest, entry.digest = actor_digest_of(entry), digest_of(entry)
    if not session.in_transaction():
        session.begin()
    transaction = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(RECORDED, []).append((transaction, entry))
    return entry


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    """Number what was recorded and put it at the end of the chain."""
    if session.in_nested_transaction():
        return
    recorded = session.info.pop(RECORDED, ())
    whole = session.get_transaction()
    entries = [entry for within, entry in recorded if whole is not None and _is_part(within, whole)]
    if not entries:
        return
    session.flush()
    # FOR UPDATE: PostgreSQL lets one at a time; SQLite has one writer anyway, and does not know the words.
    number, chain = session.execute(select(AuditHead.number, AuditHead.chain).with_for_update()).one()
    for entry in entries:
        number += 1
        entry.number = number
        entry.chain = chain = chain_of(entry, before=chain)
    # The database moves the head on with each row (migration 0006).
    session.add_all(entries)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, rolled_back: SessionTransaction) -> None:
    """What was recorded within what is rolled back did not happen."""
    recorded = session.info.get(RECORDED)
    if recorded:
        recorded[:] = [(within, entry) for within, entry in recorded if not _is_part(within, rolled_back)]


def _is_part(within: SessionTransaction | None, whole: SessionTransaction) -> bool:
    while within is not None:
        if within is whole:
            return True
        within = within.parent
    return False
