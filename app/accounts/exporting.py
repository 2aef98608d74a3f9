"""What is known of somebody, as plain data: for their own export. No secret, and no hash of one, is in it."""

from typing import Any

from sqlalchemy.orm import Session

from app.accounts.factors import get_standing
from app.accounts.models import Account
from app.accounts.signing_in import list_sessions


def describe_account(account: Account) -> dict[str, Any]:
    """The account itself."""
    return {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "slug": account.slug,
        "biography": account.biography,
        "role": account.role,
        "language": account.language,
        "created_at": account.created_at,
        "last_seen_at": account.last_seen_at,
    }


def describe_ways_in(session: Session, account: Account) -> dict[str, Any]:
    """How they sign in, and the browsers in which they are signed in."""
    standing = get_standing(session, account)
    return {
        "has_password": standing.has_password,
        "passkeys": [
            {"name": passkey.name, "created_at": passkey.created_at, "last_used_at": passkey.last_used_at}
            for passkey in standing.passkeys
        ],
        "has_authenticator_app": standing.authenticator is not None,
        "recovery_codes_left": standing.codes_left,
        "sessions": [
            {
                "began_at": signed_in.created_at,
                "last_seen_at": signed_in.last_seen_at,
                "means": signed_in.means,
                "browser": signed_in.browser,
                "network": signed_in.network,
            }
            for signed_in in list_sessions(session, account.id)
        ],
    }
