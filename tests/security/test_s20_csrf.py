"""S20: what another site's page sends does nothing. Every route there is: tests/house/test_requests.py."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from tests.accounts.conftest import PASSWORD
from tests.forms import csrf_token

ClientOf = Callable[[Account], FlaskClient]
TOKENS = ["", "forged", "ImZvcmdlZCI.aaaa.bbbb"]


@pytest.mark.parametrize("token", [None, *TOKENS])
def test_a_form_of_another_site_does_nothing(
    alice: Account, bob: Account, client_of: ClientOf, session: Session, token: str | None
) -> None:
    client, number = client_of(alice), bob.id
    session.rollback()  # SQLite has one writer
    fields = {} if token is None else {"csrf_token": token}
    for headers in (
        {},
        {"Origin": "https://evil.example"},
        {"Referer": "http://localhost/admin/"},
        {"X-CSRFToken": "x"},
    ):
        assert client.post(f"/admin/people/{number}/deactivate", data=fields, headers=headers).status_code == 400
        assert client.post(f"/admin/people/{number}/deactivate", json=fields, headers=headers).status_code == 400
        assert client.post("/logout", data=fields, headers=headers).status_code == 400
    session.refresh(bob)
    assert bob.is_active
    assert client.get("/admin/profile").status_code == 200


def test_the_token_of_one_browser_is_none_in_another(
    alice: Account, bob: Account, client_of: ClientOf, client: FlaskClient
) -> None:
    token = csrf_token(client_of(bob))
    assert client_of(alice).post(f"/admin/people/{bob.id}/deactivate", data={"csrf_token": token}).status_code == 400
    right = {"csrf_token": token, "email": "bob@example.org", "password": PASSWORD}
    assert client.post("/login", data=right).status_code == 400, "nobody is signed in as somebody else, either"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_opening_an_address_changes_nothing(
    alice: Account, client_of: ClientOf, bob: Account, session: Session, method: str
) -> None:
    client = client_of(alice)
    for url in ("/logout", f"/admin/people/{bob.id}/deactivate", "/admin/settings/purge-test"):
        client.open(url, method=method, query_string={"_method": "POST", "csrf_token": csrf_token(client)})
    session.refresh(bob)
    assert bob.is_active and client.get("/admin/profile").status_code == 200
