"""Authenticator apps (TOTP, RFC 6238): six digits from a secret that the app and this site share, new each half minute.

The secret is encrypted with a key made from SECRET_KEY: a copy of the database alone makes no codes.
"""

import base64
import hmac
import unicodedata

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models_doors import Authenticator

STEP = 30
"""Seconds that a code is shown."""
WINDOW = 1
"""So many codes before and after the one of this moment are taken: clocks differ, and people type."""


class CodeWrong(Exception):
    """This code is not right. Codes change every half minute and work once: type the one your app shows now."""


def make_secret() -> str:
    """A new secret of 160 bits, in base32 as apps take it."""
    return pyotp.random_base32()


def seal(secret: str, *, secret_key: str) -> str:
    """The secret as the database keeps it."""
    return _box(secret_key).encrypt(secret.encode()).decode()


def unseal(sealed: str, *, secret_key: str) -> str | None:
    """What ``seal`` sealed; None if SECRET_KEY has been another then."""
    try:
        return _box(secret_key).decrypt(sealed).decode()
    except InvalidToken:
        return None


def _box(secret_key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"typecase authenticator").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def address_of(secret: str, *, email: str, issuer: str) -> str:
    """What the QR code says to the app: an otpauth:// address. ``issuer``: the site's name."""
    # A colon divides the two in it; apps take the issuer's name from the rest.
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer.replace(":", " ").strip() or "Typecase")


def draw(address: str) -> str:
    """The QR code as a picture in an address (data:image/svg+xml), on white in dark mode as well: cameras want that."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=4, dark="#000", light="#fff")


def find_step(secret: str, code: str, *, after: int = 0) -> int | None:
    """The number of the half minute that this code belongs to, now or next to it; None if it is none later than
    ``after``."""
    typed = unicodedata.normalize("NFKC", code)
    digits = "".join(character for character in typed if not character.isspace() and character != "-")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 6):
        return None
    now, totp, found = int(clock.now().timestamp()) // STEP, pyotp.TOTP(secret), None
    for step in range(now - WINDOW, now + WINDOW + 1):
        # All are looked at: how long it takes says nothing about which it was.
        if hmac.compare_digest(totp.at(step * STEP), digits) and step > after:
            found = step
    return found


def confirm(session: Session, account_id: int, *, sealed: str, code: str, secret_key: str) -> Authenticator:
    """Let an app count, in place of the one before, as it shows the right code. Raises ``CodeWrong``."""
    secret = unseal(sealed, secret_key=secret_key)
    step = find_step(secret, code) if secret is not None else None
    if step is None:
        raise CodeWrong
    forget(session, account_id)
    now = clock.now()
    made = Authenticator(account_id=account_id, secret=sealed, last_step=step, created_at=now, confirmed_at=now)
    session.add(made)
    session.flush()
    return made


def use_code(session: Session, account_id: int, *, code: str, secret_key: str) -> None:
    """Take a code of somebody's app; no code works twice, nor one older than the last. Raises ``CodeWrong``."""
    known = find_authenticator(session, account_id)
    secret = unseal(known.secret, secret_key=secret_key) if known is not None else None
    if known is None or secret is None:
        raise CodeWrong
    step = find_step(secret, code, after=known.last_step)
    if step is None:
        raise CodeWrong
    taken = session.scalar(
        update(Authenticator)
        .where(Authenticator.id == known.id, Authenticator.last_step < step)
        .values(last_step=step)
        .returning(Authenticator.id)
    )
    if taken is None:
        raise CodeWrong  # the same code was used at the same moment elsewhere


def find_authenticator(session: Session, account_id: int) -> Authenticator | None:
    """Somebody's app, once it counts."""
    return session.scalar(
        select(Authenticator).where(Authenticator.account_id == account_id, Authenticator.confirmed_at.is_not(None))
    )


def forget(session: Session, account_id: int) -> bool:
    """Let somebody's app count no longer; whether there was one."""
    gone = session.scalars(
        delete(Authenticator).where(Authenticator.account_id == account_id).returning(Authenticator.id)
    ).all()
    return bool(gone)
