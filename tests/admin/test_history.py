"""Versions: every save is listed, can be read, compared with any other, named, and brought back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles import writing
from app.articles.models import Article
from app.articles.reading import get_article, list_revisions
from app.articles.rendering import prepare
from app.articles.writing import Content
from tests.admin.conftest import publish, write
from tests.conftest import Clock
from tests.forms import page, post_form, text_of

Look = Callable[[int], Article]
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def listed(client: FlaskClient, number: int) -> list[str]:
    """The rows of the list in words, newest first."""
    rows = page(client.get(f"/admin/articles/{number}/revisions")).xpath("//section//li[contains(@class, 'revision')]")
    return [" ".join(row.xpath(".//p")[0].text_content().split()).split(" ", 1)[1] for row in rows]


def test_every_save_is_kept_and_can_be_brought_back(editor: FlaskClient, look: Look) -> None:
    number = write(editor, "First", "<p>First words.</p>", tags="one")
    url = f"/admin/articles/{number}"
    post_form(editor, url, {"title": "Second", "body": "<p>Second words.</p>", "tags": "two"})
    publish(editor, number)
    assert listed(editor, number) == ["Published Working copy now Live", "Saved", "First saved"]
    words = text_of(editor.get(f"{url}/revisions/compare?old=1&new=working"))
    assert "[removed: First][added: Second] words." in words
    assert "Title[removed: First][added: Second]" in words
    assert "Tags[removed: one], [added: two]" in words
    assert "First words." in text_of(editor.get(f"{url}/revisions/1"))
    assert post_form(editor, f"{url}/revisions/1/restore").status_code == 303
    draft = look(number).draft
    assert (draft.title, draft.body, [tag.name for tag in draft.tags]) == ("First", "<p>First words.</p>", ["one"])
    assert look(number).title == "Second", "nothing is published by it"
    assert listed(editor, number) == ["Brought back Working copy now", "Published Live", "Saved", "First saved"]


def test_two_versions_can_be_picked(editor: FlaskClient) -> None:
    number = write(editor, "A title", "<p>One.</p>")
    url = f"/admin/articles/{number}"
    publish(editor, number)
    post_form(editor, url, {"body": '<p>One.</p><p><img src="/a.jpg" alt="A boat"></p>'})
    shown = page(editor.get(f"{url}/revisions"))
    picks = {name: shown.xpath(f"//input[@form='pick'][@name='{name}']/@value") for name in ("old", "new")}
    assert picks["old"] == picks["new"] == ["working", "live", "3", "2", "1"]
    assert shown.xpath("//input[@form='pick'][@checked]/@value") == ["working", "live"]
    assert "[added image]" in text_of(editor.get(f"{url}/revisions/compare?old=live&new=working"))
    assert "[removed image]" in text_of(editor.get(f"{url}/revisions/compare?old=working&new=2"))
    assert "Nothing differs." in text_of(editor.get(f"{url}/revisions/compare?old=1&new=2"))
    assert "These are the same version." in text_of(editor.get(f"{url}/revisions/compare?old=2&new=2"))
    assert editor.get(f"{url}/revisions/compare?old=2").status_code == 303
    for odd in ("x", "999999", "²", "1" * 30, "live' OR 1=1"):
        assert editor.get(f"{url}/revisions/compare", query_string={"old": odd, "new": "1"}).status_code == 404
    draft = write(editor, "Never published")
    assert editor.get(f"/admin/articles/{draft}/revisions/compare?old=live&new=working").status_code == 404


def test_a_version_gets_a_name_and_loses_it(editor: FlaskClient, author: FlaskClient) -> None:
    number = write(editor, "A title")
    url = f"/admin/articles/{number}/revisions"
    assert post_form(editor, f"{url}/1/name", {"name": "  Before the <b>interview</b> "}).status_code == 303
    assert listed(editor, number)[0].startswith("Before the <b>interview</b> First saved")
    refused = post_form(editor, f"{url}/1/name", {"name": "x" * 201})
    assert refused.status_code == 422
    assert "at most 200 characters" in text_of(refused)
    post_form(editor, f"{url}/1/name", {"name": ""})
    assert listed(editor, number) == ["First saved Working copy now"]
    assert author.post(f"{url}/1/name", data={"name": "mine"}).status_code == 403


def test_automatic_saves_are_folded_by_day(
    editor: FlaskClient, session: Session, bob: Account, the_clock: Clock
) -> None:
    the_clock.set(NOW - timedelta(days=1))
    number = write(editor, "A title")
    for hour in range(5):
        the_clock.set(NOW + timedelta(hours=15 * (hour // 4), minutes=11 * hour))
        content = Content(body=prepare(f"<p>Some words{' more' * hour} now.</p>", "html"))
        article = get_article(session, number)
        writing.save(session, article, content, by_id=bob.id, based_on=None, reason="automatic")
        session.commit()
    shown = page(editor.get(f"/admin/articles/{number}/revisions"))
    assert len(shown.xpath("//section/h2")) == 3
    (fold,) = shown.xpath("//summary")
    assert " ".join(fold.text_content().split()) == "4 times saved by itself, 10:00–10:33 Bob · 4 words added"
    assert len(fold.xpath("../ol/li")) == 4
    older = page(editor.get(f"/admin/articles/{number}/revisions?before=3"))
    assert len(older.xpath("//ol[@class='revisions']/li[@class='revision']")) == 2
    assert "No older versions" in text_of(editor.get(f"/admin/articles/{number}/revisions?before=1"))


def test_bringing_back_loses_nothing(editor: FlaskClient, session: Session) -> None:
    number = write(editor, "A title", "<p>The first text.</p>")
    post_form(editor, f"/admin/articles/{number}", {"body": "<p>The present text.</p>"})
    post_form(editor, f"/admin/articles/{number}/revisions/1/restore")
    assert "<p>The present text.</p>" in {revision.body for revision in list_revisions(session, number)}
    session.commit()
    answer = post_form(editor, f"/admin/articles/{number}/revisions/1/restore")
    assert "done=revision-same" in answer.headers["Location"]


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
    assert editor.get(f"/admin/articles/{second}/revisions/compare?old=1&new=working").status_code == 404
    assert post_form(editor, f"/admin/articles/{second}/revisions/1/restore").status_code == 404
    assert post_form(editor, f"/admin/articles/{second}/revisions/1/name", {"name": "x"}).status_code == 404
