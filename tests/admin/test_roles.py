"""The screen of roles: the table, own roles, a look at what a change does before it is made, other eyes."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import roles
from app.accounts.models import Account
from app.accounts.permissions import ALL, NO, OWN, RIGHTS, usual_scope
from app.accounts.rights_words import WORDS
from app.audit.models import AuditEntry
from app.db import Database
from tests.accounts.conftest import person
from tests.forms import csrf_token, field_errors, post_form, text_of, typed_fields, where_to

ClientOf = Callable[[Account], FlaskClient]


@pytest.fixture
def admin(alice: Account, client_of: ClientOf) -> FlaskClient:
    return client_of(alice)


def rights_of(database: Database, name: str) -> dict[str, str]:
    with database.reader() as session:
        return roles.spread(roles.get_role(session, name))


def noted(database: Database) -> list[str]:
    with database.reader() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))


def test_the_table_has_every_right_and_every_role(admin: FlaskClient, session: Session) -> None:
    roles.make_role(session, label="<i>Guest</i>", rights={"article.list": OWN}, by=None)
    session.commit()
    answer = admin.get("/admin/roles")
    for word in (*WORDS.values(), "Admin", "Editor", "Author", "<i>Guest</i>"):
        assert word in text_of(answer)
    assert "<i>Guest" not in answer.text


def test_an_own_role_is_made_changed_given_and_deleted(
    admin: FlaskClient, session: Session, database: Database, client_of: ClientOf
) -> None:
    answer = post_form(admin, "/admin/roles", {"label": "Guest writer", "like": "author"})
    assert where_to(answer) == "/admin/roles/guest-writer?done=role-made"
    assert rights_of(database, "guest-writer") == rights_of(database, "author")
    dora = person(session, "Dora", "author")
    assert post_form(admin, f"/admin/people/{dora.id}/role", {"role": "guest-writer"}).status_code == 303
    theirs = client_of(dora)
    assert theirs.get("/admin/media").status_code == 200

    seen = post_form(admin, "/admin/roles/guest-writer", {"right_media_see": NO, "right_article_publish": OWN})
    assert seen.status_code == 200
    assert f"{WORDS['media.see']}: all → no" in text_of(seen)
    assert f"{WORDS['article.publish']}: no → own" in text_of(seen)
    assert "1 person: Dora" in text_of(seen)
    assert rights_of(database, "guest-writer")["media.see"] == ALL, "nothing is changed by looking"
    assert theirs.get("/admin/media").status_code == 200

    answer = admin.post("/admin/roles/guest-writer", data=typed_fields(seen))
    assert where_to(answer) == "/admin/roles/guest-writer?done=role-saved"
    assert (rights_of(database, "guest-writer")["media.see"], rights_of(database, "guest-writer")["article.publish"]) \
        == (NO, OWN)  # fmt: skip
    assert theirs.get("/admin/media").status_code == 403, "with the very next request"

    seen = admin.get("/admin/roles/guest-writer/delete?into=author")
    assert f"{WORDS['media.see']}: no → all" in text_of(seen)
    answer = admin.post("/admin/roles/guest-writer/delete", data=typed_fields(seen))
    assert where_to(answer) == "/admin/roles?done=role-deleted"
    session.refresh(dora)
    assert dora.role == "author"
    told = [action for action in noted(database) if action.startswith(("role.", "right.", "person.role"))]
    assert told == ["role.make", "person.role", "role.change", "role.delete", "person.role"]


def test_what_was_not_seen_is_not_done(admin: FlaskClient, session: Session, database: Database) -> None:
    seen = post_form(admin, "/admin/roles/author", {"right_media_see": NO})
    person(session, "Late", "author")
    again = admin.post("/admin/roles/author", data=typed_fields(seen))
    assert again.status_code == 200
    assert "Late" in text_of(again)
    assert rights_of(database, "author")["media.see"] == ALL
    assert admin.post("/admin/roles/author", data=typed_fields(again)).status_code == 303
    assert rights_of(database, "author")["media.see"] == NO


def test_the_admin_s_role_cannot_be_narrowed(admin: FlaskClient, database: Database) -> None:
    answer = post_form(admin, "/admin/roles/admin", {"right_people_list": NO})
    assert answer.status_code == 422
    assert "cannot be changed" in text_of(answer)
    assert rights_of(database, "admin") == {action: usual_scope("admin", action) for action in RIGHTS}


@pytest.mark.parametrize("name", ["admin", "editor", "author"])
def test_roles_of_the_software_are_not_deleted(admin: FlaskClient, database: Database, name: str) -> None:
    assert admin.get(f"/admin/roles/{name}/delete").status_code == 409
    answer = post_form(admin, f"/admin/roles/{name}/delete", {"into": "author"})
    assert answer.status_code in {409, 422}
    assert rights_of(database, name)


def test_absent_cells_keep_their_value_and_nonsense_is_refused_at_its_field(
    admin: FlaskClient, database: Database
) -> None:
    token = {"csrf_token": csrf_token(admin)}
    answer = admin.post("/admin/roles/author", data=token)
    assert where_to(answer) == "/admin/roles/author?done=role-same"
    for value in ("everything", "own unpublished", ""):
        answer = admin.post("/admin/roles/author", data=token | {"right_media_see": value})
        assert answer.status_code == 422
        assert "right_media_see" in field_errors(answer)
    assert rights_of(database, "author")["media.see"] == ALL


@pytest.fixture
def manager(session: Session, client_of: ClientOf) -> FlaskClient:
    """The browser of somebody who may change people and roles, but not publish."""
    rights = dict.fromkeys(("role.see", "role.manage", "people.list", "people.add", "people.link",
                            "people.change_role", "people.deactivate"), ALL)  # fmt: skip
    role = roles.make_role(session, label="Manager", rights=rights, by=None)
    roles.make_role(session, label="Weak", rights={"people.list": ALL}, by=None)
    return client_of(person(session, "Mallory", role.name))


def test_a_manager_grants_no_more_than_they_hold(
    manager: FlaskClient, alice: Account, bob: Account, session: Session, database: Database
) -> None:
    """Not by changing a role, not by copying one, not by giving one, and not by taking somebody's account over."""
    weak = person(session, "Nora", "weak")
    token = {"csrf_token": csrf_token(manager)}
    assert manager.post("/admin/roles/weak", data=token | {"right_article_publish": ALL}).status_code == 422
    assert manager.post("/admin/roles", data=token | {"label": "Copy", "like": "editor"}).status_code == 422
    for role in ("admin", "editor", "author"):
        assert manager.post(f"/admin/roles/{role}", data=token | {"right_media_see": NO}).status_code == 403
        assert manager.post(f"/admin/roles/{role}/second-factor", data=token | {"grace_days": "0"}).status_code == 403
        assert manager.post(f"/admin/people/{weak.id}/role", data=token | {"role": role}).status_code == 422
        new = {"name": "New", "email": "new@example.org", "role": role}
        assert manager.post("/admin/people", data=token | new).status_code == 422
    for path in ("role", "address", "link", "deactivate", "reactivate"):
        for victim in (alice, bob):
            data = token | {"role": "weak", "email": "mallory2@example.org"}
            assert manager.post(f"/admin/people/{victim.id}/{path}", data=data).status_code == 403, path
    assert manager.post(f"/admin/people/{weak.id}/role", data=token | {"role": "manager"}).status_code == 303
    assert rights_of(database, "weak")["article.publish"] == NO


# Other eyes


def test_looking_as_a_role_shows_what_it_sees_and_changes_nothing(
    admin: FlaskClient, database: Database, client_of: ClientOf, alice: Account
) -> None:
    elsewhere = client_of(alice)
    token = {"csrf_token": csrf_token(admin)}
    assert where_to(admin.post("/admin/roles/author/look", data=token)) == "/admin/"
    for path in ("/admin/", "/admin/articles", "/admin/media", "/admin/profile"):
        assert "You look at the admin as Author" in text_of(admin.get(path)), path
    refused = admin.get("/admin/people")
    assert refused.status_code == 403
    assert "where you can stop looking" in text_of(refused)
    assert elsewhere.get("/admin/people").status_code == 200, "another browser of theirs looks with their own eyes"
    for path, data in (("/admin/articles", {"title": "No", "body": "x"}), ("/admin/profile", {"name": "No"})):
        answer = admin.post(path, data=token | data)
        assert answer.status_code == 403
        assert "Looking changes nothing" in text_of(answer)
    assert where_to(admin.post("/admin/looking/end", data=token)) == "/admin/"
    assert admin.get("/admin/people").status_code == 200
    assert "You look at" not in text_of(admin.get("/admin/"))
    assert [action for action in noted(database) if action.startswith("role.look")] == ["role.look", "role.look_end"]


def test_somebody_who_looks_can_sign_out(admin: FlaskClient) -> None:
    token = {"csrf_token": csrf_token(admin)}
    admin.post("/admin/roles/editor/look", data=token)
    assert admin.post("/logout", data=token).status_code == 303
    assert admin.get("/admin/").status_code == 303


# Why


def test_why_somebody_may_not(admin: FlaskClient, charlie: Account, write_as_bob: int) -> None:
    asked = f"/admin/roles/why?person={charlie.id}&action=article.edit"
    assert "It depends on whose it is." in text_of(admin.get(asked))
    for typed in (str(write_as_bob), f"http://localhost/admin/articles/{write_as_bob}"):
        answer = admin.get(f"{asked}&article={typed}")
        assert "No. Charlie is an author" in text_of(answer)
        assert "“Bob’s” is not theirs" in text_of(answer)
    assert "There is no such article" in text_of(admin.get(f"{asked}&article=4711"))
    for odd in ("?person=x&action=y", "?person=99999999999", "?person=1&action=article.edit&article=%00"):
        assert admin.get(f"/admin/roles/why{odd}").status_code == 200


@pytest.fixture
def write_as_bob(bob: Account, client_of: ClientOf) -> int:
    """The number of an article of Bob's."""
    answer = post_form(client_of(bob), "/admin/articles", {"title": "Bob’s", "body": "<p>x</p>"})
    return int(where_to(answer).split("?")[0].rsplit("/", 1)[1])
