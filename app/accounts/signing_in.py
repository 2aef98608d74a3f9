"""Signing in and out: passwords, and the sessions that a sign-in opens."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account, SignedIn
from app.accounts.passwords import hash_password, is_outdated, verify
from app.accounts.reading import find_account_by_email
from app.accounts.tokens import hash_token, make_token

IDLE = timedelta(days=30)
"""A browser in which nobody did anything for this long is signed out."""
SEEN_EVERY = timedelta(minutes=1)


class SignInRefused(Exception):
    """This e-mail address and this password do not belong together."""


@dataclass(frozen=True)
class Recognised:
    """Somebody whose password was right: who, the hash it was checked against, and what to keep from now on."""

    account_id: int
    checked_hash: str
    new_hash: str


def authenticate(session: Session, *, email: str, password: str) -> Recognised:
    """Check a password; nothing is written. Raises ``SignInRefused``.

    An unknown address, a wrong password, a byline and a deactivated account get the same answer after the
    same work, so that nobody learns who has an account.
    """
    account = find_account_by_email(session, email)
    kept = account.password_hash if account is not None and account.can_sign_in else None
    if not verify(kept, password) or account is None or kept is None:
        raise SignInRefused
    return Recognised(account.id, kept, hash_password(password) if is_outdated(kept) else kept)


def sign_in(session: Session, recognised: Recognised) -> str:
    """Open a session for somebody who was recognised. Returns the cookie's token.

    Raises ``SignInRefused`` if the account was deactivated or its password changed since.
    """
    account = session.get(Account, recognised.account_id, with_for_update=True, populate_existing=True)
    if account is None or not account.can_sign_in or account.password_hash != recognised.checked_hash:
        raise SignInRefused
    account.password_hash = recognised.new_hash
    return open_session(session, account)


def open_session(session: Session, account: Account) -> str:
    """Sign ``account`` in: a new session each time, never a reused one. Returns the cookie's token."""
    token, now = make_token(), clock.now()
    session.execute(delete(SignedIn).where(SignedIn.account_id == account.id, SignedIn.last_seen_at < now - IDLE))
    session.add(SignedIn(token_hash=hash_token(token), account_id=account.id, created_at=now, last_seen_at=now))
    account.last_seen_at = now
    session.flush()
    return token


def find_signed_in(session: Session, token: str) -> SignedIn | None:
    """The browser session of this cookie token, if it is known, not idle for 30 days, and its account active."""
    found = session.scalar(
        select(SignedIn).where(SignedIn.token_hash == hash_token(token), SignedIn.last_seen_at > clock.now() - IDLE)
    )
    return found if found is not None and found.account.is_active else None


def is_to_be_noted(signed_in: SignedIn) -> bool:
    """Whether its "last seen" is more than a minute old."""
    return signed_in.last_seen_at < clock.now() - SEEN_EVERY


def note_seen(session: Session, token: str) -> None:
    """Write down that this browser was just used, unless that was done within the last minute."""
    now = clock.now()
    seen = session.scalar(
        update(SignedIn)
        .where(SignedIn.token_hash == hash_token(token), SignedIn.last_seen_at < now - SEEN_EVERY)
        .values(last_seen_at=now)
        .returning(SignedIn.account_id)
    )
    if seen is not None:
        session.execute(update(Account).where(Account.id == seen).values(last_seen_at=now))


def end_session(session: Session, token: str) -> None:
    """Sign this browser out; the token is useless from then on."""
    session.execute(delete(SignedIn).where(SignedIn.token_hash == hash_token(token)))


def end_all_sessions(session: Session, account_id: int, *, but: str | None = None) -> None:
    """Sign an account out everywhere, except in the browser whose token is ``but``."""
    ended = delete(SignedIn).where(SignedIn.account_id == account_id)
    if but is not None:
        ended = ended.where(SignedIn.token_hash != hash_token(but))
    session.execute(ended)
