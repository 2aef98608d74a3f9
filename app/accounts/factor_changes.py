"""Second factors coming and going. Each change signs other browsers out, and ends what was begun with the factors of
before; the last factor takes the recovery codes with it."""

from sqlalchemy.orm import Session

from app.accounts import authenticators, passkeys, recovery
from app.accounts.ceremonies import end_all_ceremonies
from app.accounts.factors import find_ways, get_standing, note_demand
from app.accounts.models import Account
from app.accounts.models_doors import Passkey
from app.accounts.passkeys import NewPasskey
from app.accounts.signing_in import end_all_sessions


class LastFactorDemanded(Exception):
    """Your role asks for a second step. Add another one first, then take this one away."""


class LastWayIn(Exception):
    """You have no password, and without this passkey no way to sign in. Choose a password first."""


def add_passkey(session: Session, account_id: int, *, new: NewPasskey, name: str, token: str) -> Passkey:
    """Add a passkey that has worked. ``token``: the browser that stays signed in.

    Raises ``PasskeyNameUnfit``, ``PasskeyTaken``.
    """
    passkey = passkeys.keep(session, account_id, new=new, name=name)
    _settle(session, account_id, token=token)
    return passkey


def remove_passkey(session: Session, account_id: int, *, passkey_id: int, token: str) -> str:
    """Take a passkey away; returns its name. Raises ``PasskeyGone``, ``LastFactorDemanded``, ``LastWayIn``."""
    passkeys.get_passkey(session, account_id, passkey_id=passkey_id)
    _check_dispensable(session, account_id)
    name = passkeys.forget(session, account_id, passkey_id=passkey_id)
    _settle(session, account_id, token=token)
    return name


def add_authenticator(
    session: Session, account_id: int, *, sealed: str, code: str, secret_key: str, token: str
) -> None:
    """Let an app count, in place of the one before, as it shows the right code. Raises ``CodeWrong``."""
    authenticators.confirm(session, account_id, sealed=sealed, code=code, secret_key=secret_key)
    _settle(session, account_id, token=token)


def remove_authenticator(session: Session, account_id: int, *, token: str) -> bool:
    """Let the app count no longer; whether there was one. Raises ``LastFactorDemanded``."""
    if authenticators.find_authenticator(session, account_id) is None:
        return False
    _check_dispensable(session, account_id)
    authenticators.forget(session, account_id)
    _settle(session, account_id, token=token)
    return True


def forget_all(session: Session, account_id: int) -> list[str]:
    """Take away every second step of somebody who has lost them; returns which there were.

    If their role demands one, their days begin anew. Sessions are the caller's to end.
    """
    account = session.get_one(Account, account_id)
    ways = find_ways(session, account)
    for passkey in passkeys.list_passkeys(session, account_id):
        session.delete(passkey)
    authenticators.forget(session, account_id)
    recovery.forget(session, account_id)
    end_all_ceremonies(session, account_id)
    account.second_factor_due_at = None
    note_demand(session, account)
    return ways


def _check_dispensable(session: Session, account_id: int) -> None:
    # Held, so that two requests at once do not take the last two away.
    account = session.get_one(Account, account_id, with_for_update=True)
    standing = get_standing(session, account)
    if standing.is_last and not standing.has_password:
        raise LastWayIn
    if standing.is_last and standing.is_demanded:
        raise LastFactorDemanded


def _settle(session: Session, account_id: int, *, token: str) -> None:
    if not find_ways(session, session.get_one(Account, account_id)):
        recovery.forget(session, account_id)
    end_all_ceremonies(session, account_id)
    end_all_sessions(session, account_id, but=token)
