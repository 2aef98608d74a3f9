"""Leaving for good: the account is deleted, once everything that was theirs belongs to somebody else."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.inviting import forget_invitations, revoke_all_by
from app.accounts.membership import LastAdmin
from app.accounts.models import Account
from app.accounts.reading import AccountUnknown, get_account, list_admin_ids


class HeirUnfit(Exception):
    """Choose somebody else who is here and active: what was theirs needs somebody to look after it."""


def take_leave(session: Session, account_id: int, *, heir_id: int) -> tuple[Account, Account]:
    """Who leaves and who gets what is theirs, both held until the commit.

    Raises ``AccountUnknown``, ``LastAdmin``, ``HeirUnfit``.
    """
    if list_admin_ids(session, locked=True) == [account_id]:
        raise LastAdmin
    if heir_id == account_id:
        raise HeirUnfit
    held = {
        number: session.get(Account, number, with_for_update=True, populate_existing=True)
        for number in sorted({account_id, heir_id})  # in one order, so that no two wait for each other
    }
    account, heir = held[account_id], held[heir_id]
    if account is None:
        raise AccountUnknown(f"There is nobody with the number {account_id}.")
    if heir is None or not heir.is_active:
        raise HeirUnfit
    return account, heir


def delete_person(session: Session, account_id: int) -> None:
    """Delete the account with its sessions, factors and links; nothing may be theirs any more.

    Invitations that they made open nothing any more, and how they were invited themselves is forgotten.
    """
    account = get_account(session, account_id)
    revoke_all_by(session, account_id)
    if account.email is not None:
        forget_invitations(session, account.email)
    session.execute(delete(Account).where(Account.id == account_id))
    session.expire_all()
