"""Authenticator apps: right codes, each once, and a secret that the database alone does not give away."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import authenticators
from app.accounts.authenticators import CodeWrong, find_step
from app.accounts.models import Account
from app.accounts.models_doors import Authenticator
from tests.conftest import Clock

KEY = "a key for tests only"
NOW = datetime(2026, 11, 23, 9, 0, 15, tzinfo=UTC)
STEP = timedelta(seconds=30)


def own(session: Session, account: Account, secret: str) -> None:
    """Let this person's app count, by the code of half a minute ago: that of now is still unused."""
    sealed = authenticators.seal(secret, secret_key=KEY)
    code = pyotp.TOTP(secret).at(NOW - STEP)
    authenticators.confirm(session, account.id, sealed=sealed, code=code, secret_key=KEY)


def test_the_codes_are_those_of_the_standard(the_clock: Clock) -> None:
    """RFC 6238, appendix B (SHA-1), the last six digits of eight."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        the_clock.set(datetime.fromtimestamp(seconds, UTC))
        assert find_step(secret, code) == seconds // 30


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_code_before_and_the_one_after_are_taken(the_clock: Clock, steps: int, taken: bool) -> None:
    the_clock.set(NOW)
    secret = authenticators.make_secret()
    assert (find_step(secret, pyotp.TOTP(secret).at(NOW + steps * STEP)) is not None) == taken


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}-{1} ", "\u202f{0}\u00a0{1}"])
def test_codes_may_be_typed_as_they_are_shown(the_clock: Clock, typed: str) -> None:
    the_clock.set(NOW)
    secret = authenticators.make_secret()
    code = pyotp.TOTP(secret).at(NOW)
    assert find_step(secret, typed.format(code[:3], code[3:])) is not None
    assert find_step(secret, "".join(chr(ord("０") + int(digit)) for digit in code)) is not None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "\x00", "٠١٢٣٤٥", "x" * 100_000, "-" * 6])
def test_what_is_no_code_is_refused(the_clock: Clock, typed: str) -> None:
    the_clock.set(NOW)
    assert find_step(authenticators.make_secret(), typed) is None


def test_an_app_counts_once_its_code_was_right(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    secret = authenticators.make_secret()
    sealed = authenticators.seal(secret, secret_key=KEY)
    with pytest.raises(CodeWrong):
        authenticators.confirm(session, ada.id, sealed=sealed, code="000000x", secret_key=KEY)
    assert authenticators.find_authenticator(session, ada.id) is None
    code = pyotp.TOTP(secret).at(NOW)
    authenticators.confirm(session, ada.id, sealed=sealed, code=code, secret_key=KEY)
    assert authenticators.find_authenticator(session, ada.id) is not None
    with pytest.raises(CodeWrong):
        authenticators.use_code(session, ada.id, code=code, secret_key=KEY)


def test_each_code_works_once_and_none_older_than_the_last(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    secret = authenticators.make_secret()
    own(session, ada, secret)
    totp = pyotp.TOTP(secret)
    authenticators.use_code(session, ada.id, code=totp.at(NOW), secret_key=KEY)
    for steps in (0, -1):
        with pytest.raises(CodeWrong):
            authenticators.use_code(session, ada.id, code=totp.at(NOW + steps * STEP), secret_key=KEY)
    authenticators.use_code(session, ada.id, code=totp.at(NOW + STEP), secret_key=KEY)
    the_clock.set(NOW + STEP)
    with pytest.raises(CodeWrong):
        authenticators.use_code(session, ada.id, code=totp.at(NOW + STEP), secret_key=KEY)


def test_the_database_alone_makes_no_codes(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    secret = authenticators.make_secret()
    own(session, ada, secret)
    kept = session.scalars(select(Authenticator.secret)).one()
    assert secret not in kept
    assert authenticators.unseal(kept, secret_key=KEY) == secret
    assert authenticators.unseal(kept, secret_key=KEY + "x") is None
    with pytest.raises(CodeWrong):
        authenticators.use_code(session, ada.id, code=pyotp.TOTP(secret).at(NOW), secret_key="another key altogether")


def test_a_new_app_takes_the_place_of_the_old(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    old, new = authenticators.make_secret(), authenticators.make_secret()
    own(session, ada, old)
    own(session, ada, new)
    with pytest.raises(CodeWrong):
        authenticators.use_code(session, ada.id, code=pyotp.TOTP(old).at(NOW), secret_key=KEY)
    authenticators.use_code(session, ada.id, code=pyotp.TOTP(new).at(NOW), secret_key=KEY)


def test_the_picture_holds_what_apps_want() -> None:
    address = authenticators.address_of(
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", email="ada@example.org", issuer="News: the blog"
    )
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parse_qs(parts.query) == {"secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["News  the blog"]}
    assert authenticators.draw(address).startswith("data:image/svg+xml")
