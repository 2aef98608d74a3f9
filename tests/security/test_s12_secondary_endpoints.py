"""S12: what helps with an article asks for the same right as the article. All routes and roles: test_matrix.py."""

import pytest
from flask.testing import FlaskClient

from tests.admin.conftest import publish, write
from tests.forms import csrf_token, post_form

READING = ["", "/revisions", "/revisions/1", "/revisions/compare?old=1&new=working", "/preview", "/preview?framed=1",
           "/preview/phone", "/preview/desktop", "/check", "/delete"]  # fmt: skip
CHANGING = ["", "/preview", "/check", "/duplicate", "/presence", "/publish", "/withdraw", "/dates", "/trash",
    "/restore",
            "/delete", "/revisions/1/name", "/revisions/1/restore"]  # fmt: skip


@pytest.mark.parametrize("way", READING)
def test_no_helper_shows_what_its_article_does_not(author: FlaskClient, article_of_bob: int, way: str) -> None:
    answer = author.get(f"/admin/articles/{article_of_bob}{way}")
    assert answer.status_code == 403
    assert "Zebras" not in answer.text


@pytest.mark.parametrize("way", CHANGING)
def test_no_helper_changes_what_its_article_does_not_let(author: FlaskClient, article_of_bob: int, way: str) -> None:
    for headers in ({}, {"Accept": "application/json"}):
        fields = {"csrf_token": csrf_token(author), "title": "Mine now", "tab": "a", "version": "1"}
        answer = author.post(f"/admin/articles/{article_of_bob}{way}", data=fields, headers=headers)
        assert answer.status_code == 403 and "Zebras" not in answer.text


def test_a_child_is_looked_for_below_its_parent(author: FlaskClient, article_of_bob: int) -> None:
    """The own article's address with somebody else's revision in it."""
    own = write(author, "Charlie’s own")
    theirs = 1  # Bob's came first
    for way in (f"revisions/{theirs}", f"revisions/compare?old={theirs}&new=working"):
        answer = author.get(f"/admin/articles/{own}/{way}")
        assert answer.status_code == 404 and "Zebras" not in answer.text
    assert post_form(author, f"/admin/articles/{own}/revisions/{theirs}/restore").status_code == 404


def test_statistics_of_others_are_closed_as_their_articles_are(author: FlaskClient, editor: FlaskClient) -> None:
    number = write(editor, "Bob’s own")
    publish(editor, number)
    for kind in ("", "/export.csv", "/export.json"):
        assert author.get(f"/admin/statistics/articles/{number}{kind}").status_code == 403
