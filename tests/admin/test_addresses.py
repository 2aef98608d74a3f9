"""Another address to sign in with: confirmed from the new one, told to the former one."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import mail
from app.accounts.models import Account
from app.accounts.reading import find_account_by_email
from app.accounts.resetting import ask as ask_for_reset
from app.accounts.resetting import find_forgetful
from app.db import Database
from tests.accounts.conftest import person
from tests.forms import field_errors, post_form, text_of, where_to

ClientOf = Callable[[Account], FlaskClient]


@pytest.fixture
def dora(session: Session) -> Account:
    return person(session, "Dora", "author")


@pytest.fixture
def browser(dora: Account, client_of: ClientOf) -> FlaskClient:
    """Dora's."""
    return client_of(dora)


def letters(database: Database) -> list[mail.Message]:
    with database.reader() as session:
        return list(session.scalars(select(mail.Message).order_by(mail.Message.id)))


def ask(browser: FlaskClient, email: str = "new@example.org") -> tuple[int, str]:
    answer = post_form(browser, "/admin/profile/address", {"email": email})
    return answer.status_code, answer.headers.get("Location", "")


def holder(database: Database, email: str) -> str | None:
    with database.reader() as session:
        found = find_account_by_email(session, email)
        return found.name if found else None


def test_it_is_confirmed_from_the_new_and_told_to_the_old(
    browser: FlaskClient, client: FlaskClient, session: Session, database: Database
) -> None:
    assert ask(browser)[0] == 303
    (letter,) = letters(database)
    assert letter.recipient == "new@example.org"
    assert "Dora" not in letter.text, "nothing that somebody typed goes to strangers"
    assert holder(database, "dora@example.org") == "Dora", "nothing has changed yet"
    reset = ask_for_reset(session, email="dora@example.org")
    assert reset is not None
    session.commit()
    path = "/confirm-address/" + letter.text.partition("/confirm-address/")[2].split()[0]
    opened = client.get(path)
    assert "new@example.org" in text_of(opened)
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert holder(database, "new@example.org") is None, "opening a link changes nothing"
    assert "From now on you sign in with new@example.org" in text_of(post_form(client, path))
    assert (holder(database, "new@example.org"), holder(database, "dora@example.org")) == ("Dora", None)
    told = letters(database)[-1]
    assert (told.kind, told.recipient) == ("address-changed", "dora@example.org")
    assert "If it was not you" in told.text
    assert find_forgetful(session, reset[1]) is None, "what was sent to the old address works no more"
    session.rollback()
    assert client.get(path).status_code == 404
    back = "/confirm-address/" + told.text.partition("/confirm-address/")[2].split()[0]
    assert browser.get("/admin/profile").status_code == 200
    assert "Choose a new password" in text_of(post_form(client, back))
    assert (holder(database, "new@example.org"), holder(database, "dora@example.org")) == (None, "Dora")
    assert browser.get("/admin/profile").status_code == 303, "whoever it was is signed out"
    assert letters(database)[-1].id == told.id, "and the address that was taken away gets no way back"


def test_an_address_of_somebody_else_gets_the_same_answer_and_no_link(
    browser: FlaskClient, bob: Account, database: Database
) -> None:
    assert ask(browser, "BOB@example.org") == ask(browser, "nobody@example.org")
    first, second = letters(database)
    assert first.recipient == "bob@example.org"
    assert "/confirm-address/" not in first.text and "/confirm-address/" in second.text


def test_an_address_that_somebody_got_meanwhile_is_theirs(
    browser: FlaskClient, client: FlaskClient, session: Session, database: Database
) -> None:
    ask(browser)
    path = "/confirm-address/" + letters(database)[0].text.partition("/confirm-address/")[2].split()[0]
    person(session, "New", "author")
    assert post_form(client, path).status_code == 404
    assert holder(database, "new@example.org") == "New"
    assert holder(database, "dora@example.org") == "Dora"


def test_what_is_no_address_or_the_same_is_said_at_the_field(browser: FlaskClient) -> None:
    for email in ("not one", "dora@example.org", ""):
        assert "email" in field_errors(post_form(browser, "/admin/profile/address", {"email": email}))


def test_it_asks_who_one_is_if_that_was_not_proved_lately(
    browser: FlaskClient, session: Session, database: Database
) -> None:
    from app.accounts.models import SignedIn

    for signed_in in session.scalars(select(SignedIn)):
        signed_in.proved_at = None
    session.commit()
    assert ask(browser)[0] == 403
    assert letters(database) == []


def test_the_link_needs_its_form(browser: FlaskClient, client: FlaskClient, database: Database) -> None:
    ask(browser)
    path = "/confirm-address/" + letters(database)[0].text.partition("/confirm-address/")[2].split()[0]
    assert client.post(path).status_code == 400
    assert holder(database, "new@example.org") is None
    assert where_to(post_form(browser, "/admin/profile/address", {"email": "other@example.org"})).endswith("/asked")
    assert client.get(path).status_code == 404, "a newer link replaces it"
