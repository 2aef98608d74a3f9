"""S16: a session is made when somebody signs in, and over when it is ended, wherever its cookie still is."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.membership import change_role, deactivate
from app.accounts.models import Account
from tests.accounts.conftest import PASSWORD, person
from tests.forms import post_form

RIGHT = {"email": "ada@example.org", "password": PASSWORD}


def signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    assert post_form(client, "/login", RIGHT).status_code == 303
    assert is_in(client)
    return client


def is_in(client: FlaskClient) -> bool:
    return client.get("/admin/profile").status_code == 200


def token_of(client: FlaskClient) -> str | None:
    with client.session_transaction() as cookie:
        return cookie.get("_user_id")


def test_a_planted_session_is_not_the_one_that_is_opened(app: Flask, ada: Account) -> None:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["planted"] = "planted by somebody", "yes"
    post_form(client, "/login", RIGHT)
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != "planted by somebody" and "planted" not in cookie


def test_a_new_password_ends_the_other_sessions(app: Flask, ada: Account) -> None:
    mine, stolen = signed_in(app), signed_in(app)
    fields = {"current_password": PASSWORD, "password": "another good password"}
    assert post_form(mine, "/admin/profile/password", fields).status_code == 303
    assert is_in(mine) and not is_in(stolen)


def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(app: Flask, ada: Account) -> None:
    client, thief = signed_in(app), app.test_client()
    copied = client.get_cookie("session")
    assert copied is not None
    thief.set_cookie("session", copied.value)
    assert is_in(thief)
    post_form(client, "/logout")
    thief.set_cookie("session", copied.value)
    assert not is_in(thief)


@pytest.mark.parametrize("what", [deactivate, lambda session, number: change_role(session, number, role="author")])
def test_whoever_is_deactivated_or_gets_another_role_is_out(
    app: Flask, session: Session, ada: Account, what: Callable[[Session, int], object]
) -> None:
    person(session, "Eve", "admin")
    client = signed_in(app)
    token = token_of(client)
    session.rollback()
    what(session, ada.id)
    session.commit()
    assert not is_in(client)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert not is_in(client), "the number is not given again"
