"""A forgotten password: a link by mail, by which another one is chosen. It works once, within an hour."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.ceremonies import end_all_ceremonies
from app.accounts.joining import find_link, offer_link, use_link, withdraw_links
from app.accounts.models import Account, OneTimeLink
from app.accounts.reading import find_account_by_email
from app.accounts.signing_in import end_all_sessions

LASTS = timedelta(hours=1)
PURPOSE = "reset"


def ask(session: Session, *, email: str) -> tuple[Account, str] | None:
    """Whose address this is and the token of a link, the only one that works from now on; None for nobody's.

    Somebody who is deactivated gets none.
    """
    account = find_account_by_email(session, email)
    if account is None or not account.is_active:
        return None
    session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account.id, OneTimeLink.purpose == PURPOSE))
    return account, offer_link(session, account, purpose=PURPOSE, lasts=LASTS)


def find_forgetful(session: Session, token: str) -> Account | None:
    """Who may choose another password with this token now."""
    link = find_link(session, token, purpose=PURPOSE)
    return link.account if link is not None else None


def reset(session: Session, *, token: str, password_hash: str) -> Account:
    """Set the password, use up every link of theirs, and sign them out everywhere. A second factor stays as it is.

    Raises ``LinkUseless``, also for the second of two at the same moment.
    """
    account = use_link(session, token, purpose=PURPOSE).account
    account.password_hash = password_hash
    withdraw_links(session, account.id)
    end_all_ceremonies(session, account.id)
    end_all_sessions(session, account.id)
    session.flush()
    return account
