"""What one request of a browser begins and another request of the same browser ends: half a sign-in, a challenge.

The browser holds the token, the database its hash. A ceremony is for one purpose and used up by success, by too
many tries, and by time; what was begun in another browser, or for another purpose, is as good as none.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models_doors import Ceremony
from app.accounts.tokens import hash_token, make_token

LASTS = timedelta(minutes=15)
TRIES = 5


class CeremonyOver(Exception):
    """This was begun too long ago, has been used, or was tried too often. Please start again."""


def begin(
    session: Session,
    purpose: str,
    *,
    account_id: int | None = None,
    data: dict[str, str] | None = None,
    lasts: timedelta = LASTS,
) -> str:
    """Begin something. Returns the token for the browser's cookie. What has expired is cleared away."""
    token, now = make_token(), clock.now()
    session.execute(delete(Ceremony).where(Ceremony.expires_at <= now))
    session.add(
        Ceremony(
            token_hash=hash_token(token), purpose=purpose, account_id=account_id, data=data or {}, tries=0,
            created_at=now, expires_at=now + lasts,
        )
    )  # fmt: skip
    session.flush()
    return token


def find_ceremony(session: Session, token: str, *, purpose: str) -> Ceremony | None:
    """What this browser has begun for this purpose, while it can still be ended."""
    return session.scalar(select(Ceremony).where(_alive(token, purpose)))


def try_to_end(session: Session, token: str, *, purpose: str) -> Ceremony:
    """Spend one of the tries, before the secret is looked at: of many guesses at once no more than that are heard.

    Commit also when the guess was wrong. Raises ``CeremonyOver``.
    """
    spent = update(Ceremony).where(_alive(token, purpose)).values(tries=Ceremony.tries + 1).returning(Ceremony.id)
    found = session.scalar(spent)
    if found is None:
        raise CeremonyOver
    return session.get_one(Ceremony, found, populate_existing=True)


def use_up(session: Session, token: str, *, purpose: str) -> Ceremony:
    """End it: no second request can. Returns what it was, which is no longer kept. Raises ``CeremonyOver``."""
    ceremony = find_ceremony(session, token, purpose=purpose)
    if ceremony is None:
        raise CeremonyOver
    gone = session.scalar(delete(Ceremony).where(_alive(token, purpose)).returning(Ceremony.id))
    if gone is None:
        raise CeremonyOver  # another request was quicker
    session.expunge(ceremony)
    return ceremony


def remember(session: Session, token: str, *, purpose: str, data: dict[str, str]) -> None:
    """Put more into what is under way, like the challenge of a passkey. Raises ``CeremonyOver``."""
    ceremony = find_ceremony(session, token, purpose=purpose)
    if ceremony is None:
        raise CeremonyOver
    ceremony.data = ceremony.data | data
    session.flush()


def end_all_ceremonies(session: Session, account_id: int) -> None:
    """Make everything useless that was begun for this account: its password or its factors have changed."""
    session.execute(delete(Ceremony).where(Ceremony.account_id == account_id))


def _alive(token: str, purpose: str) -> ColumnElement[bool]:
    return and_(
        Ceremony.token_hash == hash_token(token),
        Ceremony.purpose == purpose,
        Ceremony.expires_at > clock.now(),
        Ceremony.tries < TRIES,
    )
