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
from app.accounts.signing_in import end_all_sessions

LASTS, BACK_LASTS = timedelta(hours=24), timedelta(days=7)
PURPOSE, BACK = "address", "address-back"


class SameAddress(Exception):
    """This is your address already."""


class Moved(NamedTuple):
    """Whose address changed, and what it was."""

    account: Account
    former: str | None
    way_back: str | None
    """The token of a link for the former address, which gives it back; None where it was just given back."""


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
    return find_link(session, token, purpose=PURPOSE) or find_link(session, token, purpose=BACK)


def confirm(session: Session, *, token: str) -> Moved:
    """Change the address; every link that was sent to the former one stops working.

    Giving it back also signs out every browser. Raises ``LinkUseless``; ``EmailTaken`` where somebody has got the
    address meanwhile.
    """
    is_back = find_link(session, token, purpose=BACK) is not None
    used = use_link(session, token, purpose=BACK if is_back else PURPOSE)
    account, former = used.account, used.account.email
    if used.email is None or (former != used.email and find_account_by_email(session, used.email) is not None):
        raise EmailTaken
    withdraw_links(session, account.id)
    try:
        with session.begin_nested():
            account.email = used.email
    except IntegrityError:
        raise EmailTaken from None
    if is_back:
        end_all_sessions(session, account.id)
    if is_back or former is None:
        return Moved(account, former, None)
    return Moved(account, former, offer_link(session, account, purpose=BACK, lasts=BACK_LASTS, email=former))
