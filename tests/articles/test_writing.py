"""Making and saving articles: versions, revisions, conflicts, authors, tags."""

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles import writing
from app.articles.models import Article, Revision, SearchText
from app.articles.reading import get_article, list_revisions
from app.articles.rendering import Body
from app.articles.slugs import SlugInvalid, SlugReserved
from app.articles.writing import AuthorsBlank, Content, FieldTooLong, SaveConflict, TitleBlank
from app.db import Database


def make(session: Session, by: Account, title: str = "A title", **fields: object) -> Article:
    article = writing.create(session, Content(title=title, **fields), by_id=by.id)  # type: ignore[arg-type]
    session.commit()
    return article


def test_a_new_article_is_a_draft_with_its_writer_as_author(session: Session, bob: Account) -> None:
    article = make(session, bob, "Ceasefire & Calls", body=Body("<p>Text</p>", "html"))
    assert article.draft.slug == "ceasefire-calls"
    assert article.draft.version == 1
    assert [author.name for author in article.draft.authors] == ["Bob"]
    assert not article.was_published
    assert [(r.reason, r.version, r.body) for r in list_revisions(session, article.id)] == [
        ("created", 1, "<p>Text</p>")
    ]


@pytest.mark.parametrize("title", ["", "  ", "\u200b\ufeff", "\x00\x07", "\n\t"])
def test_a_title_that_nobody_sees_is_refused(session: Session, bob: Account, title: str) -> None:
    with pytest.raises(TitleBlank):
        writing.create(session, Content(title=title), by_id=bob.id)


def test_a_title_longer_than_the_column_is_refused(session: Session, bob: Account) -> None:
    with pytest.raises(FieldTooLong) as refused:
        writing.create(session, Content(title="x" * 301), by_id=bob.id)
    assert (refused.value.field, refused.value.limit) == ("title", 300)


def test_slugs_are_made_in_any_script_and_are_unique(session: Session, bob: Account) -> None:
    assert make(session, bob, "Привет, мир").draft.slug == "privet-mir"
    assert make(session, bob, "Hello").draft.slug == "hello"
    assert make(session, bob, "Hello!").draft.slug == "hello-2"
    assert make(session, bob, "Admin").draft.slug == "admin-2"
    made = make(session, bob, "———").draft.slug
    assert made.startswith("article-")
    assert make(session, bob, "x", slug="Ünïcode-Straße").draft.slug == "ünïcode-straße"


@pytest.mark.parametrize(("slug", "refusal"), [("a b", SlugInvalid), ("a/b", SlugInvalid), ("..", SlugInvalid),
                                               ("admin", SlugReserved), ("-", SlugInvalid)])  # fmt: skip
def test_slugs_that_cannot_be_addresses(session: Session, bob: Account, slug: str, refusal: type) -> None:
    with pytest.raises(refusal):
        writing.create(session, Content(title="T", slug=slug), by_id=bob.id)


def test_every_save_is_a_version_and_a_revision(session: Session, bob: Account) -> None:
    article = make(session, bob)
    writing.save(session, article, Content(body=Body("<p>2</p>", "html")), by_id=bob.id, based_on=1)
    writing.save(session, article, Content(body=Body("<p>2</p>", "html")), by_id=bob.id, based_on=2)
    session.commit()
    assert article.draft.version == 2, "saving what is there already is no change"
    assert [r.version for r in list_revisions(session, article.id)] == [2, 1]
    assert article.draft.title == "A title", "what a save does not say stays"


def test_the_second_of_two_gets_both_texts(session: Session, bob: Account, alice: Account) -> None:
    article = make(session, bob)
    writing.save(session, article, Content(body=Body("<p>Bob's</p>", "html")), by_id=bob.id, based_on=1)
    mine = Content(title="Alice's", body=Body("<p>Alice's</p>", "html"), tags=["one"])
    with pytest.raises(SaveConflict) as conflict:
        writing.save(session, article, mine, by_id=alice.id, based_on=1)
    session.commit()
    assert conflict.value.theirs.body == "<p>Bob's</p>"
    kept = session.scalars(select(Revision).where(Revision.reason == "conflict")).one()
    assert (kept.title, kept.body, kept.fields["tags"]) == ("Alice's", "<p>Alice's</p>", ["one"])
    assert article.draft.title == "A title"


def test_two_savers_at_the_same_moment(database: Database, session: Session, bob: Account) -> None:
    article_id = make(session, bob).id
    session.rollback()  # looking up the id began a transaction
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def save(text: str) -> None:
        barrier.wait()
        with database.writer() as own:
            try:
                content = Content(body=Body(text, "html"))
                writing.save(own, get_article(own, article_id), content, by_id=None, based_on=1)
                outcomes.append("saved")
            except SaveConflict:
                outcomes.append("conflict")
            own.commit()

    savers = [threading.Thread(target=save, args=(f"<p>{name}</p>",)) for name in "ab"]
    for saver in savers:
        saver.start()
    for saver in savers:
        saver.join()
    assert sorted(outcomes) == ["conflict", "saved"]
    session.rollback()
    bodies = {revision.body for revision in list_revisions(session, article_id)}
    assert {"<p>a</p>", "<p>b</p>"} <= bodies


def test_authors_by_name(session: Session, bob: Account, charlie: Account) -> None:
    article = make(session, bob, authors=["Charlie", "Jhon Lennon"])
    assert [author.name for author in article.draft.authors] == ["Charlie", "Jhon Lennon"]
    assert article.owner_ids == {charlie.id, article.draft.authors[1].id}
    assert not article.draft.authors[1].can_sign_in
    writing.save(session, article, Content(authors=["Jhon Lennon", "Charlie"]), by_id=bob.id, based_on=None)
    session.commit()
    session.expire_all()
    assert [author.name for author in article.draft.authors] == ["Jhon Lennon", "Charlie"]
    with pytest.raises(AuthorsBlank):
        writing.save(session, article, Content(authors=[" "]), by_id=bob.id, based_on=None)


def test_tags_keep_their_order_and_letter_case(session: Session, bob: Account) -> None:
    article = make(session, bob, tags=["True", "true", "C++", "true"])
    assert [tag.name for tag in article.draft.tags] == ["True", "true", "C++"]
    assert len({tag.slug for tag in article.draft.tags}) == 3
    writing.save(session, article, Content(tags=["C++", "New"]), by_id=bob.id, based_on=None)
    session.commit()
    session.expire_all()
    assert [tag.name for tag in article.draft.tags] == ["C++", "New"]


def test_the_search_text_follows_the_working_copy(session: Session, bob: Account) -> None:
    article = make(session, bob, "GROẞE Pläne", tags=["Tag One"])
    row = session.get_one(SearchText, article.id)
    assert "grosse pläne" in row.folded
    assert "tag one" in row.folded and "bob" in row.folded
    writing.save(session, article, Content(title="Other"), by_id=bob.id, based_on=None)
    assert "grosse pläne" not in row.folded and "other" in row.folded


def test_a_duplicate_is_a_draft_of_its_own(session: Session, bob: Account, alice: Account) -> None:
    article = make(session, bob, body=Body("*x*", "markdown"), tags=["one"], excerpt="E", is_featured=True)
    copy = writing.duplicate(session, article, by_id=alice.id)
    session.commit()
    assert copy.draft.title == "A title (copy)"
    assert copy.draft.slug == "a-title-copy"
    assert (copy.draft.body, copy.draft.body_format, copy.draft.excerpt) == ("*x*", "markdown", "E")
    assert [tag.name for tag in copy.draft.tags] == ["one"]
    assert [author.name for author in copy.draft.authors] == ["Bob"]


def test_restoring_a_revision_is_a_new_one(session: Session, bob: Account) -> None:
    article = make(session, bob, body=Body("<p>first</p>", "html"), tags=["one"], excerpt="First")
    changed = Content(title="B", body=Body("<p>second</p>", "html"), tags=[], excerpt="")
    writing.save(session, article, changed, by_id=bob.id, based_on=1)
    first = list_revisions(session, article.id)[-1]
    writing.restore_revision(session, article, first, by_id=bob.id)
    session.commit()
    draft = article.draft
    assert (draft.title, draft.body, draft.excerpt, draft.version) == ("A title", "<p>first</p>", "First", 3)
    assert [tag.name for tag in draft.tags] == ["one"]
    assert list_revisions(session, article.id)[0].reason == "restored"
