"""The questions about people."""

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.models_doors import Passkey
from app.accounts.naming import tidy_email
from app.slugging import number, slugify


class AccountUnknown(Exception):
    """There is nobody with this number or e-mail address."""


def find_account(session: Session, account_id: int) -> Account | None:
    return session.get(Account, account_id)


def get_account(session: Session, account_id: int) -> Account:
    """The account with this id; raises ``AccountUnknown``."""
    account = find_account(session, account_id)
    if account is None:
        raise AccountUnknown(f"There is nobody with the number {account_id}.")
    return account


def find_account_by_slug(session: Session, slug: str) -> Account | None:
    """Whose author's page /author/<slug> is."""
    return session.scalar(select(Account).where(Account.slug == slug))


def find_account_by_email(session: Session, email: str) -> Account | None:
    """Whose e-mail address this is, however it is capitalised."""
    return session.scalar(select(Account).where(Account.email == tidy_email(email)))


def find_account_by_name(session: Session, name: str) -> Account | None:
    """The oldest account with exactly this name."""
    return session.scalar(select(Account).where(Account.name == name).order_by(Account.id).limit(1))


def list_accounts(session: Session) -> list[Account]:
    """Everybody: those who can still come in first, each group by name."""
    inactive = Account.deactivated_at.is_not(None)
    return list(session.scalars(select(Account).order_by(inactive, func.lower(Account.name), Account.id)))


def has_admin(session: Session) -> bool:
    """Whether there is an admin who can sign in: then nobody needs to set the site up."""
    return bool(list_admin_ids(session, limit=1))


def list_admin_ids(session: Session, *, limit: int | None = None, locked: bool = False) -> list[int]:
    """The admins who can sign in, by id; ``locked``: nobody else changes them until this session commits."""
    wanted = select(Account.id).where(
        Account.role == "admin",
        Account.deactivated_at.is_(None),
        Account.email.is_not(None),
        or_(Account.password_hash.is_not(None), exists().where(Passkey.account_id == Account.id)),
    )
    wanted = wanted.order_by(Account.id).limit(limit)
    return list(session.scalars(wanted.with_for_update() if locked else wanted))


def find_free_slug(session: Session, name: str) -> str:
    """A slug for this name that no other account has: from the name, or ``author`` if nothing is left of it."""
    base = slugify(name) or "author"
    taken = set(
        session.scalars(select(Account.slug).where(or_(Account.slug == base, Account.slug.like(f"{base[:70]}%"))))
    )
    attempt = 1
    while number(base, attempt) in taken:
        attempt += 1
    return number(base, attempt)
