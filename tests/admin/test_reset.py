"""A forgotten password: the same answer for everybody, a link by mail, one use, an hour."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import mail
from app.accounts.joining import offer_welcome_link
from app.accounts.models import Account, SignedIn
from app.accounts.signing_in import authenticate
from app.db import Database
from tests.accounts.conftest import PASSWORD, person
from tests.conftest import Clock
from tests.forms import field_errors, post_form, text_of, where_to

NEW = "another good password"
START = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def dora(session: Session) -> Account:
    return person(session, "Dora", "author")


def ask(client: FlaskClient, email: str = "dora@example.org", **headers: str) -> tuple[int, str, str]:
    answer = client.get("/login/forgotten")
    token = answer.get_data(as_text=True).partition('name="csrf_token" type="hidden" value="')[2].partition('"')[0]
    answer = client.post("/login/forgotten", data={"csrf_token": token, "email": email}, headers=headers)
    page = client.get(where_to(answer)) if answer.status_code == 303 else answer
    return answer.status_code, answer.headers.get("Location", ""), text_of(page)


def letters(database: Database) -> list[mail.Message]:
    with database.reader() as session:
        return list(session.scalars(select(mail.Message).order_by(mail.Message.id)))


def link(database: Database) -> str:
    return "/reset/" + letters(database)[-1].text.partition("/reset/")[2].split()[0]


def test_a_new_password_by_mail(
    client: FlaskClient, app: Flask, dora: Account, client_of: Callable[[Account], FlaskClient], database: Database
) -> None:
    elsewhere = client_of(dora)
    assert ask(client, "DORA@example.org")[0] == 303
    (letter,) = letters(database)
    assert (letter.kind, letter.recipient) == ("reset", "dora@example.org")
    assert letter.expires_at is not None
    path = link(database)
    answer = post_form(client, path, {"password": NEW}, on=path)
    assert where_to(answer) == "/login?done=password-reset"
    assert elsewhere.get("/admin/profile").status_code == 303, "signed out everywhere"
    with database.reader() as session:
        assert authenticate(session, email="dora@example.org", password=NEW)
        assert session.scalars(select(SignedIn)).all() == []
    assert letters(database)[-1].kind == "password-changed"
    assert client.get(path).status_code == 404
    assert post_form(client, path, {"password": NEW}).status_code == 404


def test_nobody_learns_who_has_an_account(
    app: Flask, dora: Account, session: Session, database: Database, bob: Account
) -> None:
    bob.deactivated_at = START
    session.commit()
    answers = {ask(app.test_client(), email) for email in ("dora@example.org", "nobody@example.org", "bob@example.org")}
    assert len(answers) == 1
    assert [letter.recipient for letter in letters(database)] == ["dora@example.org"]


def test_the_link_begins_with_the_site_s_address_whatever_is_claimed(
    client: FlaskClient, dora: Account, database: Database
) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Host": "evil.example"}
    ask(client, **headers)
    (letter,) = letters(database)
    assert "evil" not in letter.text
    assert "http://localhost:8000/reset/" in letter.text


def test_only_the_newest_link_works_and_that_for_an_hour(
    client: FlaskClient, dora: Account, database: Database, the_clock: Clock
) -> None:
    the_clock.set(START)
    ask(client)
    former = link(database)
    ask(client)
    newest = link(database)
    assert len(letters(database)) == 1, "a letter that is of no use any more does not go out"
    assert client.get(former).status_code == 404
    the_clock.set(START + timedelta(minutes=59))
    assert client.get(newest).status_code == 200
    the_clock.set(START + timedelta(hours=1))
    assert client.get(newest).status_code == 404
    assert post_form(client, newest, {"password": NEW}).status_code == 404


def test_a_link_serves_its_own_purpose_only(
    client: FlaskClient, dora: Account, session: Session, database: Database
) -> None:
    welcome = offer_welcome_link(session, dora)
    session.commit()
    assert client.get(f"/reset/{welcome}").status_code == 404
    ask(client)
    token = link(database).rpartition("/")[2]
    assert client.get(f"/welcome/{token}").status_code == 404
    assert client.get(f"/invitation/{token}").status_code == 404
    assert client.get(f"/reset/{token}").status_code == 200


def test_a_password_that_will_not_do_leaves_the_link_as_it_is(
    client: FlaskClient, dora: Account, database: Database
) -> None:
    ask(client)
    path = link(database)
    assert "password" in field_errors(post_form(client, path, {"password": "short"}, on=path))
    assert post_form(client, path, {"password": NEW}, on=path).status_code == 303


def test_nobody_s_mailbox_is_filled(app: Flask, dora: Account, database: Database) -> None:
    answers = [ask(app.test_client())[0] for _ in range(5)]
    assert answers[0] == 303
    assert answers[-1] == 429


def test_asking_changes_nothing_by_itself(client: FlaskClient, dora: Account, database: Database) -> None:
    ask(client)
    with database.reader() as session:
        assert authenticate(session, email="dora@example.org", password=PASSWORD)
