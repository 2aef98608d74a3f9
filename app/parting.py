"""A person leaves for good: every room hands over what is theirs, then the account goes, all in one commit."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from app import mail
from app.accounts import leaving
from app.articles import handing as articles
from app.media import handing as media


class Parted(NamedTuple):
    """Who left, who has what was theirs, and how much that is."""

    name: str
    heir_id: int
    heir: str
    articles: int
    files: int


def part(session: Session, account_id: int, *, heir_id: int) -> Parted:
    """Delete a person and hand what is theirs to another.

    Raises ``AccountUnknown``, ``LastAdmin``, ``HeirUnfit``.
    """
    account, heir = leaving.take_leave(session, account_id, heir_id=heir_id)
    name, email, heir_name = account.name, account.email, heir.name
    parted = Parted(
        name,
        heir_id,
        heir_name,
        articles.hand_over(session, account, to=heir),
        media.hand_over(session, account_id, to_id=heir_id),
    )
    leaving.delete_person(session, account_id)
    if email is not None:
        mail.forget(session, recipient=email)
    return parted
