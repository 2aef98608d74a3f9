"""S27: what is closed is closed on every way: nobody signs up here, and the first admin was the only first one."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts import joining
from app.accounts.models import Account
from tests.accounts.conftest import person
from tests.forms import csrf_token

SIGN_UP = [
    "/signup",
    "/sign-up",
    "/register",
    "/auth/signup",
    "/join",
    "/admin/signup",
    "/api/signup",
    "/members/signup",
]


@pytest.fixture
def old_setup_link(session: Session) -> str:
    """A link from before there was an admin."""
    token = joining.offer_setup_link(session)
    session.commit()
    assert token is not None
    return token


def test_an_old_setup_link_opens_nothing(client: FlaskClient, session: Session, old_setup_link: str) -> None:
    assert client.get(f"/setup/{old_setup_link}").status_code == 200
    person(session, "Ada", "admin")
    fields = {"name": "Eve", "email": "eve@example.org", "password": "another good password"}
    fields["csrf_token"] = csrf_token(client)
    assert client.get(f"/setup/{old_setup_link}").status_code == 404
    assert client.post(f"/setup/{old_setup_link}", data=fields).status_code == 404
    assert session.query(Account).filter_by(email="eve@example.org").count() == 0
    session.rollback()


@pytest.mark.any_database
@pytest.mark.parametrize("url", SIGN_UP)
def test_nobody_signs_up_by_themselves(client: FlaskClient, session: Session, url: str) -> None:
    fields = {"name": "Eve", "email": "eve@example.org", "password": "another good password", "role": "admin"}
    for method in ("GET", "POST"):
        assert client.open(url, method=method, data=fields | {"csrf_token": csrf_token(client)}).status_code in {
            404,
            405,
        }
    assert session.query(Account).count() == 0
    session.rollback()
