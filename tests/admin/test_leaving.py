"""Deleting a person: nothing of theirs is lost, nothing of them stays, and the last admin cannot go."""

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import mail
from app.accounts import inviting
from app.accounts.leaving import HeirUnfit
from app.accounts.membership import LastAdmin
from app.accounts.models import Account, SignedIn
from app.articles.models import Draft, Revision
from app.audit.models import AuditEntry
from app.media.models import Media
from app.parting import part
from tests.accounts.conftest import HASH, person
from tests.admin.conftest import publish, write
from tests.forms import field_errors, page, post_form, text_of, where_to
from tests.media.specimens import add_media

ClientOf = Callable[[Account], FlaskClient]


@pytest.fixture
def admin(alice: Account, session: Session, client_of: ClientOf) -> FlaskClient:
    """Alice's browser; she can really sign in, so she is an admin for good."""
    alice.password_hash = HASH
    session.expire_on_commit = False  # else the next look at somebody would take SQLite's write lock
    session.commit()
    return client_of(alice)


def ids(session: Session, *accounts: Account) -> list[int]:
    """Their numbers, asked for without keeping SQLite's write lock."""
    numbers = [account.id for account in accounts]
    session.commit()
    return numbers


def delete(admin: FlaskClient, account_id: int, heir_id: int) -> tuple[int, dict[str, str]]:
    answer = post_form(admin, f"/admin/people/{account_id}/delete", {"heir": heir_id})
    return answer.status_code, field_errors(answer) if answer.status_code != 303 else {}


def test_what_was_theirs_belongs_to_whoever_was_chosen(
    bob: Account, charlie: Account, admin: FlaskClient, client_of: ClientOf, client: FlaskClient, session: Session
) -> None:
    editor = client_of(bob)
    number = write(editor, "By Bob", authors="Bob")
    publish(editor, number)
    both = write(editor, "By both", authors="Bob, Charlie")
    publish(editor, both)
    draft = write(editor, "A draft", authors="Bob")
    media_id = add_media(session, by_id=bob.id).id
    bob_id, charlie_id = bob.id, charlie.id
    session.commit()
    asked = admin.get(f"/admin/people/{bob_id}/delete")
    assert "3 articles and 1 file" in text_of(asked)
    assert delete(admin, bob_id, charlie_id) == (303, {})
    session.expunge_all()
    with session:
        assert session.get(Account, bob_id) is None
        assert session.get_one(Media, media_id).account_id == charlie_id
        assert set(session.scalars(select(Revision.account_id))) == {charlie_id}
        assert {row.saved_by_id for row in session.scalars(select(Draft))} == {charlie_id}
        assert session.scalars(select(SignedIn).where(SignedIn.account_id == bob_id)).all() == []
    for slug in ("by-bob", "by-both"):
        authors = page(client.get(f"/{slug}")).xpath("//*[contains(@class, 'p-author')]//text()")
        assert "Charlie" in "".join(authors) and "Bob" not in "".join(authors)
    assert editor.get("/admin/profile").status_code == 303, "signed out"
    answer = client.get("/author/bob")
    assert (answer.status_code, where_to(answer)) == (301, "/author/charlie")
    mine = client_of(session.get_one(Account, charlie_id))
    for article_id in (number, both, draft):
        assert mine.get(f"/admin/articles/{article_id}").status_code == 200
    assert "A draft" in text_of(mine.get("/admin/articles?q=charlie"))


def test_a_page_that_nobody_ever_saw_says_that_it_is_gone(
    bob: Account, admin: FlaskClient, alice: Account, client: FlaskClient, session: Session
) -> None:
    assert delete(admin, *ids(session, bob, alice))[0] == 303
    assert client.get("/author/bob").status_code == 410
    assert client.get("/author/nobody").status_code == 404


def test_of_two_who_leave_the_first_one_s_page_leads_to_the_last(
    bob: Account,
    charlie: Account,
    admin: FlaskClient,
    alice: Account,
    client_of: ClientOf,
    client: FlaskClient,
    session: Session,
) -> None:
    editor = client_of(bob)
    publish(editor, write(editor, "By Bob", authors="Bob"))
    alice_id, bob_id, charlie_id = ids(session, alice, bob, charlie)
    delete(admin, bob_id, charlie_id)
    delete(admin, charlie_id, alice_id)
    assert where_to(client.get("/author/bob")) == "/author/alice"


def test_nothing_of_them_stays(bob: Account, admin: FlaskClient, alice: Account, session: Session) -> None:
    _, token = inviting.invite(session, email="by-bob@example.org", role="author", by_id=bob.id)
    mail.post(session, kind="reset", recipient="bob@example.org", subject="S", text="T")
    session.commit()
    delete(admin, *ids(session, bob, alice))
    assert mail.list_messages(session) == []
    assert inviting.find_invitation(session, token) is None
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.delete"))
    assert (entry.subject, entry.details) == ("Bob", {"handed_to": "Alice", "articles": 0, "files": 0})


def test_the_last_admin_cannot_be_deleted_nor_anybody_by_themselves(
    bob: Account, admin: FlaskClient, alice: Account, session: Session
) -> None:
    alice_id, bob_id = alice.id, bob.id
    session.commit()
    assert post_form(admin, f"/admin/people/{alice_id}/delete", {"heir": bob_id}).status_code == 403
    assert "cannot delete yourself" in text_of(admin.get(f"/admin/people/{alice_id}/delete"))
    with pytest.raises(LastAdmin):
        part(session, alice_id, heir_id=bob_id)


@pytest.mark.parametrize("heir", ["same", "nobody", "deactivated"])
def test_an_heir_is_somebody_else_who_is_here(
    heir: str, bob: Account, charlie: Account, admin: FlaskClient, alice: Account, session: Session
) -> None:
    charlie.deactivated_at = charlie.created_at
    heir_id = {"same": bob.id, "nobody": 4711, "deactivated": charlie.id}[heir]
    bob_id = bob.id
    session.commit()
    status, errors = delete(admin, bob_id, heir_id)
    assert status == 422 and "heir" in errors
    with pytest.raises(HeirUnfit):
        part(session, bob_id, heir_id=heir_id)


def test_others_may_not(bob: Account, charlie: Account, client_of: ClientOf) -> None:
    assert post_form(client_of(bob), f"/admin/people/{charlie.id}/delete", {"heir": bob.id}).status_code == 403


def run(app: Flask, *arguments: str) -> Result:
    result = app.test_cli_runner().invoke(args=["people", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_on_the_command_line(app: Flask, session: Session) -> None:
    person(session, "Ada", "admin")
    person(session, "Bob", "editor")
    refused = run(app, "delete", "ada@example.org", "--hand-to", "bob@example.org")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "only admin" in refused.stderr
    done = run(app, "delete", "bob@example.org", "--hand-to", "ada@example.org")
    assert (done.exit_code, done.stdout) == (0, "Bob is deleted. Ada has 0 articles and 0 files more.\n")
    assert run(app, "delete", "bob@example.org", "--hand-to", "ada@example.org").exit_code == 1


def test_inviting_on_the_command_line(app: Flask, session: Session, client: FlaskClient) -> None:
    done = run(app, "invite", "new@example.org", "--role", "author")
    link = done.stdout.splitlines()[-1]
    assert link.startswith("http://localhost:8000/invitation/")
    assert client.get(link.removeprefix("http://localhost:8000")).status_code == 200
    assert run(app, "invite", "new@example.org", "--role", "author").exit_code == 1
    assert run(app, "invite", "other@example.org", "--role", "king").exit_code == 2
