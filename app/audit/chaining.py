"""How rows hang together: the digests of a row and its link to the row before. Pure.

Both are SHA-256 over a canonical JSON text (keys sorted, no spaces, ASCII), so that anybody can do the sum again.
"""

import hashlib
import json
from datetime import UTC
from typing import Any

from app.audit.models import AuditEntry


def actor_digest_of(entry: AuditEntry) -> str:
    """The digest of who it was: hexadecimal, 64 characters."""
    return _hash([entry.actor_salt, entry.actor, entry.network])


def digest_of(entry: AuditEntry) -> str:
    """The digest of what it was done to, and how: hexadecimal, 64 characters."""
    return _hash([entry.salt, entry.subject, entry.details])


def chain_of(entry: AuditEntry, *, before: str) -> str:
    """The link of a row to ``before``, the ``chain`` of the row before it ("" for the first)."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return _hash(
        [
            before,
            entry.number,
            at,
            entry.action,
            entry.actor_id,
            entry.subject_kind,
            entry.subject_id,
            entry.actor_digest,
            entry.digest,
        ]
    )


def _hash(values: list[Any]) -> str:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
