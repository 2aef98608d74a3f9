"""The questions about pageviews that the database can answer."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import String, bindparam, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.pageviews.models import (
    JournalOffset,
    PageviewDay,
    PageviewMinute,
    PageviewTotal,
    PageviewVisitor,
    VisitorSalt,
)

SHOWN = PageviewTotal.starting + PageviewTotal.counted - PageviewTotal.corrected
"""THE number people see, as an expression: the public number, lists, their order and the statistics say this one."""


def list_totals(session: Session, ids: Collection[int]) -> dict[int, int]:
    """The folded number of each article, 0 where there is none yet; ``Counter.list_shown`` is the live one."""
    query = select(PageviewTotal.article_id, SHOWN)
    found = {row[0]: row[1] for row in session.execute(query.where(PageviewTotal.article_id.in_(ids)))}
    return {article_id: found.get(article_id, 0) for article_id in ids}


def list_classes(session: Session, article_id: int) -> dict[str, int]:
    """The folded views of an article by class name, counted less corrected; as in the statistics."""
    query = (
        select(PageviewDay.view_class, func.sum(PageviewDay.count - PageviewDay.corrected))
        .where(PageviewDay.article_id == article_id)
        .group_by(PageviewDay.view_class)
    )
    return {name: int(count) for name, count in session.execute(query)}


def list_offsets(session: Session, machine: str) -> dict[str, int]:
    """How far each journal of a machine has been folded, in bytes."""
    query = select(JournalOffset.file, JournalOffset.offset).where(JournalOffset.machine == machine)
    return {row[0]: row[1] for row in session.execute(query)}


def has_other_machines(session: Session, machine: str) -> bool:
    """Whether another machine has journals that are being folded into this database."""
    query = select(JournalOffset.machine).where(JournalOffset.machine != machine).limit(1)
    return session.scalar(query) is not None


def find_salt(session: Session, day: date) -> bytes | None:
    """What the visitor keys of a day are made with, if it was made yet."""
    return session.scalar(select(VisitorSalt.salt).where(VisitorSalt.day == day))


class Keeping(NamedTuple):
    """The first days and the first minute (since 1970) of which something is still kept."""

    salts: date
    readers: date
    minutes: int


def has_leftovers(session: Session, *, keeping: Keeping) -> bool:
    """Whether there are salts, readers or minutes from before."""
    queries = (
        select(literal(1)).where(VisitorSalt.day < keeping.salts),
        select(literal(1)).where(PageviewVisitor.day < keeping.readers),
        select(literal(1)).where(PageviewMinute.minute < keeping.minutes),
    )
    return any(session.scalar(query.limit(1)) is not None for query in queries)


_TOTALS_AND_OFFSETS = union_all(
    select(PageviewTotal.article_id, cast(null(), String), SHOWN).where(
        PageviewTotal.article_id.in_(bindparam("ids", expanding=True))
    ),
    select(literal(0), JournalOffset.file, JournalOffset.offset).where(JournalOffset.machine == bindparam("machine")),
)


def totals_and_offsets(session: Session, ids: Collection[int], machine: str) -> tuple[dict[int, int], dict[str, int]]:
    """``list_totals`` and ``list_offsets`` of one and the same moment: one statement, so one snapshot."""
    found, folded = dict.fromkeys(ids, 0), {}
    rows = session.connection().execute(_TOTALS_AND_OFFSETS, {"ids": list(ids), "machine": machine})
    for article_id, file, number in rows:
        if file is None:
            found[article_id] = number
        else:
            folded[file] = number
    return found, folded
