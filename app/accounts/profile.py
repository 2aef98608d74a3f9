"""What people say about themselves, and their own password."""

from sqlalchemy.orm import Session

from app import changes
from app.accounts.naming import check_name
from app.accounts.reading import get_account
from app.accounts.signing_in import end_all_sessions
from app.text import clean_block

BIOGRAPHY_LENGTH = 2000


class BiographyTooLong(Exception):
    """A biography has at most 2,000 characters."""


def change_profile(session: Session, account_id: int, *, name: str, biography: str) -> None:
    """Change the name and the biography (plain text). The author's page keeps its address: links to it live on.

    Raises ``BiographyTooLong``, or what ``naming`` has against the name.
    """
    kept = clean_block(biography).strip()
    if len(kept) > BIOGRAPHY_LENGTH:
        raise BiographyTooLong
    account = get_account(session, account_id)
    account.name = check_name(name)
    account.biography = kept
    session.flush()
    changes.note(session, f"author:{account_id}")


def change_password(session: Session, account_id: int, *, password_hash: str, token: str) -> None:
    """Set a new password and sign the person out everywhere but in the browser with this token."""
    get_account(session, account_id).password_hash = password_hash
    end_all_sessions(session, account_id, but=token)
    session.flush()
