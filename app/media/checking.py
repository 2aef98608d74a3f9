"""Comparing the storage with the database: what a crash left behind, and what is lost."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.orm import Session

from app import clock
from app.media.files import Files, original_of
from app.media.reading import list_files

SETTLED = timedelta(hours=1)
"""A younger file may be one whose row is still on its way."""


@dataclass
class Found:
    """What does not fit together: storage names."""

    files: int = 0
    bytes: int = 0
    missing: list[str] = field(default_factory=list)
    """A row has them, the storage has not."""
    damaged: list[str] = field(default_factory=list)
    """Of another length than the row says."""
    left_over: list[str] = field(default_factory=list)
    """No row names them, and none is on its way any more."""


def check(session: Session, files: Files) -> Found:
    """Look at everything in the storage. Changes nothing."""
    found, cut_off = Found(), clock.now() - SETTLED
    stored = list(files.list_stored())  # before the rows: a file stored meanwhile is not missed by its row
    wanted = list_files(session)
    known = {original_of(key) for key in wanted}
    present = {one.key: one.bytes for one in stored}
    for one in stored:
        found.files += 1
        found.bytes += one.bytes
        is_known = one.key in wanted or (one.key not in wanted and _is_size_of(one.key, known))
        if not is_known and one.changed_at < cut_off:
            found.left_over.append(one.key)
    for key, size in wanted.items():
        if key not in present and not files.exists(key):
            found.missing.append(key)
        elif present.get(key, size) != size:
            found.damaged.append(key)
    return found


def sweep(files: Files, found: Found) -> None:
    """Remove what is left over."""
    for key in found.left_over:
        files.delete(key)


def _is_size_of(key: str, originals: Collection[str]) -> bool:
    return key.count("/") == 2 and original_of(key) in originals and "unfinished-" not in key
