"""Joining: the set-up of the site by its first admin, people added by an admin, and their first password.

All of it by links that work once. The database keeps a link's hash only.
"""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account, OneTimeLink
from app.accounts.naming import check_email, check_name
from app.accounts.reading import has_admin
from app.accounts.registering import register
from app.accounts.roles import get_role
from app.accounts.signing_in import end_all_sessions
from app.accounts.tokens import hash_token, make_token

WELCOME_LASTS = timedelta(days=7)
WELCOME = "welcome"


class LinkUseless(Exception):
    """This link has been used, has been replaced by a newer one, or is too old."""


class NoAddress(Exception):
    """Without an e-mail address nobody can sign in: give one first."""


class AccountInactive(Exception):
    """This account is deactivated: reactivate it first."""


# The site's first admin


def offer_setup_link(session: Session) -> str | None:
    """The token of a new set-up link, which replaces all earlier ones; None once there is an admin."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.account_id.is_(None)))
    if has_admin(session):
        return None
    token = make_token()
    session.add(OneTimeLink(token_hash=hash_token(token), purpose="setup"))
    session.flush()
    return token


def is_setup_link(session: Session, token: str) -> bool:
    """Whether the site can be set up with this token now."""
    known = select(OneTimeLink.id).where(OneTimeLink.token_hash == hash_token(token), OneTimeLink.account_id.is_(None))
    return session.scalar(known) is not None and not has_admin(session)


def set_up(session: Session, *, token: str, name: str, email: str, password_hash: str) -> Account:
    """Make the first admin and use the link up. Of several at the same moment one succeeds.

    Raises ``LinkUseless``, ``EmailTaken``, or what ``naming`` has against the name or address.
    """
    # All set-up links go at once: a second request waits for these rows, and then finds none.
    gone = session.scalars(
        delete(OneTimeLink).where(OneTimeLink.account_id.is_(None)).returning(OneTimeLink.token_hash)
    ).all()
    if hash_token(token) not in gone or has_admin(session):
        raise LinkUseless
    return register(session, name=check_name(name), email=check_email(email), role="admin", password_hash=password_hash)


# Everybody after that


def add_person(session: Session, *, name: str, email: str, role: str, password_hash: str | None = None) -> Account:
    """Make an account. Raises ``RoleUnknown``, ``EmailTaken``, or what ``naming`` has against the rest."""
    get_role(session, role)
    return register(session, name=check_name(name), email=check_email(email), role=role, password_hash=password_hash)


def offer_welcome_link(session: Session, account: Account) -> str:
    """The token of a link by which this person chooses a password; earlier links of theirs stop working.

    It lasts seven days. Raises ``NoAddress`` or ``AccountInactive``.
    """
    if account.email is None:
        raise NoAddress
    if not account.is_active:
        raise AccountInactive
    withdraw_links(session, account.id)
    return offer_link(session, account, purpose=WELCOME, lasts=WELCOME_LASTS)


def find_welcomed(session: Session, token: str) -> Account | None:
    """Who may choose a password with this token now."""
    link = find_link(session, token, purpose=WELCOME)
    return link.account if link is not None else None


def welcome(session: Session, *, token: str, password_hash: str) -> Account:
    """Set the password of the link's person and use the link up; they are signed out wherever they were in.

    Raises ``LinkUseless``, also for the second of two at the same moment.
    """
    account = use_link(session, token, purpose=WELCOME).account
    account.password_hash = password_hash
    end_all_sessions(session, account.id)
    session.flush()
    return account


def withdraw_links(session: Session, account_id: int) -> None:
    """Make the links that were given to this person useless."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account_id))


# Links of every purpose


class UsedLink(NamedTuple):
    """What a link was for, once it is used up."""

    account: Account
    email: str | None


def offer_link(session: Session, account: Account, *, purpose: str, lasts: timedelta, email: str | None = None) -> str:
    """The token of a new link for this person. It works for its purpose and for nothing else."""
    token, now = make_token(), clock.now()
    session.add(
        OneTimeLink(
            token_hash=hash_token(token),
            account_id=account.id,
            purpose=purpose,
            email=email,
            created_at=now,
            expires_at=now + lasts,
        )
    )
    session.flush()
    return token


def find_link(session: Session, token: str, *, purpose: str) -> OneTimeLink | None:
    """The link that can be used now for this purpose, by somebody who is active."""
    link = session.scalar(select(OneTimeLink).where(_usable(token, purpose)))
    return link if link is not None and link.account is not None and link.account.is_active else None


def use_link(session: Session, token: str, *, purpose: str) -> UsedLink:
    """Use a link up, and hold its account. Raises ``LinkUseless``, also for the second of two at the same moment."""
    gone = session.execute(
        delete(OneTimeLink).where(_usable(token, purpose)).returning(OneTimeLink.account_id, OneTimeLink.email)
    ).one_or_none()
    account = session.get(Account, gone.account_id, with_for_update=True, populate_existing=True) if gone else None
    if gone is None or account is None or not account.is_active:
        raise LinkUseless
    return UsedLink(account, gone.email)


def _usable(token: str, purpose: str) -> ColumnElement[bool]:
    return and_(
        OneTimeLink.token_hash == hash_token(token),
        OneTimeLink.purpose == purpose,
        OneTimeLink.account_id.is_not(None),
        OneTimeLink.expires_at > clock.now(),
    )
