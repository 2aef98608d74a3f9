"""Entering a person into the register: the one place where accounts are made."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.factors import note_demand
from app.accounts.models import Account
from app.accounts.reading import find_account_by_email, find_free_slug

_TRIES = 5


class EmailTaken(Exception):
    """Somebody here has this e-mail address already."""


def register(
    session: Session, *, name: str, role: str, email: str | None = None, password_hash: str | None = None
) -> Account:
    """Make an account with a slug of its own. Name and e-mail are checked already (``naming``).

    Raises ``EmailTaken``, also when somebody else takes the address at the same moment.
    """
    for _ in range(_TRIES):
        if email is not None and find_account_by_email(session, email) is not None:
            raise EmailTaken
        account = Account(
            name=name, role=role, email=email, password_hash=password_hash, slug=find_free_slug(session, name)
        )
        try:
            with session.begin_nested():
                session.add(account)
        except IntegrityError:
            continue  # another request took the slug or the address between our question and our row
        note_demand(session, account)
        return account
    raise RuntimeError(f"no free author address was found for {name!r}")
