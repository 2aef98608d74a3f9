"""S15: a second step is asked for on every way in, and what answers it works once, in the browser that began. More of
it: tests/admin/test_factors.py.
"""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts import authenticators
from app.accounts.joining import offer_welcome_link
from app.accounts.models import Account
from app.accounts.resetting import ask
from app.config import Config
from tests.accounts.conftest import PASSWORD
from tests.conftest import Clock
from tests.forms import csrf_token, post_form, where_to
from tests.house.furnished import addresses, furnish_site
from tests.house.routes import policy

ANOTHER = "another good password"
NOW = datetime(2026, 11, 23, 9, 0, 15, tzinfo=UTC)
RIGHT = {"email": "ada@example.org", "password": PASSWORD}


@pytest.fixture
def secret(session: Session, ada: Account, config: Config, the_clock: Clock) -> str:
    """Ada has an app."""
    the_clock.set(NOW)
    secret = authenticators.make_secret()
    sealed = authenticators.seal(secret, secret_key=config.secret_key)
    before = pyotp.TOTP(secret).at(NOW - timedelta(seconds=30))
    authenticators.confirm(session, ada.id, sealed=sealed, code=before, secret_key=config.secret_key)
    session.commit()
    return secret


def is_in(client: FlaskClient) -> bool:
    return client.get("/admin/profile").status_code == 200


def test_a_password_alone_opens_nothing(app: Flask, secret: str) -> None:
    client = app.test_client()
    for fields in (RIGHT, RIGHT | {"second": "skip", "means": "passkey", "next": "/admin/"}):
        assert where_to(post_form(client, "/login", fields)).startswith("/login/second")
        for url in ("/admin/", "/admin/people", "/admin/articles", "/admin/profile/security"):
            assert client.get(url).status_code == 303, url
    assert client.get("/admin/session.json").get_json()["signed_in"] is False


def test_a_code_answers_the_step_of_this_browser_once(app: Flask, secret: str) -> None:
    code = pyotp.TOTP(secret).at(NOW)
    stranger = app.test_client()
    post_form(stranger, "/login/second", {"code": code})
    assert not is_in(stranger), "without the password before it"
    first = app.test_client()
    post_form(first, "/login", RIGHT)
    post_form(first, "/login/second", {"code": code})
    assert is_in(first)
    second = app.test_client()
    post_form(second, "/login", RIGHT)
    post_form(second, "/login/second", {"code": code})
    assert not is_in(second), "somebody looked over the shoulder"
    assert csrf_token(second)


def test_s15_half_a_sign_in_opens_nothing(app: Flask, session: Session, alice: Account, bob: Account) -> None:
    """Whoever gave the right password and no second step is nobody, on every route, with and without a script."""
    values = furnish_site(session, alice=alice, bob=bob)  # Alice has a passkey
    half = app.test_client()
    answer = post_form(half, "/login", {"email": "alice@example.org", "password": PASSWORD})
    assert where_to(answer).startswith("/login/second")
    token = csrf_token(half)
    for method, closed in (("GET", 303), ("POST", 401)):
        for rule, url in addresses(app, method, values):
            if policy(app, rule) == "public":
                continue
            answer = half.open(url, method=method, data={"csrf_token": token} if method == "POST" else None)
            assert answer.status_code == closed, f"{method} {url}"
            script = half.open(url, method=method, headers={"Accept": "application/json"})
            assert script.status_code == 401, f"{method} {url} for a script"


def test_s15_no_link_for_a_password_skips_the_second_step(
    app: Flask, session: Session, alice: Account, bob: Account
) -> None:
    furnish_site(session, alice=alice, bob=bob)
    asked = ask(session, email="alice@example.org")
    assert asked is not None
    reset = asked[1]
    session.commit()
    client = app.test_client()
    assert where_to(post_form(client, f"/reset/{reset}", {"password": ANOTHER})).startswith("/login")
    assert client.get("/admin/profile").status_code == 303
    welcome = offer_welcome_link(session, alice)
    session.commit()
    assert where_to(post_form(client, f"/welcome/{welcome}", {"password": ANOTHER})).startswith("/login/second")
    assert client.get("/admin/profile").status_code == 303
