"""One thing done to several articles: each by its own right, what is left and why, and undoing what nobody changed."""

from collections.abc import Callable
from datetime import timedelta
from itertools import combinations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import clock
from app.accounts.models import Account
from app.articles import bulk, publishing
from app.articles.models import Article, Revision
from app.articles.models_desk import BulkAction
from app.audit.models import AuditEntry
from tests.admin.conftest import publish, write
from tests.admin.test_articles_list import titles
from tests.forms import page, post_form, text_of

HERE = "/admin/articles/bulk"
Look = Callable[[int], Article]


def do(client: FlaskClient, action: str, *ids: int, query: str = "", **fields: object) -> TestResponse:
    """Press a button of the bar with these rows ticked."""
    return post_form(client, HERE + query, {"action": action, "article": [str(number) for number in ids]} | fields)


def told(client: FlaskClient, answer: TestResponse) -> str:
    """What the page says that comes next."""
    assert answer.status_code == 303
    shown = page(client.get(answer.location))
    return " ".join(shown.xpath("//main/div[contains(@class, 'notice')]")[0].text_content().split())


def take_back(client: FlaskClient) -> str:
    """Press "Undo" of the first action in the list of recent ones, and read what comes of it."""
    form = page(client.get(HERE)).xpath("//form[button[.='Undo']]/@action")[0]
    return told(client, post_form(client, form))


def test_to_the_trash_and_back(editor: FlaskClient, look: Look) -> None:
    first, second, third = (write(editor, title) for title in ("First", "Second", "Third"))
    publish(editor, second)
    answer = do(editor, "trash", first, second, query="?sort=title&q=i")
    assert answer.location == "/admin/articles?q=i&sort=title", "the list is as it was"
    assert told(editor, answer).startswith("2 articles were moved to the trash. Undo")
    assert titles(editor) == ["Third"]
    assert editor.get("/second").status_code == 410
    assert take_back(editor).startswith("Undone: 2 articles were brought back from the trash.")
    assert look(first).status(clock.now()) == "draft" and look(second).status(clock.now()) == "published"
    assert editor.get("/second").status_code == 200
    assert "Undone" in text_of(editor.get(HERE)) and not page(editor.get(HERE)).xpath("//button[.='Undo']")
    do(editor, "trash", first, third)
    assert told(editor, do(editor, "restore", first, third, query="?status=trashed")).startswith(
        "2 articles were brought back"
    )


def test_each_article_is_asked_for_by_itself(author: FlaskClient, editor: FlaskClient, look: Look) -> None:
    own, live, foreign = write(author, "Own"), write(author, "Own and live"), write(editor, "Not theirs")
    publish(editor, live)
    said = told(author, do(author, "trash", own, live, foreign, 4711))
    assert said.startswith("1 article was moved to the trash. 3 were left as they are:")
    assert "Own and live: you may not do this to it." in said
    assert "Not theirs" not in said and said.count("An article: is not there any more") == 2, "nobody learns of others"
    assert [look(number).trashed_at is not None for number in (own, live, foreign)] == [True, False, False]
    for action, fields in (("withdraw", {}), ("assign", {"assignee": "1"})):
        assert "you may not do this to it" in told(author, do(author, action, live, **fields))
    assert look(live).status(clock.now()) == "published" and look(live).authors[0].name == "Charlie"


def test_what_changes_nothing_is_said(editor: FlaskClient) -> None:
    draft, live = write(editor, "A draft"), write(editor, "Live")
    publish(editor, live)
    said = told(editor, do(editor, "withdraw", draft, live))
    assert said.startswith("1 article was withdrawn. One was left as it is: A draft: it was never published.")
    assert "Live: it is so already" in told(editor, do(editor, "withdraw", live))
    assert "No article was tagged" in told(editor, do(editor, "tag", 4711, tags="Sea"))
    assert not page(editor.get("/admin/tags")).xpath("//table"), "a tag that nothing carries was not made"


def test_a_withdrawal_is_lifted_with_the_date_it_had(editor: FlaskClient, look: Look, session: Session) -> None:
    number = write(editor)
    publish(editor, number)
    until = session.get_one(Article, number).withdrawn_at = clock.now() + timedelta(days=3)
    session.commit()
    do(editor, "withdraw", number)
    assert look(number).status(clock.now()) == "withdrawn"
    take_back(editor)
    assert look(number).withdrawn_at == until


def test_what_was_called_off_is_scheduled_again(editor: FlaskClient, look: Look, session: Session) -> None:
    plain, ahead, touched = (write(editor, title) for title in ("Plain", "Ahead", "Touched"))
    at = clock.now() + timedelta(days=2)
    for number in (plain, ahead, touched):
        publishing.publish(session, session.get_one(Article, number), by_id=None, at=at)
    session.commit()
    post_form(editor, f"/admin/articles/{ahead}", {"title": "Ahead of what is scheduled"})
    said = told(editor, do(editor, "withdraw", plain, ahead, touched))
    assert "it has changes beside what is scheduled" in said and look(plain).status(clock.now()) == "draft"
    post_form(editor, f"/admin/articles/{touched}", {"title": "Written since"})
    assert "Written since: somebody has changed it since." in take_back(editor)
    assert look(plain).published_at == look(ahead).published_at == at and look(touched).published_at is None


def test_tags_are_added_and_removed_at_once_where_one_may_publish(
    editor: FlaskClient, look: Look, session: Session
) -> None:
    plain, live, changed = write(editor, "Plain", tags="Sea"), write(editor, "Live", tags="Land"), write(editor, "Both")
    publish(editor, live)
    publish(editor, changed)
    post_form(editor, f"/admin/articles/{changed}", {"title": "Changed since"})
    said = told(editor, do(editor, "tag", plain, live, changed, tags='Sea, "Sky, blue"'))
    assert said.startswith("3 articles were tagged “Sea, Sky, blue”.")
    assert [tag.name for tag in look(plain).draft.tags] == ["Sea", "Sky, blue"]
    assert [tag.name for tag in look(live).tags] == ["Land", "Sea", "Sky, blue"]
    assert not look(live).has_unpublished_changes and look(changed).has_unpublished_changes
    assert look(changed).title == "Both", "what was not published yet is not published by this"
    assert "Sky, blue" in editor.get("/live").text and editor.get("/tag/sky-blue").status_code == 200
    do(editor, "untag", plain, live, tags="Sea")
    assert [tag.name for tag in look(live).tags] == ["Land", "Sky, blue"]
    assert take_back(editor).startswith("Undone: 2 articles were given the former tags again.")
    assert (
        [tag.name for tag in look(live).tags]
        == ["Land", "Sea", "Sky, blue"]
        == [tag.name for tag in look(live).draft.tags]
    )
    assert not look(live).has_unpublished_changes
    versions = session.scalars(select(Revision.version).where(Revision.article_id == plain)).all()
    assert list(versions) == [1, 2, 3, 4], "each is a version of its own, and kept"


def test_an_author_tags_the_working_copy_only(author: FlaskClient, editor: FlaskClient, look: Look) -> None:
    number = write(author, "Mine", tags="Land")
    publish(editor, number)
    do(author, "tag", number, tags="Sea")
    assert [tag.name for tag in look(number).tags] == ["Land"]
    assert look(number).has_unpublished_changes
    take_back(author)
    assert [tag.name for tag in look(number).draft.tags] == ["Land"]


def test_an_author_is_changed_to_exactly_that_person(
    editor: FlaskClient, charlie: Account, session: Session, look: Look
) -> None:
    namesake = Account(name="Charlie", slug="charlie-2", email="other@example.org", role="author")
    session.add(namesake)
    session.flush()
    other, first = namesake.id, charlie.id
    session.commit()
    number = write(editor, "Theirs now", authors="Ann, Bea")
    publish(editor, number)
    assert told(editor, do(editor, "assign", number, assignee=other)).startswith("1 article was given to Charlie.")
    assert look(number).owner_ids == {other} != {first}
    assert titles(editor, "/admin/articles?q=ann") == [] and titles(editor, "/admin/articles?q=charlie")
    take_back(editor)
    assert [person.name for person in look(number).authors] == ["Ann", "Bea"]
    assert titles(editor, "/admin/articles?q=bea") == ["Theirs now"]


CHANGES: dict[str, Callable[[FlaskClient, int], object]] = {
    "tag": lambda editor, number: post_form(editor, f"/admin/articles/{number}", {"title": "Edited since"}),
    "assign": lambda editor, number: post_form(editor, f"/admin/articles/{number}", {"authors": "Ann"}),
    "withdraw": lambda editor, number: publish(editor, number),
    "trash": lambda editor, number: [post_form(editor, f"/admin/articles/{number}/{verb}") for verb in
                                     ("restore", "trash")],
}  # fmt: skip


@pytest.mark.parametrize("action", CHANGES)
def test_undoing_leaves_what_somebody_changed_since(
    editor: FlaskClient, alice: Account, session: Session, look: Look, action: str
) -> None:
    assignee = alice.id
    session.commit()
    touched, other = write(editor, "Touched"), write(editor, "Other")
    for number in (touched, other):
        publish(editor, number)
    do(editor, action, touched, other, tags="Sea", assignee=assignee)
    CHANGES[action](editor, touched)
    then = bulk.KINDS[action].state(look(touched))
    said = take_back(editor)
    assert said.startswith("Undone: 1 article was") and "somebody has changed it since." in said
    assert bulk.KINDS[action].state(look(touched)) == then


def test_all_that_match_and_the_number_that_was_said(
    editor: FlaskClient, author: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in range(27):
        write(author if index < 3 else editor, f"Number {index:02}")
    write(editor, "Another")
    query = "?q=number&sort=title"
    bar = page(editor.get(f"/admin/articles{query}"))
    assert bar.xpath("//label[input[@name='all']]")[0].text_content().strip() == "All 27 that match"
    said = bar.xpath("//input[@name='matching']/@value")[0]
    write(editor, "Number 27")
    late = do(editor, "trash", query=query, all="yes", matching=said)
    assert late.status_code == 422 and "changed meanwhile" in text_of(late) and len(titles(editor)) == 25
    assert told(editor, do(editor, "trash", query=query, all="yes", matching="28")).startswith("28 articles were moved")
    assert titles(editor) == ["Another"]
    assert "0 that match" not in text_of(editor.get("/admin/articles"))
    take_back(editor)
    monkeypatch.setattr("app.admin.articles_list.MOST", 26)
    monkeypatch.setattr("app.admin.bulk.MOST", 26)
    assert "The first 26 of more that match" in text_of(editor.get(f"/admin/articles{query}"))
    said = told(editor, do(editor, "tag", query=query, all="yes", matching="27", tags="Sea"))
    assert said.startswith("26 articles were tagged")
    assert len(titles(editor, "/admin/articles?tag=1&sort=title")) == 25
    assert told(author, do(author, "trash", query=query, all="yes", matching="3")).startswith("3 articles"), "own only"


def test_a_refused_form_keeps_what_was_chosen(editor: FlaskClient) -> None:
    first, second = write(editor, "First"), write(editor, "Second")
    for action, message in (("tag", "Type a tag."), ("assign", "Choose who the articles are by.")):
        answer = do(editor, action, second, tags="" if action == "tag" else "Sea")
        assert answer.status_code == 422 and message in text_of(answer)
        assert page(answer).xpath("//input[@name='article' and @checked]/@value") == [str(second)]
        assert page(answer).xpath("//details[@open]//*[@aria-invalid='true']")
    answer = do(editor, "trash")
    assert answer.status_code == 422 and "Choose at least one article" in text_of(answer)
    assert "At most" in text_of(do(editor, "trash", *range(first, first + 101)))
    assert do(editor, "tag", first, tags="x" * 301).status_code == 422
    assert do(editor, "publish", first).status_code == 400
    assert do(editor, "assign", first, assignee="4711").status_code == 422
    assert len(titles(editor)) == 2


def test_only_what_one_may_do_is_offered(author: FlaskClient, editor: FlaskClient) -> None:
    write(author)

    def buttons(client: FlaskClient, query: str = "") -> list[str]:
        return page(client.get(f"/admin/articles{query}")).xpath("//button[@name='action']/@value")

    assert buttons(author) == ["trash", "tag", "untag"]
    assert buttons(editor) == ["trash", "withdraw", "tag", "untag", "assign"]
    assert buttons(editor, "?status=draft") == ["trash", "tag", "untag", "assign"]
    do(editor, "trash", 1)
    assert buttons(editor, "?status=trashed") == ["restore"]


def test_who_may_undo_what(
    author: FlaskClient, editor: FlaskClient, alice: Account, client_of: Callable[[Account], FlaskClient], look: Look
) -> None:
    mine, theirs = write(author, "Mine"), write(editor, "Theirs")
    do(editor, "trash", theirs, mine)
    assert post_form(author, f"{HERE}/1/undo").status_code == 404, "it was an editor's"
    assert "Nothing was changed at once" in text_of(author.get(HERE))
    admin = client_of(alice)
    assert "by" not in text_of(admin.get(HERE)) or "Bob" in text_of(admin.get(HERE))
    assert take_back(admin).startswith("Undone: 2 articles")
    assert post_form(editor, f"{HERE}/1/undo").location == f"{HERE}?done=bulk-undone-already"
    assert look(mine).trashed_at is None


def test_after_a_day_it_is_forgotten(editor: FlaskClient, session: Session) -> None:
    number, other = write(editor), write(editor, "Other")
    do(editor, "trash", number)
    session.scalars(select(BulkAction)).one().done_at -= timedelta(hours=25)
    session.commit()
    assert post_form(editor, f"{HERE}/1/undo").status_code == 404
    assert "Nothing was changed at once" in text_of(editor.get(HERE))
    do(editor, "trash", other)
    session.rollback()
    assert session.scalars(select(BulkAction.id)).all() == [2]


def test_the_audit_has_a_line_for_each_article(editor: FlaskClient, session: Session) -> None:
    first, second = write(editor, "First"), write(editor, "Second")
    do(editor, "trash", first, second)
    take_back(editor)
    noted = session.execute(
        select(AuditEntry.action, AuditEntry.subject_id, AuditEntry.subject)
        .where(AuditEntry.subject_kind == "article", AuditEntry.details["at_once"].as_integer() == 2)
        .order_by(AuditEntry.number)
    ).all()
    assert [tuple(row) for row in noted] == [
        ("article.trash", first, "First"), ("article.trash", second, "Second"),
        ("article.restore", first, "First"), ("article.restore", second, "Second"),
    ]  # fmt: skip


def test_every_kind_has_its_words() -> None:
    from app.admin.bulk_words import DONE, NOTED, WHY

    assert set(DONE) == set(NOTED) == set(bulk.KINDS) and set(WHY) == set(bulk.REASONS)
    assert all(one != other for one, other in combinations([said for said, _ in DONE.values()], 2))
