"""Everyone's own profile."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.signing_in import authenticate
from tests.accounts.conftest import PASSWORD, person
from tests.admin.conftest import write
from tests.forms import field_errors, post_form, text_of, typed_fields, where_to

ClientOf = Callable[[Account], FlaskClient]


@pytest.fixture
def zoe(session: Session) -> Account:
    """An author with a password."""
    return person(session, "Zoe", "author")


@pytest.fixture
def author(zoe: Account, client_of: ClientOf) -> FlaskClient:
    return client_of(zoe)


def test_name_and_biography_change_the_address_stays(author: FlaskClient, zoe: Account, session: Session) -> None:
    answer = post_form(author, "/admin/profile", {"name": "Zoë Ξ", "biography": "One.\r\n\r\n<b>Two</b>"})
    assert where_to(answer) == "/admin/profile?done=profile-saved"
    session.refresh(zoe)
    assert (zoe.name, zoe.biography, zoe.slug) == ("Zoë Ξ", "One.\n\n<b>Two</b>", "zoe")
    session.commit()
    assert typed_fields(author.get("/admin/profile"))["biography"] == "One.\n\n<b>Two</b>"


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"name": " ", "biography": "kept"}, "name"), ({"name": "Kept", "biography": "x" * 2001}, "biography")],
)
def test_bad_input_is_named_at_its_field_and_stays(author: FlaskClient, typed: dict[str, str], field: str) -> None:
    answer = post_form(author, "/admin/profile", typed)
    assert (answer.status_code, list(field_errors(answer))) == (422, [field])
    assert typed_fields(answer)["biography"] == typed["biography"]


@pytest.mark.parametrize("name", ["role", "email", "slug", "id", "password_hash", "deactivated_at"])
def test_nobody_makes_themselves_more_than_they_are(
    author: FlaskClient, zoe: Account, session: Session, name: str
) -> None:
    answer = post_form(author, "/admin/profile", {"name": "Zoe", name: "admin"})
    assert answer.status_code == 422
    session.refresh(zoe)
    assert (zoe.role, zoe.email, zoe.slug) == ("author", "zoe@example.org", "zoe")


def test_a_new_password_signs_out_the_other_browsers(
    author: FlaskClient, zoe: Account, session: Session, client_of: ClientOf
) -> None:
    other = client_of(zoe)
    answer = post_form(
        author, "/admin/profile/password", {"current_password": PASSWORD, "password": "a new one entirely"}
    )
    assert where_to(answer) == "/admin/profile?done=password-changed"
    assert author.get("/admin/profile").status_code == 200
    assert other.get("/admin/profile").status_code == 303
    session.expire_all()
    assert authenticate(session, email="zoe@example.org", password="a new one entirely").account_id == zoe.id


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"current_password": "not my password", "password": "a new one entirely"}, "current_password"),
        ({"current_password": "", "password": "a new one entirely"}, "current_password"),
        ({"current_password": PASSWORD, "password": "short"}, "password"),
        ({"current_password": PASSWORD, "password": "zoe@example.org"}, "password"),
    ],
)
def test_a_password_change_that_cannot_be(
    author: FlaskClient, session: Session, typed: dict[str, str], field: str
) -> None:
    answer = post_form(author, "/admin/profile/password", typed)
    assert (answer.status_code, list(field_errors(answer))) == (422, [field])
    assert "a new one entirely" not in answer.text
    assert authenticate(session, email="zoe@example.org", password=PASSWORD)


def test_an_expired_form_keeps_what_was_typed(author: FlaskClient) -> None:
    answer = author.post("/admin/profile", data={"name": "Zoe", "biography": "A life.", "csrf_token": "old"})
    assert answer.status_code == 400
    assert typed_fields(answer)["biography"] == "A life."
    assert "expired" in text_of(answer)


def test_a_new_name_finds_one_s_articles_in_the_list(
    client_of: Callable[[Account], FlaskClient], charlie: Account
) -> None:
    author = client_of(charlie)
    write(author, "Of mine")
    post_form(author, "/admin/profile", {"name": "Charlotte", "biography": ""})
    assert "Of mine" in text_of(author.get("/admin/articles?q=charlotte"))
    assert "Of mine" not in text_of(author.get("/admin/articles?q=charlie"))
