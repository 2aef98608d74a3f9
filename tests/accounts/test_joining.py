"""Joining: the first admin, people added, first passwords, each by a link that works once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.bylines import find_or_make_byline
from app.accounts.joining import (
    AccountInactive,
    LinkUseless,
    NoAddress,
    add_person,
    find_welcomed,
    is_setup_link,
    offer_setup_link,
    offer_welcome_link,
    set_up,
    welcome,
)
from app.accounts.membership import deactivate
from app.accounts.models import Account, OneTimeLink
from app.accounts.naming import EmailInvalid, NameBlank, NameTooLong
from app.accounts.registering import EmailTaken
from app.accounts.roles import RoleUnknown
from app.accounts.signing_in import authenticate, find_signed_in, open_session
from app.db import Database
from tests.accounts.conftest import HASH, PASSWORD
from tests.conftest import Clock


def set_up_alice(session: Session, token: str, email: str = "alice@example.org") -> Account:
    return set_up(session, token=token, name="Alice", email=email, password_hash=HASH)


def offered(session: Session) -> str:
    token = offer_setup_link(session)
    assert token is not None
    session.commit()
    return token


# The first admin


def test_the_setup_link_makes_an_admin_who_can_sign_in(session: Session) -> None:
    alice = set_up_alice(session, offered(session))
    assert alice.role == "admin"
    assert authenticate(session, email="alice@example.org", password=PASSWORD).account_id == alice.id


def test_the_setup_link_works_once(session: Session) -> None:
    token = offered(session)
    set_up_alice(session, token)
    assert not is_setup_link(session, token)
    with pytest.raises(LinkUseless):
        set_up_alice(session, token, "mallory@example.org")


def test_each_start_replaces_the_link(session: Session) -> None:
    first, second = offered(session), offered(session)
    assert not is_setup_link(session, first)
    assert is_setup_link(session, second)


def test_once_there_is_an_admin_no_link_is_offered_and_none_works(session: Session) -> None:
    token = offered(session)
    add_person(session, name="Root", email="root@example.org", role="admin", password_hash=HASH)
    assert not is_setup_link(session, token)
    with pytest.raises(LinkUseless):
        set_up_alice(session, token)
    assert offer_setup_link(session) is None


def test_an_admin_who_cannot_sign_in_yet_is_none(session: Session) -> None:
    add_person(session, name="Root", email="root@example.org", role="admin")
    assert offer_setup_link(session) is not None


@pytest.mark.parametrize("token", ["", "guess", "x" * 10_000, "\x00"])
def test_a_guess_is_not_the_link(session: Session, token: str) -> None:
    offered(session)
    assert not is_setup_link(session, token)
    with pytest.raises(LinkUseless):
        set_up_alice(session, token)


def test_a_welcome_link_sets_no_site_up(session: Session) -> None:
    person = add_person(session, name="New", email="new@example.org", role="author")
    token = offer_welcome_link(session, person)
    offer_setup_link(session)
    with pytest.raises(LinkUseless):
        set_up_alice(session, token)


def test_of_many_at_once_one_becomes_the_admin(session: Session, database: Database) -> None:
    token = offered(session)

    def attempt(number: int) -> bool:
        with database.writer() as own:
            try:
                set_up_alice(own, token, f"admin{number}@example.org")
            except LinkUseless:
                return False
            own.commit()
            return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1
    assert len(session.scalars(select(Account)).all()) == 1


def test_a_refused_setup_leaves_the_link(session: Session) -> None:
    token = offered(session)
    with pytest.raises(EmailInvalid):
        set_up_alice(session, token, "not an address")
    session.rollback()
    assert is_setup_link(session, token)


# Everybody after that


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"name": "\u200b "}, NameBlank),
        ({"name": "x" * 301}, NameTooLong),
        ({"email": ""}, EmailInvalid),
        ({"email": "two@at@example.org"}, EmailInvalid),
        ({"email": "a b@example.org"}, EmailInvalid),
        ({"email": "a@example"}, EmailInvalid),
        ({"email": "a@-example.org"}, EmailInvalid),
        ({"email": "a@example..org"}, EmailInvalid),
        ({"email": "a@example.org\nBcc: b@example.org"}, EmailInvalid),
        ({"email": "x" * 65 + "@example.org"}, EmailInvalid),
        ({"email": "a@" + "x." * 130 + "org"}, EmailInvalid),
        ({"role": "owner"}, RoleUnknown),
    ],
)
def test_what_is_not_right_about_a_person_is_refused(
    session: Session, changed: dict[str, str], why: type[Exception]
) -> None:
    right = {"name": "New", "email": "new@example.org", "role": "author"}
    with pytest.raises(why):
        add_person(session, **(right | changed))


@pytest.mark.parametrize(
    "email", ["a+b.c'd@sub.example.org", "admin@localhost", "jörg@müller.example", "x@xn--p1ai.example"]
)
def test_addresses_people_have_are_taken(session: Session, email: str) -> None:
    assert add_person(session, name="New", email=email.upper(), role="author").email == email


def test_an_address_has_one_account(session: Session, ada: Account) -> None:
    with pytest.raises(EmailTaken):
        add_person(session, name="Ada again", email="ADA@Example.org", role="author")


def test_two_at_once_cannot_take_one_address(session: Session, database: Database) -> None:
    def attempt(_number: int) -> bool:
        with database.writer() as own:
            try:
                add_person(own, name="New", email="new@example.org", role="author")
            except EmailTaken:
                return False
            own.commit()
            return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1


def test_people_of_one_name_at_once_get_addresses_of_their_own(session: Session, database: Database) -> None:
    def attempt(number: int) -> str:
        with database.writer() as own:
            made = add_person(own, name="Sam", email=f"sam{number}@example.org", role="author").slug
            own.commit()
            return made

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(attempt, range(4))) == {"sam", "sam-2", "sam-3", "sam-4"}


def test_a_link_gives_the_first_password_once(session: Session) -> None:
    person = add_person(session, name="New", email="new@example.org", role="author")
    token = offer_welcome_link(session, person)
    assert not person.can_sign_in
    assert find_welcomed(session, token) is person
    welcome(session, token=token, password_hash=HASH)
    assert person.can_sign_in
    assert find_welcomed(session, token) is None
    with pytest.raises(LinkUseless):
        welcome(session, token=token, password_hash="another")
    assert person.password_hash == HASH


def test_the_link_lasts_seven_days(session: Session, the_clock: Clock) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    the_clock.set(now)
    person = add_person(session, name="New", email="new@example.org", role="author")
    token = offer_welcome_link(session, person)
    the_clock.set(now + timedelta(days=7))
    assert find_welcomed(session, token) is None
    with pytest.raises(LinkUseless):
        welcome(session, token=token, password_hash=HASH)


def test_a_new_link_replaces_the_old_one_and_ends_sessions_when_used(session: Session, ada: Account) -> None:
    inside = open_session(session, ada)
    old, new = offer_welcome_link(session, ada), offer_welcome_link(session, ada)
    assert find_welcomed(session, old) is None
    assert find_signed_in(session, inside) is not None
    welcome(session, token=new, password_hash=HASH)
    assert find_signed_in(session, inside) is None


def test_the_database_does_not_hold_the_link(session: Session, ada: Account) -> None:
    assert offer_welcome_link(session, ada) not in session.scalars(select(OneTimeLink.token_hash)).all()


def test_a_setup_link_welcomes_nobody(session: Session) -> None:
    token = offered(session)
    assert find_welcomed(session, token) is None
    with pytest.raises(LinkUseless):
        welcome(session, token=token, password_hash=HASH)


def test_bylines_and_deactivated_people_get_no_link(session: Session, ada: Account) -> None:
    with pytest.raises(NoAddress):
        offer_welcome_link(session, find_or_make_byline(session, name="Byline"))
    gone = add_person(session, name="Gone", email="gone@example.org", role="author")
    token = offer_welcome_link(session, gone)
    deactivate(session, gone.id)
    assert find_welcomed(session, token) is None
    with pytest.raises(AccountInactive):
        offer_welcome_link(session, gone)
