"""Locked out of everything: the link from the command line lets one in, once, and says so."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.factors import find_ways
from app.accounts.membership import deactivate
from app.accounts.models import Account
from app.accounts.models_doors import Passkey, RecoveryCode
from app.accounts.signing_in import find_signed_in, open_session
from app.audit.models import AuditEntry
from app.mail import Message
from tests.accounts.conftest import PASSWORD, person
from tests.forms import field_errors, post_form, text_of, where_to

ANSWER = {"confirmed": "y"}


@pytest.fixture
def ada(session: Session) -> Account:
    """An admin with a password, a passkey and a recovery code."""
    ada = person(session, "Ada", "admin")
    session.add(Passkey(account_id=ada.id, credential_id="abc", public_key=b"key", name="Key"))
    session.add(RecoveryCode(account_id=ada.id, code_hash="0" * 64))
    session.commit()
    return ada


def rescue_link(app: Flask, email: str = "ada@example.org") -> str:
    """What the command prints, as a path."""
    done = app.test_cli_runner().invoke(args=["people", "rescue", email])
    assert done.exit_code == 0, done.output
    found = re.search(r"/rescue/[\w-]+$", done.output.strip())
    assert found
    return found[0]


def test_it_lets_in_without_password_and_factors_and_past_the_limiter(
    app: Flask, client: FlaskClient, ada: Account, session: Session
) -> None:
    for _ in range(12):
        answer = post_form(client, "/login", {"email": "ada@example.org", "password": "wrong password"})
    assert answer.status_code == 429
    inside = open_session(session, ada)
    session.commit()
    link = rescue_link(app)
    assert "All your passkeys" in text_of(client.get(link))
    refused = post_form(client, link, on=link)
    assert (refused.status_code, list(field_errors(refused))) == (422, ["confirmed"])
    assert find_signed_in(session, inside), "nothing happens without the tick"
    session.rollback()
    done = post_form(client, link, ANSWER | {"password": "salt marsh at low tide"}, on=link)
    assert (done.status_code, where_to(done)) == (303, "/admin/profile/security?done=rescued")
    assert client.get("/admin/people").status_code == 200
    session.rollback()
    session.expire_all()
    assert find_ways(session, ada) == []
    assert find_signed_in(session, inside) is None
    session.rollback()
    other = app.test_client()
    entered = post_form(other, "/login", {"email": "ada@example.org", "password": "salt marsh at low tide"})
    assert entered.status_code == 303, "the wrong tries are forgotten, and the password is the new one"


def test_the_password_may_stay(app: Flask, client: FlaskClient, ada: Account) -> None:
    link = rescue_link(app)
    assert post_form(client, link, ANSWER, on=link).status_code == 303
    entered = post_form(app.test_client(), "/login", {"email": "ada@example.org", "password": PASSWORD})
    assert entered.status_code == 303


def test_it_works_once_and_the_newest_only(app: Flask, client: FlaskClient, ada: Account) -> None:
    first, second = rescue_link(app), rescue_link(app)
    assert client.get(first).status_code == 404
    assert post_form(client, second, ANSWER, on=second).status_code == 303
    late = app.test_client()
    assert late.get(second).status_code == 404
    assert post_form(late, second, ANSWER).status_code == 404


def test_a_link_for_something_else_is_none(app: Flask, client: FlaskClient, ada: Account) -> None:
    token = rescue_link(app).rpartition("/")[2]
    for path in ("welcome", "reset", "setup", "invitation"):
        assert client.get(f"/{path}/{token}").status_code == 404


def test_the_address_is_told_and_it_is_written_down(
    app: Flask, client: FlaskClient, ada: Account, session: Session
) -> None:
    link = rescue_link(app)
    post_form(client, link, ANSWER, on=link)
    told = session.scalars(select(Message).where(Message.kind == "rescue").order_by(Message.id)).all()
    assert [message.recipient for message in told] == ["ada@example.org"] * 2
    assert all(link.rpartition("/")[2] not in message.text for message in told), "the link itself is in no letter"
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
    assert [action for action in actions if action.startswith("person.rescue")] == [
        "person.rescue-link",
        "person.rescue",
    ]


def test_nobody_and_who_is_deactivated_are_not_rescued(app: Flask, ada: Account, session: Session) -> None:
    person(session, "Bob", "admin")
    deactivate(session, ada.id)
    session.commit()
    for email in ("ada@example.org", "nobody@example.org"):
        done = app.test_cli_runner().invoke(args=["people", "rescue", email])
        assert done.exit_code == 1
        assert "/rescue/" not in done.output
