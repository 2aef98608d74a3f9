"""S15: a second factor that is skipped, or not bound to who began. More of it: tests/admin/test_factors.py."""

from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.joining import offer_welcome_link
from app.accounts.models import Account
from app.accounts.resetting import ask
from tests.accounts.conftest import PASSWORD
from tests.forms import csrf_token, post_form, where_to
from tests.house.furnished import addresses, furnish_site
from tests.house.routes import policy

ANOTHER = "another good password"


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
