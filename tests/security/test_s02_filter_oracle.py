"""S2: what a list can be searched, filtered or sorted by is what its reader may see."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from tests.admin.conftest import write
from tests.forms import page


def rows(client: FlaskClient, **asked: str) -> list[str]:
    tree = page(client.get("/admin/articles", query_string=asked, follow_redirects=True))
    return [link.text_content().strip() for link in tree.xpath("//tbody//th//a")]


def test_nobody_is_found_by_what_is_hidden(editor: FlaskClient, author: FlaskClient) -> None:
    """An editor does not see addresses that people sign in with; so no search tells whether one begins like this."""
    write(author, "Charlie’s own")
    assert rows(editor, q="charlie") == ["Charlie’s own"], "by name, which everybody sees"
    for guess in ("charlie@", "@example.org", "example.org", "charlie@example.org", "$argon2id"):
        assert rows(editor, q=guess) == [], guess
        assert editor.get("/admin/articles/search.json", query_string={"q": guess}).get_json() == {"items": []}


@pytest.mark.parametrize("name", ["email", "password_hash", "account.email", "id", "account_id", "secret", "-email"])
def test_a_hidden_field_sorts_and_filters_nothing(
    editor: FlaskClient, session: Session, bob: Account, charlie: Account, name: str
) -> None:
    write(editor, "One")
    write(editor, "Two")
    before = rows(editor, sort=name), rows(editor, **{name: "a"})
    bob.password_hash, charlie.password_hash, charlie.email = "$a", "$z", "aaa@example.org"
    session.commit()
    assert (rows(editor, sort=name), rows(editor, **{name: "a"})) == before == (["Two", "One"],) * 2
