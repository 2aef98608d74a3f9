"""Being asked to join, and joining: by a link that works once, in the role that was chosen and no other."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app, mail
from app.accounts import inviting, membership
from app.accounts.models import Account
from app.accounts.models_doors import Invitation
from app.accounts.reading import find_account_by_email
from app.audit.models import AuditEntry
from app.config import Config
from app.db import Database
from tests.accounts.conftest import PASSWORD
from tests.conftest import Clock
from tests.forms import field_errors, page, post_form, text_of, where_to

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
ClientOf = Callable[[Account], FlaskClient]


@pytest.fixture
def admin(alice: Account, client_of: ClientOf) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def invite(admin: FlaskClient, email: str = "new@example.org", role: str = "author") -> str:
    """Invite, and read the link's path from the page that shows it."""
    answer = post_form(admin, "/admin/people/invite", {"email": email, "role": role})
    assert answer.status_code == 200, field_errors(answer)
    link = str(page(answer).get_element_by_id("link").get("value"))
    assert link.startswith("http://localhost:8000/invitation/")
    return link.removeprefix("http://localhost:8000")


def accept(client: FlaskClient, path: str, **fields: str) -> int:
    return post_form(client, path, {"name": "Nina New", "password": PASSWORD} | fields).status_code


def outbox(database: Database) -> list[mail.Message]:
    with database.reader() as session:
        return list(session.scalars(select(mail.Message).order_by(mail.Message.id)))


def test_somebody_joins_by_an_invitation(
    admin: FlaskClient, client: FlaskClient, session: Session, database: Database
) -> None:
    path = invite(admin, role="editor")
    (letter,) = outbox(database)
    assert (letter.kind, letter.recipient) == ("invitation", "new@example.org")
    assert f"http://localhost:8000{path}" in letter.text and "Alice" in letter.text
    assert "new@example.org" in text_of(admin.get("/admin/people"))
    opened = client.get(path)
    assert "an editor" in text_of(opened)
    answer = post_form(client, path, {"name": "Nina New", "password": PASSWORD}, on=path)
    assert where_to(answer) == "/admin/profile/security?done=joined"
    assert "Nina New" in text_of(client.get("/admin/profile"))
    account = find_account_by_email(session, "new@example.org")
    assert account is not None and (account.role, account.name) == ("editor", "Nina New")
    actions = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))
    session.commit()
    assert actions == ["invitation.send", "person.join", "session.open"]
    assert client.get(path).status_code == 404, "it works once"
    assert "Invited, not here yet" not in text_of(admin.get("/admin/people"))


def test_what_is_typed_is_checked_and_changes_nothing(
    admin: FlaskClient, client: FlaskClient, session: Session
) -> None:
    path = invite(admin)
    answer = post_form(client, path, {"name": " ", "password": "short"}, on=path)
    assert set(field_errors(answer)) == {"name", "password"}
    for field in ("role", "email", "is_admin", "slug"):
        assert accept(client, path, **{field: "admin"}) == 422, "who joins does not choose that"
    assert find_account_by_email(session, "new@example.org") is None
    session.commit()
    assert accept(client, path) == 303


def test_it_expires_and_can_be_sent_again_by_a_new_link(
    admin: FlaskClient, app: Flask, alice: Account, client_of: ClientOf, the_clock: Clock, database: Database
) -> None:
    the_clock.set(START)
    admin = client_of(alice)
    former = invite(admin)
    the_clock.set(START + timedelta(days=7))
    admin = client_of(alice)
    client = app.test_client()
    assert client.get(former).status_code == 404
    assert "Expired" in text_of(admin.get("/admin/people"))
    answer = post_form(admin, "/admin/people/invitations/1/again")
    path = str(page(answer).get_element_by_id("link").get("value")).removeprefix("http://localhost:8000")
    assert path != former
    assert len(outbox(database)) == 1, "the letter with the former link does not go out any more"
    assert client.get(former).status_code == 404
    assert accept(client, path) == 303


def test_a_revoked_one_opens_nothing(admin: FlaskClient, client: FlaskClient, database: Database) -> None:
    path = invite(admin)
    assert post_form(admin, "/admin/people/invitations/1/revoke").status_code == 303
    assert outbox(database) == [], "nor does its letter go out"
    assert accept(client, path) == 404
    answer = post_form(admin, "/admin/people/invitations/1/again")
    assert "accepted or revoked" in text_of(admin.get(where_to(answer)))


def test_one_made_by_somebody_who_had_to_go_opens_nothing(
    admin: FlaskClient, client: FlaskClient, session: Session, bob: Account, alice: Account
) -> None:
    path = invite(admin, role="admin")
    alice.deactivated_at = datetime.now(UTC)
    session.commit()
    assert client.get(path).status_code == 404
    assert accept(client, path) == 404


def test_of_two_who_accept_at_once_one_joins(session: Session, alice: Account) -> None:
    _, token = inviting.invite(session, email="new@example.org", role="author", by_id=alice.id)
    inviting.accept(session, token=token, name="One", password_hash="x")
    with pytest.raises(inviting.LinkUseless):
        inviting.accept(session, token=token, name="Two", password_hash="x")


def test_people_who_are_here_or_invited_are_not_invited(admin: FlaskClient, bob: Account) -> None:
    invite(admin)
    for email, says in (("BOB@example.org", "has this e-mail address"), ("New@Example.org", "invited already")):
        answer = post_form(admin, "/admin/people/invite", {"email": email, "role": "author"})
        assert answer.status_code == 422
        assert says in field_errors(answer)["email"]


def test_nobody_invites_to_more_than_they_may(
    admin: FlaskClient, session: Session, charlie: Account, bob: Account, client_of: ClientOf
) -> None:
    from app.accounts.roles import make_role

    role = make_role(session, label="Host", rights={"people.list": "all", "people.add": "all"}, by=None)
    session.commit()
    membership.change_role(session, charlie.id, role=role.name)
    session.commit()
    invite(admin, role="admin")
    host = client_of(charlie)
    assert post_form(host, "/admin/people/invite", {"email": "x@example.org", "role": "admin"}).status_code == 422
    for verb in ("again", "revoke"):
        assert post_form(host, f"/admin/people/invitations/1/{verb}").status_code == 403
    assert post_form(client_of(bob), "/admin/people/invite", {"email": "x@y.org", "role": "author"}).status_code == 403


def test_with_a_mail_server_the_link_is_shown_to_nobody(
    config: Config, alice: Account, session: Session, database: Database
) -> None:
    import dataclasses

    from app.accounts.signing_in import open_session

    app = create_app(dataclasses.replace(config, mail_url="smtp://mail.example.org"))
    client = app.test_client()
    token = open_session(session, alice)
    session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    answer = post_form(client, "/admin/people/invite", {"email": "new@example.org", "role": "author"})
    assert where_to(answer) == "/admin/people?done=invited"
    (letter,) = outbox(database)
    secret = letter.text.partition("/invitation/")[2].split()[0]
    assert secret not in client.get("/admin/people").get_data(as_text=True)
    app.extensions["typecase.db"].close()


def test_guessing_at_links_ends(client: FlaskClient) -> None:
    answers = [client.get(f"/invitation/guess{number}").status_code for number in range(40)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_links_are_kept_as_hashes(admin: FlaskClient, session: Session) -> None:
    token = invite(admin).rpartition("/")[2]
    kept = session.scalars(select(Invitation)).one()
    session.commit()
    assert token not in (kept.token_hash, kept.email)


@pytest.mark.parametrize("path", ["/invitation/x", "/reset/x", "/welcome/x"])
def test_a_page_with_a_secret_in_its_address_tells_nobody_where_one_came_from(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Referrer-Policy"] == "no-referrer"
