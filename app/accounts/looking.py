"""Looking at the admin through the eyes of another role: it only narrows what somebody may, and changes nothing."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import SignedIn
from app.accounts.roles import get_role
from app.accounts.tokens import hash_token


def look_as(session: Session, token: str, *, role: str) -> None:
    """Let the browser with this session token look as ``role``. Raises ``RoleUnknown``."""
    _set(session, token, get_role(session, role).name)


def stop_looking(session: Session, token: str) -> None:
    """Let this browser see what its person may see."""
    _set(session, token, None)


def _set(session: Session, token: str, role: str | None) -> None:
    session.execute(update(SignedIn).where(SignedIn.token_hash == hash_token(token)).values(as_role=role))
