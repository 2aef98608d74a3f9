"""Changing the address one signs in with: it is confirmed by a link sent to the new one, within a day."""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.joining import find_link, offer_link, use_link, withdraw_links
from app.accounts.models import Account, OneTimeLink
from app.accounts.naming import check_email
from app.accounts.reading import find_account_by_email, get_account
from app.accounts.registering import EmailTaken

LASTS = timedelta(hours=24)
PURPOSE = "address"


class SameAddress(Exception):
    """This is your address already."""


class Moved(NamedTuple):
    """Whose address changed, and what it was."""

    account: Account
    former: str | None


def ask(session: Session, account_id: int, *, email: str) -> str | None:
    """The token of a link that makes ``email`` this person's; None where somebody else has it.

    Earlier ones stop working. Raises ``EmailInvalid``, ``SameAddress``.
    """
    kept, account = check_email(email), get_account(session, account_id)
    if account.email == kept:
        raise SameAddress
    session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account_id, OneTimeLink.purpose == PURPOSE))
    if find_account_by_email(session, kept) is not None:
        return None
    return offer_link(session, account, purpose=PURPOSE, lasts=LASTS, email=kept)


def find_asked(session: Session, token: str) -> OneTimeLink | None:
    """Whose address would become what with this token now."""
    return find_link(session, token, purpose=PURPOSE)


def confirm(session: Session, *, token: str) -> Moved:
    """Change the address; every link that was sent to the former one stops working.

    Raises ``LinkUseless``; ``EmailTaken`` where somebody has got it meanwhile.
    """
    used = use_link(session, token, purpose=PURPOSE)
    account, former = used.account, used.account.email
    if used.email is None or find_account_by_email(session, used.email) is not None:
        raise EmailTaken
    withdraw_links(session, account.id)
    try:
        with session.begin_nested():
            account.email = used.email
    except IntegrityError:
        raise EmailTaken from None
    return Moved(account, former)
