"""What is begun in one browser and ended there: one use, few tries, a quarter of an hour."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import ceremonies
from app.accounts.ceremonies import CeremonyOver
from app.accounts.models import Account
from app.accounts.models_doors import Ceremony
from tests.conftest import Clock

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_it_ends_once(session: Session, ada: Account) -> None:
    token = ceremonies.begin(session, "second-factor", account_id=ada.id, data={"next": "/admin/"})
    ended = ceremonies.use_up(session, token, purpose="second-factor")
    assert (ended.account_id, ended.data) == (ada.id, {"next": "/admin/"})
    with pytest.raises(CeremonyOver):
        ceremonies.use_up(session, token, purpose="second-factor")


def test_another_browser_or_purpose_has_none(session: Session, ada: Account) -> None:
    token = ceremonies.begin(session, "second-factor", account_id=ada.id)
    another = ceremonies.begin(session, "prove", account_id=ada.id)
    for shown, purpose in ((another, "second-factor"), (token, "prove"), (token, "passkey-new"), ("", "second-factor")):
        assert ceremonies.find_ceremony(session, shown, purpose=purpose) is None
        for end in (ceremonies.try_to_end, ceremonies.use_up):
            with pytest.raises(CeremonyOver):
                end(session, shown, purpose=purpose)
    assert ceremonies.find_ceremony(session, token, purpose="second-factor") is not None


def test_the_sixth_try_is_not_heard(session: Session, ada: Account) -> None:
    token = ceremonies.begin(session, "second-factor", account_id=ada.id)
    for _ in range(ceremonies.TRIES):
        ceremonies.try_to_end(session, token, purpose="second-factor")
    with pytest.raises(CeremonyOver):
        ceremonies.try_to_end(session, token, purpose="second-factor")
    with pytest.raises(CeremonyOver):
        ceremonies.use_up(session, token, purpose="second-factor")


def test_it_is_over_after_a_quarter_of_an_hour_and_cleared_away(
    session: Session, ada: Account, the_clock: Clock
) -> None:
    the_clock.set(START)
    token = ceremonies.begin(session, "second-factor", account_id=ada.id)
    the_clock.set(START + timedelta(minutes=15))
    assert ceremonies.find_ceremony(session, token, purpose="second-factor") is None
    ceremonies.begin(session, "passkey-sign-in")
    assert session.scalar(select(func.count()).select_from(Ceremony)) == 1


def test_what_is_learnt_on_the_way_is_kept(session: Session, ada: Account) -> None:
    token = ceremonies.begin(session, "second-factor", account_id=ada.id, data={"a": "1"})
    ceremonies.remember(session, token, purpose="second-factor", data={"challenge": "xyz"})
    session.expire_all()
    found = ceremonies.find_ceremony(session, token, purpose="second-factor")
    assert found is not None
    assert found.data == {"a": "1", "challenge": "xyz"}
    ceremonies.end_all_ceremonies(session, ada.id)
    with pytest.raises(CeremonyOver):
        ceremonies.remember(session, token, purpose="second-factor", data={})
