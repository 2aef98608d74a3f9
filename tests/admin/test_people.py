"""Admins look after people: adding, links, roles, coming and going."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.bylines import find_or_make_byline
from app.accounts.models import Account
from app.accounts.reading import find_account_by_email
from tests.accounts.conftest import PASSWORD, person
from tests.forms import field_errors, page, post_form, text_of, typed_fields, where_to

ClientOf = Callable[[Account], FlaskClient]
NEW = {"name": "Dora", "email": "Dora@Example.org", "role": "editor"}


@pytest.fixture
def ada(session: Session) -> Account:
    """An admin with a password."""
    return person(session, "Ada", "admin")


@pytest.fixture
def admin(ada: Account, client_of: ClientOf) -> FlaskClient:
    return client_of(ada)


def test_the_list_names_everybody_and_their_state(admin: FlaskClient, session: Session) -> None:
    name = "<b>Żółć</b> & 'Söhne'"
    find_or_make_byline(session, name=name)
    session.commit()
    answer = admin.get("/admin/people")
    assert name in text_of(answer)
    assert "Byline only" in text_of(answer)
    assert "<b>Ż" not in answer.text


def test_adding_shows_a_link_once_by_which_they_come_in(app: Flask, admin: FlaskClient, session: Session) -> None:
    answer = post_form(admin, "/admin/people", NEW)
    assert answer.status_code == 200
    link = typed_or_readonly(answer.text)
    dora = find_account_by_email(session, "dora@example.org")
    session.commit()
    assert dora is not None
    assert (dora.name, dora.role, dora.can_sign_in) == ("Dora", "editor", False)
    path = link.removeprefix("http://localhost:8000")
    theirs = app.test_client()
    assert post_form(theirs, path, {"password": PASSWORD}, on=path).status_code == 303
    assert theirs.get("/admin/articles").status_code == 200
    assert path not in admin.get(f"/admin/people/{dora.id}").text


def typed_or_readonly(text: str) -> str:
    """The link on the page that shows it."""
    start = text.index("http://localhost:8000/welcome/")
    return text[start : text.index('"', start)]


def test_the_link_is_not_made_from_the_host_header(admin: FlaskClient) -> None:
    answer = admin.get("/admin/people", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    answer = admin.get("/admin/people", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": "ADA@example.org"}, "email"),
        ({"email": "dora"}, "email"),
        ({"email": ""}, "email"),
        ({"name": "\u200b"}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"role": "owner"}, "role"),
    ],
)
def test_bad_input_is_named_at_its_field_and_stays(
    admin: FlaskClient, session: Session, changed: dict[str, str], field: str
) -> None:
    answer = post_form(admin, "/admin/people", NEW | changed)
    assert answer.status_code == 422
    assert list(field_errors(answer)) == [field]
    kept = typed_fields(answer)
    assert kept["name"] == (NEW | changed)["name"] or field == "name"
    assert kept["email"].lower() == (NEW | changed)["email"].lower()
    assert len(session.scalars(select(Account)).all()) == 1


def test_a_taken_address_says_so(admin: FlaskClient) -> None:
    answer = post_form(admin, "/admin/people", NEW | {"email": "ada@example.org"})
    assert field_errors(answer) == {"email": "Somebody here has this e-mail address already."}


def test_an_expired_form_keeps_what_was_typed(admin: FlaskClient) -> None:
    answer = admin.post("/admin/people", data=NEW | {"csrf_token": "old"})
    assert answer.status_code == 400
    assert typed_fields(answer)["email"] == "Dora@Example.org".lower()


@pytest.mark.parametrize("name", ["id", "slug", "password_hash", "deactivated_at", "is_admin", "created_at"])
def test_fields_that_are_not_the_forms_are_refused(admin: FlaskClient, session: Session, name: str) -> None:
    answer = post_form(admin, "/admin/people", NEW | {name: "1"})
    assert answer.status_code == 422
    assert "cannot be changed here" in text_of(answer)
    assert find_account_by_email(session, "dora@example.org") is None


def test_unknown_fields_are_ignored(admin: FlaskClient) -> None:
    assert post_form(admin, "/admin/people", NEW | {"favourite_colour": "blue"}).status_code == 200


def test_a_role_changes_what_somebody_may_with_the_next_request(
    admin: FlaskClient, session: Session, client_of: ClientOf
) -> None:
    bob = person(session, "Bob", "admin")
    theirs = client_of(bob)
    assert theirs.get("/admin/people").status_code == 200
    answer = post_form(admin, f"/admin/people/{bob.id}/role", {"role": "author"})
    assert where_to(answer) == f"/admin/people/{bob.id}?done=role-changed"
    assert "The role is changed." in text_of(admin.get(where_to(answer)))
    assert theirs.get("/admin/people").status_code == 303, "they have to sign in again"
    assert client_of(bob).get("/admin/people").status_code == 403


def test_the_last_admin_is_told_why_not(admin: FlaskClient, ada: Account, session: Session) -> None:
    answer = post_form(admin, f"/admin/people/{ada.id}/role", {"role": "author"})
    assert answer.status_code == 409
    assert "only admin who can sign in" in field_errors(answer)["role"]
    answer = post_form(admin, f"/admin/people/{ada.id}/deactivate")
    assert answer.status_code == 409
    assert "only admin who can sign in" in text_of(answer)
    session.refresh(ada)
    assert (ada.role, ada.is_active) == ("admin", True)


def test_deactivating_and_back(admin: FlaskClient, session: Session, client_of: ClientOf) -> None:
    bob = person(session, "Bob", "editor")
    theirs = client_of(bob)
    assert where_to(post_form(admin, f"/admin/people/{bob.id}/deactivate")).endswith("?done=deactivated")
    assert theirs.get("/admin/profile").status_code == 303
    assert "Deactivated" in text_of(admin.get("/admin/people"))
    assert post_form(admin, f"/admin/people/{bob.id}/link").status_code == 409
    assert where_to(post_form(admin, f"/admin/people/{bob.id}/reactivate")).endswith("?done=activated")
    session.refresh(bob)
    assert bob.is_active


def test_a_byline_gets_an_address_and_a_link(app: Flask, admin: FlaskClient, session: Session) -> None:
    byline = find_or_make_byline(session, name="Jhon Lennon")
    session.commit()
    taken = post_form(admin, f"/admin/people/{byline.id}/address", {"email": "ada@example.org"})
    assert (taken.status_code, list(field_errors(taken))) == (422, ["email"])
    assert post_form(admin, f"/admin/people/{byline.id}/link").status_code == 409
    answer = post_form(admin, f"/admin/people/{byline.id}/address", {"email": "jhon@example.org"})
    path = typed_or_readonly(answer.text).removeprefix("http://localhost:8000")
    assert post_form(app.test_client(), path, {"password": PASSWORD}, on=path).status_code == 303


def test_the_address_of_somebody_who_signs_in_is_theirs(admin: FlaskClient, ada: Account, session: Session) -> None:
    bob = person(session, "Bob")
    answer = post_form(admin, f"/admin/people/{bob.id}/address", {"email": "mallory@example.org"})
    assert answer.status_code == 409
    session.refresh(bob)
    assert bob.email == "bob@example.org"


@pytest.mark.parametrize("path", ["", "/role", "/address", "/link", "/deactivate", "/reactivate"])
def test_nobody_has_this_number(admin: FlaskClient, path: str) -> None:
    if not path:
        assert admin.get("/admin/people/4711").status_code == 404
    else:
        data = {"role": "author", "email": "x@example.org"} if path == "/role" else {"email": "x@example.org"}
        if path == "/role":
            del data["email"]
        assert post_form(admin, f"/admin/people/4711{path}", data).status_code == 404


@pytest.mark.parametrize("role", ["editor", "author"])
def test_others_neither_see_nor_change_people(
    app: Flask, session: Session, ada: Account, client_of: ClientOf, role: str
) -> None:
    theirs = client_of(person(session, "Bob", role))
    assert "People" not in [link.text for link in page(theirs.get("/admin/profile")).xpath("//nav//a")]
    for path in ("", "/new", f"/{ada.id}"):
        assert theirs.get(f"/admin/people{path}").status_code == 403
    for path in ("", f"/{ada.id}/role", f"/{ada.id}/link", f"/{ada.id}/deactivate"):
        assert post_form(theirs, f"/admin/people{path}", NEW).status_code == 403


def test_the_list_is_searched_by_words_role_and_state(
    alice: Account, bob: Account, session: Session, client_of: Callable[[Account], FlaskClient]
) -> None:
    bob.email, alice.last_seen_at = None, alice.created_at
    session.commit()
    admin = client_of(alice)
    for query, found in {
        "words=ALI": {"Alice"}, "words=alice@": {"Alice"}, "words=%25": set(), "role=editor": {"Bob"},
        "state=byline": {"Bob"}, "state=waiting": {"Alice"}, "state=deactivated": set(), "state=odd": set(),
        "words=b&role=editor&state=byline": {"Bob"},
    }.items():  # fmt: skip
        rows = page(admin.get(f"/admin/people?{query}")).xpath("//tbody//th/a//text()")
        assert set(rows) == found, query
