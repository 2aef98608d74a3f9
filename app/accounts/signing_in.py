"""Signing in and out: passwords, half a sign-in where a second factor is asked for, and the sessions it opens."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, not_, select, update
from sqlalchemy.orm import Session

from app import clock
from app.accounts import ceremonies
from app.accounts.factors import note_demand
from app.accounts.models import Account, SignedIn
from app.accounts.passwords import hash_password, is_outdated, verify
from app.accounts.reading import find_account_by_email
from app.accounts.tokens import hash_token, make_token
from app.text import clean_line

IDLE = timedelta(days=30)
"""A browser in which nobody did anything for this long is signed out."""
LONGEST = timedelta(days=90)
"""However much is done in it: after this long everybody signs in anew."""
SEEN_EVERY = timedelta(minutes=1)
PROOF_LASTS = timedelta(minutes=10)
"""So long after somebody proved who they are, nothing asks for it again."""
SECOND_STEP = "second-factor"
BROWSER_LENGTH = 300


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


def settle(session: Session, recognised: Recognised) -> Account:
    """The account of somebody who was recognised, with its hash renewed if need be; held until the commit.

    Raises ``SignInRefused`` if the account was deactivated or its password changed since.
    """
    account = session.get(Account, recognised.account_id, with_for_update=True, populate_existing=True)
    if account is None or not account.can_sign_in or account.password_hash != recognised.checked_hash:
        raise SignInRefused
    account.password_hash = recognised.new_hash
    return account


def sign_in(session: Session, recognised: Recognised) -> str:
    """Open a session for somebody who was recognised. Returns the cookie's token; raises ``SignInRefused``."""
    return open_session(session, settle(session, recognised))


def begin_second_step(session: Session, account: Account) -> str:
    """Note that somebody gave the right password and has a second factor to show, within 15 minutes.

    Returns the token of that ceremony, for this browser's cookie: it opens nothing by itself.
    """
    return ceremonies.begin(session, SECOND_STEP, account_id=account.id, data={"means": "password"})


def open_session(
    session: Session, account: Account, *, means: str = "password", browser: str = "", network: str = ""
) -> str:
    """Sign ``account`` in: a new session each time, never a reused one. Returns the cookie's token.

    ``means`` is how they proved who they are (see ``SignedIn``), ``browser`` the User-Agent, ``network`` shortened.
    """
    token, now = make_token(), clock.now()
    session.execute(delete(SignedIn).where(SignedIn.account_id == account.id, not_(_is_live())))
    session.add(
        SignedIn(
            token_hash=hash_token(token),
            account_id=account.id,
            created_at=now,
            last_seen_at=now,
            proved_at=now,
            means=means,
            browser=clean_line(browser)[:BROWSER_LENGTH],
            network=network,
        )
    )
    account.last_seen_at = now
    note_demand(session, account)
    session.flush()
    return token


def find_signed_in(session: Session, token: str) -> SignedIn | None:
    """The browser session of this cookie token, if it is known, neither idle nor too old, and its account active."""
    found = session.scalar(select(SignedIn).where(SignedIn.token_hash == hash_token(token), _is_live()))
    return found if found is not None and found.account.is_active else None


def list_sessions(session: Session, account_id: int) -> list[SignedIn]:
    """The browsers in which somebody is signed in, the one used last first."""
    wanted = select(SignedIn).where(SignedIn.account_id == account_id, _is_live())
    return list(session.scalars(wanted.order_by(SignedIn.last_seen_at.desc(), SignedIn.id.desc())))


def has_proved_lately(signed_in: SignedIn) -> bool:
    """Whether they proved who they are within the last ten minutes: enough for what is dangerous."""
    return signed_in.proved_at is not None and signed_in.proved_at > clock.now() - PROOF_LASTS


def note_proved(session: Session, token: str) -> None:
    """Write down that whoever uses this browser has just proved who they are."""
    session.execute(update(SignedIn).where(SignedIn.token_hash == hash_token(token)).values(proved_at=clock.now()))


def is_to_be_noted(signed_in: SignedIn) -> bool:
    """Whether its "last seen" is more than a minute old."""
    return signed_in.last_seen_at < clock.now() - SEEN_EVERY


def note_seen(session: Session, token: str, *, network: str = "") -> None:
    """Write down that this browser was just used, and from where, unless that was done within the last minute."""
    now = clock.now()
    seen = session.scalar(
        update(SignedIn)
        .where(SignedIn.token_hash == hash_token(token), SignedIn.last_seen_at < now - SEEN_EVERY)
        .values(last_seen_at=now, **({"network": network} if network else {}))
        .returning(SignedIn.account_id)
    )
    if seen is not None:
        session.execute(update(Account).where(Account.id == seen).values(last_seen_at=now))


def end_session(session: Session, token: str) -> None:
    """Sign this browser out; the token is useless from then on."""
    session.execute(delete(SignedIn).where(SignedIn.token_hash == hash_token(token)))


def end_session_by_id(session: Session, account_id: int, *, session_id: int) -> bool:
    """Sign somebody out in one of their browsers; False if it is not theirs, or over already."""
    ended = delete(SignedIn).where(SignedIn.id == session_id, SignedIn.account_id == account_id)
    return session.scalar(ended.returning(SignedIn.id)) is not None


def end_all_sessions(session: Session, account_id: int, *, but: str | None = None) -> None:
    """Sign an account out everywhere, except in the browser whose token is ``but``.

    Half a sign-in goes too: whoever was on its way in starts again.
    """
    ended = delete(SignedIn).where(SignedIn.account_id == account_id)
    if but is not None:
        ended = ended.where(SignedIn.token_hash != hash_token(but))
    session.execute(ended)
    ceremonies.end_all_ceremonies(session, account_id)


def _is_live() -> ColumnElement[bool]:
    now = clock.now()
    return and_(SignedIn.last_seen_at > now - IDLE, SignedIn.created_at > now - LONGEST)
