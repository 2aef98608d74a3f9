"""Signing in and out: passwords, and the sessions that a sign-in opens."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account, SignedIn
from app.accounts.tokens import hash_token, make_token


def find_signed_in(session: Session, token: str) -> SignedIn | None:
    """The browser session of this cookie token, if it is known and its account is active."""
    found = session.scalar(select(SignedIn).where(SignedIn.token_hash == hash_token(token)))
    return found if found is not None and found.account.is_active else None


def open_session(session: Session, account: Account) -> str:
    """Sign ``account`` in: a new session each time, never a reused one. Returns the cookie's token."""
    token = make_token()
    session.add(SignedIn(token_hash=hash_token(token), account_id=account.id, created_at=clock.now()))
    session.flush()
    return token


def end_session(session: Session, token: str) -> None:
    """Sign this browser out; the token is useless from then on."""
    session.execute(delete(SignedIn).where(SignedIn.token_hash == hash_token(token)))


def end_all_sessions(session: Session, account_id: int, *, but: str | None = None) -> None:
    """Sign an account out everywhere, except in the browser whose token is ``but``."""
    ended = delete(SignedIn).where(SignedIn.account_id == account_id)
    if but is not None:
        ended = ended.where(SignedIn.token_hash != hash_token(but))
    session.execute(ended)
