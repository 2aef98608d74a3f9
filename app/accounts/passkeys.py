"""Passkeys (WebAuthn): made by somebody's device for this site alone, so that no other site can ask for them.

What browsers are asked and what they answer is JSON, as WebAuthn has it. One is kept once it has worked: the browser
that has made it uses it at once. It can be all somebody needs to sign in where the device checks who uses it
(a finger, a face, a PIN); else it is a second step after the password.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any

import webauthn
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app import clock
from app.accounts.models import Account
from app.accounts.models_doors import Passkey
from app.text import clean_line, is_blank

NAME_LENGTH = 100
LONGEST_ANSWER = 20_000
"""Characters of what a browser answers; a credential's id alone may take 1,400."""
SECONDS = 300
"""How long a browser waits for somebody to find their key."""


class PasskeyRefused(Exception):
    """This passkey did not work. Try again, or use another way."""


class PasskeyUnknown(PasskeyRefused):
    """This site does not know this passkey. It may have been removed here; then remove it from your device as well."""


class PasskeyUnverified(PasskeyRefused):
    """This passkey did not check that it is you, so it is a second step only: sign in with your password first."""


class PasskeyTaken(Exception):
    """This passkey is registered already."""


class PasskeyNameUnfit(Exception):
    """Please give the passkey a name of at most 100 characters, like “My phone”."""


class PasskeyGone(Exception):
    """You have no such passkey any more."""


@dataclass(frozen=True)
class Site:
    """For whom passkeys are: the host name they belong to, the exact address of the pages, and the site's name."""

    id: str
    origin: str
    name: str


@dataclass(frozen=True)
class Asked:
    """What a browser is asked (JSON), and what has to be remembered to check its answer."""

    options: dict[str, Any]
    kept: dict[str, str]


@dataclass(frozen=True)
class NewPasskey:
    """A passkey that was made and has worked once."""

    credential_id: str
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    is_synced: bool


# Making one


def make_handle() -> str:
    """What passkeys know an account by: random, so that a passkey holds no address."""
    return secrets.token_urlsafe(32)


def ask_to_make(
    site: Site, *, handle: str, email: str, name: str, known: list[Passkey] | None = None, is_alone: bool = False
) -> Asked:
    """What a browser needs to make a passkey (``create``) and to use it at once (``get``, but for its id).

    ``is_alone``: there is no password, so the device has to find it by itself and to check who uses it.
    """
    resident = ResidentKeyRequirement.REQUIRED if is_alone else ResidentKeyRequirement.PREFERRED
    create = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name=site.name,
        user_id=handle.encode(),
        user_name=email,
        user_display_name=name or email,
        timeout=SECONDS * 1000,
        exclude_credentials=[_descriptor(passkey) for passkey in known or []],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=resident, user_verification=_verification(is_alone)
        ),
    )
    proof = ask_to_use(site, must_verify=is_alone)
    options = {"create": options_to_json_dict(create), "get": proof.options}
    return Asked(options, {"challenge": bytes_to_base64url(create.challenge), "proof": proof.kept["challenge"]})


def check_new(site: Site, *, kept: dict[str, str], made: str, used: str, is_alone: bool = False) -> NewPasskey:
    """The passkey that was made and used as ``ask_to_make`` asked. Raises ``PasskeyRefused``, ``PasskeyUnverified``."""
    answer = _parse(made)
    try:
        new = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(kept["challenge"]),
            expected_rp_id=site.id,
            expected_origin=site.origin,
        )
    except Exception as refusal:  # what a stranger sends can go wrong in every layer below
        raise PasskeyRefused from refusal
    credential_id = bytes_to_base64url(new.credential_id)
    count, _ = _check(
        site, used, challenge=kept["proof"], credential_id=credential_id, public_key=new.credential_public_key,
        sign_count=new.sign_count, must_verify=is_alone,
    )  # fmt: skip
    return NewPasskey(
        credential_id,
        new.credential_public_key,
        count,
        _transports(answer),
        new.credential_device_type == "multi_device",
    )


def keep(session: Session, account_id: int, *, new: NewPasskey, name: str) -> Passkey:
    """Add a passkey to somebody's. Raises ``PasskeyNameUnfit``, ``PasskeyTaken``."""
    now = clock.now()
    passkey = Passkey(
        account_id=account_id, credential_id=new.credential_id, public_key=new.public_key, sign_count=new.sign_count,
        transports=list(new.transports), is_synced=new.is_synced, name=check_name(name), created_at=now,
        last_used_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(passkey)
    except IntegrityError:
        raise PasskeyTaken from None
    return passkey


def check_name(typed: str) -> str:
    """A passkey's name as it is kept: one line. Raises ``PasskeyNameUnfit``."""
    name = clean_line(typed)
    if is_blank(name) or len(name) > NAME_LENGTH:
        raise PasskeyNameUnfit
    return name


# Using one


def ask_to_use(site: Site, *, known: list[Passkey] | None = None, must_verify: bool = False) -> Asked:
    """What a browser needs to use a passkey: one of ``known``, or whichever it has for this site."""
    options = webauthn.generate_authentication_options(
        rp_id=site.id,
        timeout=SECONDS * 1000,
        allow_credentials=[_descriptor(passkey) for passkey in known or []],
        user_verification=_verification(must_verify),
    )
    return Asked(options_to_json_dict(options), {"challenge": bytes_to_base64url(options.challenge)})


def use(
    session: Session, site: Site, *, challenge: str, used: str, account_id: int | None = None, must_verify: bool
) -> Passkey:
    """The passkey that was used as ``ask_to_use`` asked; its count and last use are noted.

    ``account_id``: whose it has to be. Raises ``PasskeyRefused`` or one of its kinds; use the challenge up anyway.
    """
    answer = _parse(used)
    passkey = session.scalar(
        select(Passkey).where(Passkey.credential_id == str(answer.get("id"))).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if passkey is None or account_id not in {None, passkey.account_id}:
        raise PasskeyUnknown
    _check_handle(answer, session.get_one(Account, passkey.account_id))
    passkey.sign_count, passkey.is_synced = _check(
        site, used, challenge=challenge, credential_id=passkey.credential_id, public_key=passkey.public_key,
        sign_count=passkey.sign_count, must_verify=must_verify,
    )  # fmt: skip
    passkey.last_used_at = clock.now()
    session.flush()
    return passkey


def _check_handle(answer: dict[str, Any], account: Account) -> None:
    """A passkey may say whose it is; then it must be the one that the database says."""
    response = answer.get("response")
    said = response.get("userHandle") if isinstance(response, dict) else None
    if said and (account.handle is None or said != bytes_to_base64url(account.handle.encode())):
        raise PasskeyRefused


def _check(
    site: Site, used: str, *, challenge: str, credential_id: str, public_key: bytes, sign_count: int, must_verify: bool
) -> tuple[int, bool]:
    """The passkey's new count, and whether it is synced. A count that does not grow is a copy of it, and refused."""
    answer = _parse(used)
    if answer.get("id") != credential_id:
        raise PasskeyRefused
    try:
        checked = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
        )
    except Exception as refusal:  # as above
        raise PasskeyRefused from refusal
    if must_verify and not checked.user_verified:
        raise PasskeyUnverified
    return checked.new_sign_count, checked.credential_device_type == "multi_device"


# Those somebody has


def list_passkeys(session: Session, account_id: int) -> list[Passkey]:
    """Somebody's passkeys, the oldest first."""
    return list(session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)))


def get_passkey(session: Session, account_id: int, *, passkey_id: int) -> Passkey:
    """One of somebody's own. Raises ``PasskeyGone``."""
    found = session.scalar(select(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == account_id))
    if found is None:
        raise PasskeyGone
    return found


def rename(session: Session, account_id: int, *, passkey_id: int, name: str) -> Passkey:
    """Call a passkey something else. Raises ``PasskeyGone``, ``PasskeyNameUnfit``."""
    passkey = get_passkey(session, account_id, passkey_id=passkey_id)
    passkey.name = check_name(name)
    session.flush()
    return passkey


def forget(session: Session, account_id: int, *, passkey_id: int) -> str:
    """Remove a passkey; returns what it was called. Raises ``PasskeyGone``."""
    passkey = get_passkey(session, account_id, passkey_id=passkey_id)
    session.execute(delete(Passkey).where(Passkey.id == passkey.id))
    return passkey.name


def _verification(is_required: bool) -> UserVerificationRequirement:
    return UserVerificationRequirement.REQUIRED if is_required else UserVerificationRequirement.PREFERRED


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    known = {transport.value for transport in AuthenticatorTransport}
    transports = [AuthenticatorTransport(name) for name in passkey.transports if name in known]
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential_id), transports=transports or None)


def _transports(answer: dict[str, Any]) -> tuple[str, ...]:
    """How the device can be reached, as the browser says; what we do not know is left out."""
    response = answer.get("response")
    said = response.get("transports") if isinstance(response, dict) else None
    known = {transport.value for transport in AuthenticatorTransport}
    return tuple(name for name in said if name in known) if isinstance(said, list) else ()


def _parse(answer: str) -> dict[str, Any]:
    try:
        parsed = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        raise PasskeyRefused
    return parsed
