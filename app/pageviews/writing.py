"""The changes to what the database knows of pageviews."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Table, delete, select, text, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import changes
from app.db import Base
from app.pageviews.models import JournalOffset, PageviewMinute, PageviewTotal, PageviewVisitor, VisitorSalt
from app.pageviews.reading import Keeping


class OffsetMoved(Exception):
    """Somebody else has folded this journal at the same time; nothing of ours may be added."""


def set_starting(session: Session, article_id: int, *, views: int) -> None:
    """Set the balance that an article brings along; what was counted here is kept."""
    row = {"article_id": article_id, "starting": max(views, 0), "counted": 0}
    _upsert(session, PageviewTotal, [row], change="starting", adds=False)
    changes.note(session, changes.PAGEVIEWS + str(article_id))


def move_offset(session: Session, *, machine: str, file: str, old: int, new: int) -> None:
    """Note how far a journal is folded; raises ``OffsetMoved`` if it was not at ``old``."""
    if old == 0:
        row = {"machine": machine, "file": file, "offset": new}
        statement = _insert(session, JournalOffset.__table__).on_conflict_do_nothing().values(row)
    else:
        statement = (
            update(JournalOffset.__table__)  # type: ignore[arg-type]
            .where(JournalOffset.machine == machine, JournalOffset.file == file, JournalOffset.offset == old)
            .values(offset=new)
        )
    if session.connection().execute(statement.returning(JournalOffset.file)).first() is None:
        raise OffsetMoved(file)


def forget_offsets(session: Session, *, machine: str, files: Iterable[str]) -> None:
    """Delete the offsets of journals that exist no more."""
    session.execute(delete(JournalOffset).where(JournalOffset.machine == machine, JournalOffset.file.in_(files)))


def offer_salt(session: Session, day: date, *, salt: bytes) -> bytes:
    """The salt of the day's visitor keys: this one, unless somebody was first."""
    row = {"day": day, "salt": salt}
    session.execute(_insert(session, VisitorSalt.__table__).on_conflict_do_nothing().values(row))
    return session.scalars(select(VisitorSalt.salt).where(VisitorSalt.day == day)).one()


def remove_leftovers(session: Session, *, keeping: Keeping, at_most: int) -> None:
    """Remove the salts, readers and minutes from before; so many rows of each."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))  # else they could be read in the file's free pages
    session.execute(delete(VisitorSalt).where(VisitorSalt.day < keeping.salts))
    readers = (PageviewVisitor.day, PageviewVisitor.article_id, PageviewVisitor.visitor)
    some = select(*readers).where(PageviewVisitor.day < keeping.readers).limit(at_most)
    session.execute(delete(PageviewVisitor).where(tuple_(*readers).in_(some)), execution_options=_BLIND)
    minutes = (PageviewMinute.minute, PageviewMinute.article_id)
    some_minutes = select(*minutes).where(PageviewMinute.minute < keeping.minutes).limit(at_most)
    session.execute(delete(PageviewMinute).where(tuple_(*minutes).in_(some_minutes)), execution_options=_BLIND)


_BLIND = {"synchronize_session": False}


def _upsert(session: Session, model: type[Base], rows: list[dict[str, Any]], *, change: str, adds: bool) -> None:
    if not rows:
        return
    table = model.__table__
    statement = _insert(session, table)
    new = statement.excluded[change]
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={change: table.c[change] + new if adds else new}
    )
    session.connection().execute(statement, rows)


def _insert(session: Session, table: Any) -> Any:
    """INSERT … ON CONFLICT, which both databases have but SQLAlchemy keeps apart."""
    assert isinstance(table, Table)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


def add_up(session: Session, model: type[Base], rows: list[dict[str, Any]], *, columns: Sequence[str]) -> None:
    """Add rows; where there is one of the same key, add to these columns of it."""
    table = model.__table__
    statement = _insert(session, table)
    sums = {name: table.c[name] + statement.excluded[name] for name in columns}
    statement = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums)
    if rows:
        session.connection().execute(statement, rows)
