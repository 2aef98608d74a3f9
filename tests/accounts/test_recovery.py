"""Recovery codes: ten, each once, kept as hashes."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import recovery
from app.accounts.models import Account
from app.accounts.models_doors import RecoveryCode
from app.accounts.recovery import RecoveryCodeWrong
from tests.accounts.conftest import person


def test_ten_codes_each_once(session: Session, ada: Account) -> None:
    codes = recovery.make_codes(session, ada.id)
    assert len(set(codes)) == 10
    for left, code in zip(range(9, -1, -1), codes, strict=True):
        assert recovery.use_code(session, ada.id, code=code) == left
        with pytest.raises(RecoveryCodeWrong):
            recovery.use_code(session, ada.id, code=code)


def test_they_may_be_typed_in_any_dress(session: Session, ada: Account) -> None:
    codes = recovery.make_codes(session, ada.id)
    for code, typed in zip(
        codes, (str.upper, lambda code: code.replace("-", " "), lambda code: f" {code}\n"), strict=False
    ):
        recovery.use_code(session, ada.id, code=typed(code))


def test_new_ones_replace_the_old(session: Session, ada: Account) -> None:
    old = recovery.make_codes(session, ada.id)
    new = recovery.make_codes(session, ada.id)
    assert recovery.count_codes(session, ada.id) == 10
    with pytest.raises(RecoveryCodeWrong):
        recovery.use_code(session, ada.id, code=old[0])
    recovery.use_code(session, ada.id, code=new[0])


def test_they_are_one_persons(session: Session, ada: Account) -> None:
    codes = recovery.make_codes(session, ada.id)
    with pytest.raises(RecoveryCodeWrong):
        recovery.use_code(session, person(session, "Ben").id, code=codes[0])
    assert recovery.count_codes(session, ada.id) == 10


def test_the_database_does_not_have_them(session: Session, ada: Account) -> None:
    codes = recovery.make_codes(session, ada.id)
    kept = " ".join(session.scalars(select(RecoveryCode.code_hash)))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


@pytest.mark.parametrize("typed", ["", "-", "\x00", "x" * 100_000, "\ud800"])
def test_what_is_no_code_is_refused(session: Session, ada: Account, typed: str) -> None:
    recovery.make_codes(session, ada.id)
    with pytest.raises(RecoveryCodeWrong):
        recovery.use_code(session, ada.id, code=typed)
