"""The tags page: counts, renaming, merging, deleting."""

from collections.abc import Callable

from flask.testing import FlaskClient

from app.articles.models import Article
from tests.admin.conftest import publish, write
from tests.forms import field_errors, page, post_form, text_of, typed_fields

Look = Callable[[int], Article]


def rows(client: FlaskClient) -> list[list[str]]:
    return [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in page(client.get("/admin/tags")).xpath("//tbody/tr")
    ]


def names(article: Article) -> list[str]:
    return [tag.name for tag in article.draft.tags]


def test_counts_tell_public_articles_from_all(editor: FlaskClient) -> None:
    assert "No tags yet" in text_of(editor.get("/admin/tags"))
    number = write(editor, tags="b, a")
    write(editor, tags="a")
    publish(editor, number)
    assert rows(editor) == [["a", "1", "2"], ["b", "1", "1"]]


def test_renaming(editor: FlaskClient, client: FlaskClient, look: Look) -> None:
    number = write(editor, tags="old")
    publish(editor, number)
    assert post_form(editor, "/admin/tags/1", {"name": "New name"}).status_code == 303
    assert names(look(number)) == ["New name"]
    assert "New name" in client.get("/tag/old").text


def test_a_taken_name_offers_merging(editor: FlaskClient, look: Look) -> None:
    number = write(editor, tags="one, two")
    answer = post_form(editor, "/admin/tags/1", {"name": "two"})
    assert answer.status_code == 422 and "already a tag" in field_errors(answer)["name"]
    assert typed_fields(answer)["name"] == "two"
    offered = page(answer).xpath("//form[contains(@class, 'notice')]")[0]
    assert offered.get("action") == "/admin/tags/1/merge"
    assert post_form(editor, "/admin/tags/1/merge", {"into": offered.fields["into"]}).status_code == 303
    assert names(look(number)) == ["two"]


def test_names_that_cannot_be_taken(editor: FlaskClient) -> None:
    write(editor, tags="one")
    for typed, says in (("  ", "needs a name"), ("x" * 301, "300 characters")):
        answer = post_form(editor, "/admin/tags/1", {"name": typed})
        assert answer.status_code == 422 and says in field_errors(answer)["name"]
        assert typed_fields(answer)["name"] == typed
    assert editor.post("/admin/tags/1", data={"name": "two"}).status_code == 400


def test_merging_needs_another_tag(editor: FlaskClient) -> None:
    write(editor, tags="one, two")
    for into in ("", "1", "99", "x", "9" * 30):
        answer = post_form(editor, "/admin/tags/1/merge", {"into": into})
        assert answer.status_code == 422 and "Choose the tag" in field_errors(answer)["into"]
    assert post_form(editor, "/admin/tags/99/merge", {"into": "1"}).status_code == 404


def test_deleting_asks_first(editor: FlaskClient, look: Look) -> None:
    number = write(editor, tags="one, two")
    assert "1 article carries it" in text_of(editor.get("/admin/tags/1/delete"))
    assert post_form(editor, "/admin/tags/1/delete").status_code == 303
    assert names(look(number)) == ["two"]
    assert editor.get("/admin/tags/1").status_code == 404
