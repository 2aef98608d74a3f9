"""The rescue of somebody who is locked out: a link from the command line that signs them in, whatever they lost."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts import limiting
from app.accounts.factor_changes import forget_all
from app.accounts.joining import AccountInactive, NoAddress, find_link, offer_link, use_link, withdraw_links
from app.accounts.models import Account, OneTimeLink
from app.accounts.signing_in import end_all_sessions

LASTS = timedelta(hours=1)
PURPOSE = "rescue"


def offer_rescue(session: Session, account: Account) -> str:
    """The token of a link that lets this person in; a former one stops working. It lasts an hour.

    Raises ``NoAddress`` or ``AccountInactive``.
    """
    if account.email is None:
        raise NoAddress
    if not account.is_active:
        raise AccountInactive
    session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account.id, OneTimeLink.purpose == PURPOSE))
    return offer_link(session, account, purpose=PURPOSE, lasts=LASTS)


def find_rescued(session: Session, token: str) -> Account | None:
    """Whom this link lets in now."""
    link = find_link(session, token, purpose=PURPOSE)
    return link.account if link is not None else None


def rescue(session: Session, *, token: str, password_hash: str | None, secret: str) -> tuple[Account, list[str]]:
    """Use the link up: second factors go, sessions end, other links and wrong tries are forgotten.

    Returns the account, for a session of its own, and the factors that it had. ``password_hash``: a new password;
    None: it stays as it is. ``secret`` is the limiter's. Raises ``LinkUseless``.
    """
    account = use_link(session, token, purpose=PURPOSE).account
    ways = forget_all(session, account.id)
    if password_hash is not None:
        account.password_hash = password_hash
    withdraw_links(session, account.id)
    end_all_sessions(session, account.id)
    limiting.forgive(session, secret=secret, accounts=[account.email or "", account.id])
    session.flush()
    return account, ways
