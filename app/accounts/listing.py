"""The list of people: by words, role, and state."""

from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.models_doors import Passkey

T = TypeVar("T")
STATES = {
    "active": "Can sign in",
    "waiting": "Has not signed in yet",
    "byline": "A name above articles only",
    "deactivated": "Deactivated",
}
"""What somebody is at the moment, in words."""
MOST = 500


def list_people(session: Session, *, words: str = "", role: str = "", state: str = "") -> list[Account]:
    """At most ``MOST`` people: those who can still come in first, each group by name.

    ``words``: each is part of the name or address, however it is capitalised. An unknown role or state: nobody.
    """
    return list(session.scalars(_chosen(select(Account), words, role, state).order_by(*_ORDER).limit(MOST)))


def count_people(session: Session, *, words: str = "", role: str = "", state: str = "") -> int:
    """How many ``list_people`` would give without its limit."""
    return session.scalar(_chosen(select(func.count()).select_from(Account), words, role, state)) or 0


_ORDER = (Account.deactivated_at.is_not(None), Account.email.is_(None), func.lower(Account.name), Account.id)


def _chosen(wanted: Select[T], words: str, role: str, state: str) -> Select[T]:
    for word in words.casefold().split()[:10]:
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        like = f"%{escaped}%"
        wanted = wanted.where(
            or_(func.lower(Account.name).like(like, escape="\\"), Account.email.like(like, escape="\\"))
        )
    if role:
        wanted = wanted.where(Account.role == role)
    return wanted.where(_is(state)) if state else wanted


def _is(state: str) -> ColumnElement[bool]:
    has_way = or_(Account.password_hash.is_not(None), exists().where(Passkey.account_id == Account.id))
    active, known = Account.deactivated_at.is_(None), Account.email.is_not(None)
    if state == "deactivated":
        return Account.deactivated_at.is_not(None)
    if state == "byline":
        return and_(active, Account.email.is_(None))
    if state == "waiting":
        return and_(active, known, ~has_way)
    return and_(active, known, has_way) if state == "active" else Account.id < 0
