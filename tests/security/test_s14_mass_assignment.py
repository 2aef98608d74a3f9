"""S14: a form sets its fields and nothing beside them. Counts: tests/site/test_hostile_requests.py; files:
tests/admin/test_media_security.py."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles.models import Article
from tests.admin.conftest import write
from tests.forms import post_form

FORGED = {
    "id": "99", "status": "published", "published_at": "2020-01-01T00:00", "owner_id": "1", "views": "9999",
    "role": "admin",
    "created_at": "2020-01-01", "saved_by_id": "1", "live_version": "7", "words": "1",
}  # fmt: skip
OF_PEOPLE = {
    "id": "99", "role": "admin", "role_id": "1", "is_admin": "1", "email": "evil@example.org", "email_verified": "1",
    "password_hash": "x", "password": "another good password", "deactivated_at": "", "slug": "alice", "account_id": "1",
}  # fmt: skip


def everything(session: Session, row: Any) -> dict[str, Any]:
    session.rollback()
    session.refresh(row)
    found = {column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs}
    session.rollback()
    return found


@pytest.mark.parametrize("name", FORGED)
def test_what_the_software_keeps_itself_is_refused(editor: FlaskClient, session: Session, name: str) -> None:
    number = write(editor, "One")
    before = everything(session, session.get_one(Article, number))
    for url in ("/admin/articles", f"/admin/articles/{number}", f"/admin/articles/{number}/publish"):
        assert post_form(editor, url, {"title": "Two", name: FORGED[name]}).status_code == 422, url
    assert everything(session, session.get_one(Article, number)) == before
    assert session.query(Article).count() == 1
    session.rollback()


@pytest.mark.parametrize("name", OF_PEOPLE)
def test_an_own_profile_makes_nobody_more(author: FlaskClient, charlie: Account, session: Session, name: str) -> None:
    before = everything(session, charlie)
    post_form(
        author, f"/admin/profile?{name}={OF_PEOPLE[name]}", {"name": "Charlie", "biography": "", name: OF_PEOPLE[name]}
    )
    after = everything(session, charlie)
    assert {key: after[key] for key in after if key != "last_seen_at"} == {
        key: before[key] for key in before if key != "last_seen_at"
    }
