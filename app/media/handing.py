"""Handing over the files somebody uploaded to somebody else: for a person who leaves for good."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.media.models import Media


def count_of(session: Session, account_id: int) -> int:
    """How many files somebody uploaded."""
    return session.scalar(select(func.count()).select_from(Media).where(Media.account_id == account_id)) or 0


def hand_over(session: Session, account_id: int, *, to_id: int) -> int:
    """Make the files of one person those of another; returns how many there are."""
    number = count_of(session, account_id)
    session.execute(update(Media).where(Media.account_id == account_id).values(account_id=to_id))
    return number
