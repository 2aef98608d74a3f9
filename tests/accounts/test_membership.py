"""Membership: roles, coming and going, and the last admin, who cannot be lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from app.accounts.bylines import find_or_make_byline
from app.accounts.joining import offer_welcome_link, welcome
from app.accounts.membership import AddressInUse, LastAdmin, change_role, deactivate, give_address, reactivate
from app.accounts.models import Account
from app.accounts.reading import AccountUnknown, list_accounts, list_admin_ids
from app.accounts.registering import EmailTaken
from app.accounts.roles import RoleUnknown
from app.accounts.signing_in import SignInRefused, authenticate, find_signed_in, open_session
from app.db import Database
from tests.accounts.conftest import HASH, PASSWORD, person


def demote(session: Session, account_id: int) -> None:
    change_role(session, account_id, role="editor")


LOSING = pytest.mark.parametrize("lose", [demote, deactivate], ids=["demote", "deactivate"])


@LOSING
def test_the_last_admin_cannot_be_lost(
    session: Session, ada: Account, alice: Account, lose: Callable[..., object]
) -> None:
    assert alice.role == "admin", "an admin without a password does not count"
    with pytest.raises(LastAdmin):
        lose(session, ada.id)
    person(session, "Second", "admin")
    lose(session, ada.id)
    assert ada.id not in list_admin_ids(session)


@LOSING
def test_of_two_admins_who_remove_each_other_at_once_one_stays(
    session: Session, database: Database, lose: Callable[..., object]
) -> None:
    for turn in range(4):
        pair = [person(session, f"Admin{turn}{number}", "admin").id for number in (1, 2)]
        for other in set(list_admin_ids(session)) - set(pair):
            deactivate(session, other)
        session.commit()
        start = Barrier(2)

        def attempt(account_id: int, start: Barrier = start) -> bool:
            start.wait()
            with database.writer() as own:
                try:
                    lose(own, account_id)
                except LastAdmin:
                    return False
                own.commit()
                return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(attempt, pair)) == [False, True]
        session.rollback()
        assert len(list_admin_ids(session)) == 1
        session.rollback()


def test_deactivating_signs_out_at_once_and_keeps_the_person(session: Session, ada: Account) -> None:
    bob = person(session, "Bob")
    token = open_session(session, bob)
    deactivate(session, bob.id)
    assert find_signed_in(session, token) is None
    with pytest.raises(SignInRefused):
        authenticate(session, email="bob@example.org", password=PASSWORD)
    assert [account.name for account in list_accounts(session)] == ["Ada", "Bob"]
    reactivate(session, bob.id)
    assert authenticate(session, email="bob@example.org", password=PASSWORD).account_id == bob.id
    assert find_signed_in(session, token) is None, "an ended session stays ended"


def test_another_role_ends_the_sessions_the_same_role_does_not(session: Session, ada: Account) -> None:
    bob = person(session, "Bob")
    token = open_session(session, bob)
    change_role(session, bob.id, role="author")
    assert find_signed_in(session, token) is not None
    change_role(session, bob.id, role="editor")
    assert find_signed_in(session, token) is None


@pytest.mark.parametrize("role", ["", "owner", "ADMIN", "admin "])
def test_there_are_three_roles(session: Session, ada: Account, role: str) -> None:
    with pytest.raises(RoleUnknown):
        change_role(session, ada.id, role=role)


def test_nobody_can_be_changed_who_is_not_there(session: Session, ada: Account) -> None:
    for attempt in (deactivate, reactivate, demote):
        with pytest.raises(AccountUnknown):
            attempt(session, 4711)


def test_a_byline_becomes_somebody_who_can_sign_in(session: Session) -> None:
    byline = find_or_make_byline(session, name="Jhon Lennon")
    give_address(session, byline.id, email="Jhon@Example.org")
    welcome(session, token=offer_welcome_link(session, byline), password_hash=HASH)
    assert authenticate(session, email="jhon@example.org", password=PASSWORD).account_id == byline.id
    assert byline.slug == "jhon-lennon"


def test_an_address_in_use_is_neither_given_twice_nor_changed(session: Session, ada: Account) -> None:
    byline = find_or_make_byline(session, name="Jhon Lennon")
    with pytest.raises(EmailTaken):
        give_address(session, byline.id, email="ADA@example.org")
    with pytest.raises(AddressInUse):
        give_address(session, ada.id, email="mallory@example.org")
