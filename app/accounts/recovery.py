"""Recovery codes: ten on paper, each in place of a second step once, for the day the telephone is lost."""

import secrets
import unicodedata

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models_doors import RecoveryCode
from app.accounts.tokens import hash_token

CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""None that looks like another."""
_GROUPS, _GROUP = 4, 4


class RecoveryCodeWrong(Exception):
    """This is not one of your recovery codes, or it has been used. Each works once; newer ones replace the older."""


def make_codes(session: Session, account_id: int) -> list[str]:
    """Ten new codes in place of all earlier ones. Only their hashes are kept: show them now.

    Each has 79 random bits, so that a plain hash of one cannot be guessed back from a stolen database.
    """
    forget(session, account_id)
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS)) for _ in range(CODES)
    ]
    session.add_all(RecoveryCode(account_id=account_id, code_hash=_hash(account_id, code)) for code in codes)
    session.flush()
    return codes


def use_code(session: Session, account_id: int, *, code: str) -> int:
    """Use one up; returns how many are left. Raises ``RecoveryCodeWrong``, also for the second of two at once."""
    gone = session.scalar(
        delete(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.code_hash == _hash(account_id, code))
        .returning(RecoveryCode.id)
    )
    if gone is None:
        raise RecoveryCodeWrong
    return count_codes(session, account_id)


def count_codes(session: Session, account_id: int) -> int:
    """How many codes somebody has left."""
    return (
        session.scalar(select(func.count()).select_from(RecoveryCode).where(RecoveryCode.account_id == account_id)) or 0
    )


def forget(session: Session, account_id: int) -> None:
    """Make all of somebody's codes useless."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def _hash(account_id: int, code: str) -> str:
    typed = unicodedata.normalize("NFKC", code[:200]).casefold()
    kept = "".join(character for character in typed if character in _LETTERS)
    return hash_token(f"recovery:{account_id}:{kept}")
