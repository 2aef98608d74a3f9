"""The log as files: CSV for spreadsheets, JSON with all that is needed to do the sum of the chain again."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from app.audit.models import AuditEntry
from app.csv_cells import Cell

HEADER = ("number", "at", "action", "actor_id", "actor", "network", "subject_kind", "subject_id", "subject", "details",
          "chain")  # fmt: skip
COLUMNS = ("number", "at", "action", "actor_id", "subject_kind", "subject_id", "actor_digest", "digest", "chain",
           "actor_salt", "actor", "network", "salt", "subject", "details", "actor_erased_at", "erased_at")  # fmt: skip


def list_lines(entries: Iterable[AuditEntry]) -> Iterator[tuple[Cell, ...]]:
    """The lines of the CSV below ``HEADER``; details are JSON within a cell."""
    for entry in entries:
        found = as_dict(entry)
        details = json.dumps(entry.details, ensure_ascii=False) if entry.details is not None else ""
        yield tuple(details if name == "details" else found[name] for name in HEADER)  # type: ignore[misc]


def list_json(entries: Iterable[AuditEntry], *, head: str) -> Iterator[str]:
    """One JSON document in parts: ``{"head": …, "entries": [ … ]}``."""
    yield f'{{"head": {json.dumps(head)}, "entries": ['
    comma = ""
    for entry in entries:
        yield f"{comma}\n{json.dumps(as_dict(entry), ensure_ascii=False)}"
        comma = ","
    yield "\n]}\n"


def as_dict(entry: AuditEntry) -> dict[str, object]:
    """A row as plain JSON, moments as in the chain: 2026-11-23T02:00:00.000000+00:00."""
    found: dict[str, object] = {}
    for name in COLUMNS:
        value = getattr(entry, name)
        if isinstance(value, datetime):
            value = value.astimezone(UTC).isoformat(timespec="microseconds")
        found[name] = value
    return found
