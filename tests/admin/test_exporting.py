"""One's own data as a file: all of it, of nobody else, and no secret."""

import json
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from tests.accounts.conftest import HASH
from tests.admin.conftest import write
from tests.forms import post_form
from tests.media.specimens import add_media

ClientOf = Callable[[Account], FlaskClient]


def test_all_that_is_known_of_oneself(charlie: Account, bob: Account, client_of: ClientOf, session: Session) -> None:
    charlie.password_hash = HASH
    add_media(session, by_id=charlie.id)
    session.commit()
    author = client_of(charlie)
    write(author, "Mine", body="<p>My own words.</p>")
    write(author, "Another", body="<p>More “words”.</p>")
    write(client_of(bob), "Bob's", body="<p>A secret of Bob's.</p>", authors="Bob")
    answer = post_form(author, "/admin/profile/export")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="charlie-')
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.get_data(as_text=True)
    data = json.loads(text)
    assert data["account"]["email"] == "charlie@example.org"
    assert data["signing_in"]["has_password"] is True
    assert len(data["signing_in"]["sessions"]) == 1
    assert [article["working_copy"]["title"] for article in data["articles"]] == ["Mine", "Another"]
    assert data["articles"][0]["revisions"][0]["body"] == "<p>My own words.</p>"
    assert len(data["files"]) == 1
    assert [entry["action"] for entry in data["audit"]][-1] == "person.export"
    for secret in (HASH, "Bob", "token", "hash"):
        assert secret not in text


def test_nobody_signed_in_gets_one(client: FlaskClient) -> None:
    assert post_form(client, "/admin/profile/export").status_code == 401
    assert client.get("/admin/profile/export").status_code == 404
