"""Earlier versions: every save is listed, can be read, and can be brought back."""

from collections.abc import Callable

from flask.testing import FlaskClient

from app.articles.models import Article
from tests.admin.conftest import publish, write
from tests.forms import page, post_form, text_of

Look = Callable[[int], Article]


def test_every_save_is_kept_and_can_be_brought_back(editor: FlaskClient, look: Look) -> None:
    number = write(editor, "First", "<p>First words.</p>", tags="one")
    url = f"/admin/articles/{number}"
    post_form(editor, url, {"title": "Second", "body": "<p>Second words.</p>", "tags": "two"})
    publish(editor, number)
    listed = page(editor.get(f"{url}/revisions")).xpath("//tbody/tr")
    assert [" ".join(row.xpath("./td")[0].text_content().split()) for row in listed] == [
        "Published",
        "Saved",
        "First saved",
    ]
    first = listed[-1].xpath(".//a/@href")[0]
    words = text_of(editor.get(first))
    assert "First words." in words and "Now: <p>Second words.</p>" in words and "Then: <p>First words.</p>" in words
    assert post_form(editor, f"{first}/restore").status_code == 303
    draft = look(number).draft
    assert (draft.title, draft.body, [tag.name for tag in draft.tags]) == ("First", "<p>First words.</p>", ["one"])
    assert look(number).title == "Second", "nothing is published by it"


def test_bringing_back_does_not_let_an_author_choose_authors(
    editor: FlaskClient, author: FlaskClient, look: Look
) -> None:
    number = write(author, "Mine")
    post_form(editor, f"/admin/articles/{number}", {"authors": "Charlie, Ann"})
    assert post_form(author, f"/admin/articles/{number}/revisions/1/restore").status_code == 303
    assert [person.name for person in look(number).draft.authors] == ["Charlie", "Ann"]


def test_a_revision_belongs_to_its_article(editor: FlaskClient) -> None:
    first, second = write(editor, "One"), write(editor, "Two")
    assert editor.get(f"/admin/articles/{first}/revisions/1").status_code == 200
    assert editor.get(f"/admin/articles/{second}/revisions/1").status_code == 404
    assert editor.get(f"/admin/articles/{first}/revisions/{10**20}").status_code == 404
    assert post_form(editor, f"/admin/articles/{second}/revisions/1/restore").status_code == 404
