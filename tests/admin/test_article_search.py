"""Finding an article to link to: what matches, and only what the person may see."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.admin.conftest import publish, write
from tests.forms import post_form

pytestmark = pytest.mark.any_database


def found(client: FlaskClient, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get("/admin/articles/search.json", query_string=asked)
    assert answer.status_code == 200
    return list(answer.json["items"])


def titles(client: FlaskClient, **asked: Any) -> list[str]:
    return [item["title"] for item in found(client, **asked)]


def test_it_says_what_a_link_needs(editor: FlaskClient) -> None:
    live, draft = write(editor, "The Harbour", slug="the-harbour"), write(editor, "A harbour tomorrow")
    publish(editor, live)
    said = {item["id"]: item for item in found(editor, q="harbour")}
    assert said[live] == {
        "id": live, "title": "The Harbour", "status": "published", "address": f"/articles/{live}",
        "path": "/the-harbour",
    }  # fmt: skip
    assert said[draft]["status"] == "draft"
    assert titles(editor, id=live) == titles(editor, slug="the-harbour") == ["The Harbour"]
    assert titles(editor, slug="nothing-here") == []


def test_titles_come_before_what_matches_elsewhere(editor: FlaskClient) -> None:
    write(editor, "About gulls")
    write(editor, "Last edited", tags="gulls")
    assert titles(editor, q="GULLS") == ["About gulls", "Last edited"]
    assert titles(editor, q="gulls nothing-like-it") == []
    assert titles(editor) == ["Last edited", "About gulls"]


def test_ten_at_most(editor: FlaskClient) -> None:
    for number in range(12):
        write(editor, f"Number {number}")
    assert len(found(editor, q="number")) == 10


def test_an_author_sees_their_own_and_what_is_public(editor: FlaskClient, author: FlaskClient) -> None:
    own = write(author, "Own words")
    secret, live = write(editor, "Secret words"), write(editor, "Live words")
    publish(editor, live)
    post_form(editor, f"/admin/articles/{live}", {"title": "Live words, not yet changed"})
    assert sorted(titles(author, q="words")) == ["Live words", "Own words"]
    assert titles(author, id=secret) == titles(author, slug="secret-words") == []
    assert titles(author, id=own) == ["Own words"]
    assert titles(author, id=live) == ["Live words"]


@pytest.mark.parametrize("asked", ["x", "-1", "99999999999", "²"])
def test_a_number_that_is_none_finds_nothing(editor: FlaskClient, asked: str) -> None:
    assert found(editor, id=asked) == []


def test_nobody_else_finds_anything(client: FlaskClient) -> None:
    assert client.get("/admin/articles/search.json?q=a").status_code in (302, 303, 401)
