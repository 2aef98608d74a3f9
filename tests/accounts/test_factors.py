"""Second factors together: which there are, what their coming and going ends, and what a role demands."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from app.accounts import authenticators, ceremonies, factor_changes, factors, passkeys, recovery
from app.accounts.ceremonies import CeremonyOver
from app.accounts.factor_changes import LastFactorDemanded, LastWayIn
from app.accounts.models import Account, Role
from app.accounts.roles import demand_second_factor
from app.accounts.signing_in import find_signed_in, open_session
from tests.accounts.soft_passkey import SoftPasskey
from tests.accounts.test_passkeys import SITE, own
from tests.conftest import Clock

KEY = "a key for tests only"
NOW = datetime(2026, 11, 23, 9, 0, 15, tzinfo=UTC)


def add_app(session: Session, account: Account, token: str = "") -> str:
    secret = authenticators.make_secret()
    sealed = authenticators.seal(secret, secret_key=KEY)
    code = pyotp.TOTP(secret).at(NOW)
    factor_changes.add_authenticator(session, account.id, sealed=sealed, code=code, secret_key=KEY, token=token)
    return secret


def demand(session: Session, account: Account, days: int = 14) -> None:
    demand_second_factor(session, account.role, demanded=True, grace_days=days, by=None)
    session.refresh(account)


def test_ways_are_those_that_work(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    assert factors.find_ways(session, ada) == []
    recovery.make_codes(session, ada.id)
    assert factors.find_ways(session, ada) == [], "codes are in place of a second step, not one"
    add_app(session, ada)
    assert factors.find_ways(session, ada) == ["totp", "recovery"]
    own(session, ada, SoftPasskey())
    assert factors.find_ways(session, ada) == ["passkey", "totp", "recovery"]


def test_a_change_ends_other_sessions_and_what_was_begun(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    here, there = open_session(session, ada), open_session(session, ada)
    begun = ceremonies.begin(session, "second-factor", account_id=ada.id)
    add_app(session, ada, token=here)
    assert find_signed_in(session, here) is not None
    assert find_signed_in(session, there) is None
    with pytest.raises(CeremonyOver):
        ceremonies.use_up(session, begun, purpose="second-factor")
    there = open_session(session, ada)
    assert factor_changes.remove_authenticator(session, ada.id, token=here)
    assert find_signed_in(session, there) is None
    assert not factor_changes.remove_authenticator(session, ada.id, token=here)


def test_codes_go_with_the_last_factor(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    add_app(session, ada)
    key = own(session, ada, SoftPasskey())
    recovery.make_codes(session, ada.id)
    factor_changes.remove_authenticator(session, ada.id, token="")
    assert recovery.count_codes(session, ada.id) == 10
    assert factor_changes.remove_passkey(session, ada.id, passkey_id=key.id, token="") == "My phone"
    assert recovery.count_codes(session, ada.id) == 0


def test_the_last_factor_stays_while_the_role_demands_one(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    demand(session, ada)
    add_app(session, ada)
    with pytest.raises(LastFactorDemanded):
        factor_changes.remove_authenticator(session, ada.id, token="")
    key = own(session, ada, SoftPasskey())
    factor_changes.remove_authenticator(session, ada.id, token="")
    with pytest.raises(LastFactorDemanded):
        factor_changes.remove_passkey(session, ada.id, passkey_id=key.id, token="")


def test_the_last_way_in_stays(session: Session, ada: Account) -> None:
    ada.password_hash = None
    key = own(session, ada, SoftPasskey())
    with pytest.raises(LastWayIn):
        factor_changes.remove_passkey(session, ada.id, passkey_id=key.id, token="")
    own(session, ada, SoftPasskey())
    factor_changes.remove_passkey(session, ada.id, passkey_id=key.id, token="")


def test_a_role_gives_days(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    assert factors.find_due(session, ada) is None
    demand(session, ada, days=3)
    due = NOW + timedelta(days=3)
    assert (factors.find_due(session, ada), factors.is_overdue(session, ada)) == (due, False)
    the_clock.set(NOW + timedelta(days=2))
    factors.note_demand(session, ada)
    assert factors.find_due(session, ada) == due, "signing in again does not move it"
    the_clock.set(due)
    assert factors.is_overdue(session, ada)
    own(session, ada, SoftPasskey())
    assert (factors.find_due(session, ada), factors.is_overdue(session, ada)) == (None, False)
    demand_second_factor(session, "admin", demanded=False, grace_days=3, by=None)
    session.refresh(ada)
    assert ada.second_factor_due_at is None


def test_no_days_means_at_once(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    demand(session, ada, days=0)
    assert factors.is_overdue(session, ada)


def test_who_comes_to_a_role_later_has_its_days_from_then(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    session.get_one(Role, "admin").demands_second_factor = True
    factors.note_demand(session, ada)
    assert factors.find_due(session, ada) == NOW + timedelta(days=14)
    session.get_one(Role, "admin").demands_second_factor = False
    factors.note_demand(session, ada)
    assert factors.find_due(session, ada) is None


def test_everything_lost(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    demand(session, ada, days=2)
    add_app(session, ada)
    device = SoftPasskey()
    own(session, ada, device)
    recovery.make_codes(session, ada.id)
    the_clock.set(NOW + timedelta(days=9))
    assert factor_changes.forget_all(session, ada.id) == ["passkey", "totp", "recovery"]
    assert factors.find_ways(session, ada) == []
    assert recovery.count_codes(session, ada.id) == 0
    assert factors.find_due(session, ada) == NOW + timedelta(days=11), "time to set up new ones"
    asked = passkeys.ask_to_use(SITE)
    with pytest.raises(passkeys.PasskeyUnknown):
        answer = device.use(asked.options)
        passkeys.use(session, SITE, challenge=asked.kept["challenge"], used=answer, must_verify=True)
