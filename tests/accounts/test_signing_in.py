"""Signing in: who is recognised, what a session is, when it ends."""

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.bylines import find_or_make_byline
from app.accounts.membership import deactivate
from app.accounts.models import Account, SignedIn
from app.accounts.passwords import is_outdated
from app.accounts.profile import change_password
from app.accounts.signing_in import (
    IDLE,
    SignInRefused,
    authenticate,
    end_all_sessions,
    end_session,
    find_signed_in,
    is_to_be_noted,
    note_seen,
    open_session,
    sign_in,
)
from tests.accounts.conftest import HASH, PASSWORD, person
from tests.conftest import Clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_right_password_opens_a_session(session: Session, ada: Account) -> None:
    token = sign_in(session, authenticate(session, email=" ADA@example.ORG ", password=PASSWORD))
    found = find_signed_in(session, token)
    assert found is not None
    assert found.account_id == ada.id


def test_the_database_does_not_hold_the_token(session: Session, ada: Account) -> None:
    token = open_session(session, ada)
    assert token not in session.scalars(select(SignedIn.token_hash)).one()


def test_every_sign_in_is_a_session_of_its_own(session: Session, ada: Account) -> None:
    assert open_session(session, ada) != open_session(session, ada)


def test_all_refusals_are_the_same(session: Session, ada: Account) -> None:
    find_or_make_byline(session, name="Byline")
    gone = person(session, "Gone")
    deactivate(session, gone.id)
    for email, password in [
        ("ada@example.org", "not the password"),
        ("nobody@example.org", PASSWORD),
        ("gone@example.org", PASSWORD),
        ("", PASSWORD),
        ("ada@example.org\x00", "x" * 100_000),
    ]:
        with pytest.raises(SignInRefused) as refusal:
            authenticate(session, email=email, password=password)
        assert str(refusal.value) == ""


@pytest.mark.parametrize("meanwhile", ["deactivated", "another password"])
def test_what_happens_while_the_password_is_checked_counts(session: Session, meanwhile: str) -> None:
    someone = person(session, "Someone")
    recognised = authenticate(session, email="someone@example.org", password=PASSWORD)
    if meanwhile == "deactivated":
        deactivate(session, someone.id)
    else:
        change_password(session, someone.id, password_hash="another", token="none")
    with pytest.raises(SignInRefused):
        sign_in(session, recognised)


def test_an_old_hash_is_renewed(session: Session, ada: Account) -> None:
    ada.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    session.commit()
    sign_in(session, authenticate(session, email="ada@example.org", password=PASSWORD))
    assert ada.password_hash is not None
    assert not is_outdated(ada.password_hash)


def test_signing_out_ends_one_session(session: Session, ada: Account) -> None:
    here, there = open_session(session, ada), open_session(session, ada)
    end_session(session, here)
    assert find_signed_in(session, here) is None
    assert find_signed_in(session, there) is not None


def test_all_sessions_but_one_can_be_ended(session: Session, ada: Account) -> None:
    here, there = open_session(session, ada), open_session(session, ada)
    end_all_sessions(session, ada.id, but=here)
    assert find_signed_in(session, here) is not None
    assert find_signed_in(session, there) is None


def test_a_session_that_nobody_used_for_a_month_is_over(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOON)
    token = open_session(session, ada)
    the_clock.set(NOON + IDLE - timedelta(seconds=1))
    assert find_signed_in(session, token) is not None
    the_clock.set(NOON + IDLE + timedelta(seconds=1))
    assert find_signed_in(session, token) is None
    open_session(session, ada)
    assert len(session.scalars(select(SignedIn)).all()) == 1, "the old one is swept away"


def test_last_seen_is_written_once_a_minute(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOON)
    token = open_session(session, ada)
    session.commit()
    for seconds, seen in [(59, 0), (61, 61), (100, 61), (122, 122)]:
        the_clock.set(NOON + timedelta(seconds=seconds))
        found = find_signed_in(session, token)
        assert found is not None
        assert is_to_be_noted(found) == (seen == seconds)
        note_seen(session, token)
        session.commit()
        assert found.last_seen_at == NOON + timedelta(seconds=seen)
        assert ada.last_seen_at == NOON + timedelta(seconds=seen)


def test_the_fixture_is_a_real_hash() -> None:
    assert not is_outdated(HASH)
