"""S13: nobody makes themselves, or anybody, more than they are; rights hang on the handler, not on the
address's text."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account, Role
from tests.forms import csrf_token, post_form

ClientOf = Callable[[Account], FlaskClient]
SPELLINGS = ["/admin/people", "/admin/people/", "/admin//people", "/ADMIN/people", "/%61dmin/people", "/admin/%70eople",
             "/admin/./people", "/x/../admin/people", "/admin/people;x=1", "/admin/people%2f", "/admin/people?x=1",
             "/admin/people%00", "/admin%2fpeople", "/admin/people.json", "/admin/people#x"]  # fmt: skip


@pytest.mark.parametrize("path", SPELLINGS)
def test_no_spelling_of_an_address_is_a_way_around(author: FlaskClient, client: FlaskClient, path: str) -> None:
    for browser in (author, client):
        for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
            answer = browser.open(path, method=method, data={"csrf_token": csrf_token(browser)})
            assert "alice@example.org" not in answer.text and answer.status_code != 201, method
            if method == "GET":
                assert answer.status_code in {301, 303, 308, 400, 403, 404}


def test_the_last_admin_stays_one(ada: Account, client_of: ClientOf, session: Session) -> None:
    client, number = client_of(ada), ada.id
    session.rollback()  # SQLite has one writer
    for way, fields in (("role", {"role": "author"}), ("deactivate", {})):
        assert post_form(client, f"/admin/people/{number}/{way}", fields).status_code in {403, 409}
    session.rollback()
    session.refresh(ada)
    assert ada.role == "admin" and ada.is_active


def test_nobody_grants_more_than_they_hold(
    alice: Account, bob: Account, charlie: Account, client_of: ClientOf, session: Session
) -> None:
    """Somebody whose role is to look after people makes no admin, and takes hold of none."""
    rights = {"people.list": "all", "people.add": "all", "people.change_role": "all", "people.link": "all",
              "people.deactivate": "all", "profile.edit": "own"}  # fmt: skip
    session.add(Role(name="porter", label="Porter", is_builtin=False, rights=rights))
    session.flush()
    charlie.role = "porter"
    session.commit()
    porter = client_of(charlie)
    raised = {"name": "Eve", "email": "eve@example.org", "role": "admin"}
    assert post_form(porter, "/admin/people", raised).status_code in {403, 422}
    numbers = [charlie.id, bob.id, alice.id]
    session.rollback()
    for number in numbers:
        answer = post_form(porter, f"/admin/people/{number}/role", {"role": "admin"})
        assert answer.status_code in {403, 422}, number
    for way in ("link", "deactivate", "address", "role"):
        fields = {"email": "eve@example.org", "role": "author"}
        assert post_form(porter, f"/admin/people/{numbers[-1]}/{way}", fields).status_code == 403, way
    session.rollback()
    for account, role in ((alice, "admin"), (bob, "editor"), (charlie, "porter")):
        session.refresh(account)
        assert (account.role, account.is_active) == (role, True)
