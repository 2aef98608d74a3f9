"""How far a shared cache has been told what is old: where the log of changes is read on from, whoever dies when.

One process of all machines delivers at a time: it claims the row for a while, asks without holding it, and then
notes what was told. Telling twice does no harm; so what was not noted as told is told again.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Base, Moment

CLAIMED = timedelta(seconds=60)
"""Longer than a delivery takes; after it a claim is somebody's who died."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=10)


class PurgeState(Base):
    """The one row; made at the first delivery."""

    __tablename__ = "purge_state"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    url: Mapped[str] = mapped_column(String(500), default="")
    """Who was told; a new address is told everything."""
    version: Mapped[int | None] = mapped_column(BigInteger)
    """The site's version up to which it was told; None: nothing yet."""
    told_until: Mapped[datetime | None] = mapped_column(Moment)
    """Scheduled changes are told up to this moment."""
    failures: Mapped[int] = mapped_column(default=0)
    """In a row, now."""
    error: Mapped[str] = mapped_column(String(300), default="")
    """Why the last attempt failed; empty after one that did not."""
    next_try_at: Mapped[datetime | None] = mapped_column(Moment)
    claimed_by: Mapped[str] = mapped_column(String(40), default="")
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)


def find_state(session: Session) -> PurgeState | None:
    """How far it is told; None before the first delivery."""
    return session.get(PurgeState, 1)


def may_try(state: PurgeState | None, *, now: datetime) -> bool:
    """Whether nobody is at it and no pause after a failure has to be waited for."""
    if state is None:
        return True
    return not any(moment is not None and moment > now for moment in (state.claimed_until, state.next_try_at))


def claim(session: Session, *, url: str, now: datetime) -> PurgeState | None:
    """Take the delivery to ``url`` upon oneself, in a short transaction; None if somebody else is at it."""
    state = session.get(PurgeState, 1, with_for_update=True)
    if state is None:
        state = PurgeState(id=1)
        session.add(state)
    elif not may_try(state, now=now) and state.url == url:
        return None
    if state.url != url:
        state.url, state.version, state.told_until, state.failures, state.error = url, None, None, 0, ""
    state.claimed_by, state.claimed_until = secrets.token_hex(16), now + CLAIMED
    session.flush()
    return state


def note_told(session: Session, claimed_by: str, *, version: int, until: datetime) -> None:
    """Note a delivery that succeeded; nothing, if the claim was lost meanwhile."""
    state = _claimed(session, claimed_by)
    if state is not None:
        state.version, state.told_until, state.failures, state.error = version, until, 0, ""
        state.next_try_at = state.claimed_until = None
        session.flush()


def note_failed(session: Session, claimed_by: str, *, error: str, now: datetime) -> None:
    """Note a delivery that failed: the pauses before the next one double."""
    state = _claimed(session, claimed_by)
    if state is not None:
        pause = min(FIRST_PAUSE * 2 ** min(state.failures, 20), LONGEST_PAUSE)
        state.failures, state.error, state.next_try_at = state.failures + 1, error[:300], now + pause
        state.claimed_until = None
        session.flush()


def _claimed(session: Session, claimed_by: str) -> PurgeState | None:
    state = session.get(PurgeState, 1, with_for_update=True)
    return state if state is not None and state.claimed_by == claimed_by else None
