"""Questions about the log: the newest rows first, a page at a time, filtered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.audit.erasing import PERSON
from app.audit.models import AuditEntry

BATCH = 500


class EntryUnknown(Exception):
    """There is no entry with this number."""


@dataclass(frozen=True)
class Filter:
    """What is wanted; what is None or empty does not matter."""

    person_id: int | None = None
    """Who did it, or whom it was done to."""
    action: str = ""
    """Like article.publish; "article." for all that begins with it."""
    subject_kind: str = ""
    subject_id: int | None = None
    first: date | None = None
    last: date | None = None
    """Days of ``zone``, the last one included."""
    zone: tzinfo = UTC


@dataclass(frozen=True)
class Page:
    """Some entries, newest first; the numbers that lead to the pages beside it, None where there is none."""

    items: list[AuditEntry]
    before: int | None
    """Older ones come before this number."""
    after: int | None
    """Newer ones come after this number."""


def get_entry(session: Session, number: int) -> AuditEntry:
    """One entry. Raises ``EntryUnknown``."""
    entry = session.get(AuditEntry, number)
    if entry is None:
        raise EntryUnknown
    return entry


def read_page(
    session: Session, wanted: Filter, *, before: int | None = None, after: int | None = None, size: int = 50
) -> Page:
    """The newest entries that are wanted; or those just before a number, or just after one."""
    asked = select(AuditEntry).where(*_conditions(wanted))
    if after is not None:
        rows = list(session.scalars(asked.where(AuditEntry.number > after).order_by(AuditEntry.number).limit(size + 1)))
        has_newer, items = len(rows) > size, rows[:size][::-1]
        return Page(items, items[-1].number if items else after + 1, items[0].number if has_newer else None)
    if before is not None:
        asked = asked.where(AuditEntry.number < before)
    rows = list(session.scalars(asked.order_by(AuditEntry.number.desc()).limit(size + 1)))
    items = rows[:size]
    newest = None if before is None else items[0].number if items else before - 1
    return Page(items, items[-1].number if len(rows) > size else None, newest)


def list_all(session: Session, wanted: Filter) -> Iterator[AuditEntry]:
    """Every entry that is wanted, oldest first, a batch at a time: for files."""
    after = 0
    while True:
        batch = session.scalars(
            select(AuditEntry)
            .where(*_conditions(wanted), AuditEntry.number > after)
            .order_by(AuditEntry.number)
            .limit(BATCH)
        ).all()
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1].number
        session.expunge_all()


def list_actions(session: Session) -> list[str]:
    """The actions that occur, by name; from one to the next by the index, however many rows there are."""
    first = select(func.min(AuditEntry.action).label("action")).cte("seen", recursive=True)
    larger = select(func.min(AuditEntry.action)).where(AuditEntry.action > first.c.action).scalar_subquery()
    seen = first.union_all(select(larger).where(first.c.action.is_not(None)))
    return list(session.scalars(select(seen.c.action).where(seen.c.action.is_not(None)).order_by(seen.c.action)))


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.person_id is not None:
        done_to = and_(AuditEntry.subject_kind == PERSON, AuditEntry.subject_id == wanted.person_id)
        found.append(or_(AuditEntry.actor_id == wanted.person_id, done_to))
    if wanted.action.endswith("."):
        found.append(AuditEntry.action.startswith(wanted.action, autoescape=True))
    elif wanted.action:
        found.append(AuditEntry.action == wanted.action)
    if wanted.subject_kind:
        found.append(AuditEntry.subject_kind == wanted.subject_kind)
    if wanted.subject_id is not None:
        found.append(AuditEntry.subject_id == wanted.subject_id)
    if wanted.first is not None:
        found.append(AuditEntry.at >= _midnight(wanted.first, wanted.zone))
    if wanted.last is not None and wanted.last < date.max:
        found.append(AuditEntry.at < _midnight(wanted.last + timedelta(days=1), wanted.zone))
    return found


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(max(day, date(1970, 1, 1)), time(), zone)
