"""Changes to what somebody is here: role, active or not, the address they sign in with.

The last admin who can sign in cannot be lost: each change that could lose one first takes hold of the rows
of all admins (on SQLite of the whole database), so that two at the same moment cannot both succeed.
"""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.accounts.joining import withdraw_links
from app.accounts.models import ADMIN, Account
from app.accounts.naming import check_email
from app.accounts.reading import AccountUnknown, find_account_by_email, list_admin_ids
from app.accounts.registering import EmailTaken
from app.accounts.roles import get_role, give
from app.accounts.signing_in import end_all_sessions


class LastAdmin(Exception):
    """This is the only admin who can sign in. Make somebody else an admin first."""


class AddressInUse(Exception):
    """This person signs in already; they keep the address they sign in with."""


def change_role(session: Session, account_id: int, *, role: str) -> Account:
    """Give somebody another role; they have to sign in anew. Raises ``RoleUnknown``, ``LastAdmin``."""
    given = get_role(session, role)
    account = _take_hold(session, account_id, loses_admin=role != ADMIN)
    give(session, account, given)
    return account


def deactivate(session: Session, account_id: int) -> Account:
    """Sign somebody out for good; what they wrote stays. Raises ``LastAdmin``."""
    account = _take_hold(session, account_id, loses_admin=True)
    if account.deactivated_at is None:
        account.deactivated_at = clock.now()
    end_all_sessions(session, account_id)
    withdraw_links(session, account_id)
    session.flush()
    return account


def reactivate(session: Session, account_id: int) -> Account:
    """Let somebody sign in again, with the password they had."""
    account = _take_hold(session, account_id, loses_admin=False)
    account.deactivated_at = None
    session.flush()
    return account


def give_address(session: Session, account_id: int, *, email: str) -> Account:
    """Give a byline, or somebody who has not signed in yet, an address to sign in with.

    Raises ``EmailTaken``, ``EmailInvalid``, ``AddressInUse``.
    """
    kept = check_email(email)
    account = _take_hold(session, account_id, loses_admin=False)
    if account.email == kept:
        return account
    if account.password_hash is not None:
        raise AddressInUse
    if find_account_by_email(session, kept) is not None:
        raise EmailTaken
    withdraw_links(session, account_id)
    try:
        with session.begin_nested():
            account.email = kept
    except IntegrityError:
        raise EmailTaken from None  # somebody took it between our question and our change
    return account


def _take_hold(session: Session, account_id: int, *, loses_admin: bool) -> Account:
    if loses_admin and list_admin_ids(session, locked=True) == [account_id]:
        raise LastAdmin
    account = session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None:
        raise AccountUnknown(f"There is nobody with the number {account_id}.")
    return account
