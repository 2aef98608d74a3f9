"""The check before publishing: what it finds, and that it finds nothing where there is nothing."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.articles import publishing, writing
from app.articles.blocks import split
from app.articles.checking import Link, look_through
from app.articles.checking_links import check_links
from app.articles.models import Article, Draft
from app.articles.rendering import prepare
from app.articles.writing import Content
from tests.media.specimens import add_media

GOOD = (
    '<h2>One</h2><p><img src="/a.jpg" alt="A boat"> <a href="#one">up</a> <a href="https://example.org/">out</a></p>'
    '<h3>Two</h3><p>x<sup class="footnote-ref"><a href="#fn-1">1</a></sup></p>'
    '<section class="footnotes"><ol><li id="fn-1">A note.</li></ol></section>'
)


def draft(body: str, **fields: str) -> Draft:
    given = {
        "title": "Boats",
        "excerpt": "About boats.",
        "cover_url": "",
        "cover_alt": "",
        "body_format": "html",
    } | fields
    return Draft(body=body, block_ids=[], **given)


def sentences(body: str, **fields: str) -> list[str]:
    return [advice.sentence for advice in look_through(draft(body, **fields)).advice]


def test_a_good_text_gets_no_advice() -> None:
    assert sentences(GOOD) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "There is no text yet."),
        ("<p>&nbsp;</p><p> </p>", "There is no text yet."),
        ('<p><img src="/media/1/harbour.jpg" alt=""></p>', "The image “harbour.jpg” has no alternative text."),
        ('<p><img src="/x/a%20b.jpg"></p>', "The image “a b.jpg” has no alternative text."),
        ("<h2>A</h2><h4>B</h4>", "The heading “B” is of level 4 after one of level 2: a level is left out."),
        ("<h3>B</h3>", "The heading “B” is of level 3 at the beginning: a level is left out."),
        ("<h2> </h2><p>x</p>", "A heading has no words."),
        ('<p>x<a href="/y"></a></p>', "A link to “/y” has no words."),
        ('<p><a href="">here</a></p>', "The link “here” leads nowhere."),
        ('<p><a href="#x">here</a></p>', "The link “here” leads to a place of this text that is not there: #x"),
        ('<p>x<sup class="footnote-ref"><a href="#fn-7">7</a></sup></p>', "Footnote 7 has no note."),
        (
            '<p>x</p><section class="footnotes"><ol><li id="fn-1">y</li></ol></section>',
            "The note “fn-1” has no reference in the text.",
        ),
    ],
)
def test_what_readers_would_stumble_over_is_told(body: str, told: str) -> None:
    (found,) = sentences(body)
    assert found.startswith(told)


def test_fields_are_looked_at() -> None:
    found = look_through(draft(GOOD, excerpt=" ", cover_url="/a.jpg", title="Untitled")).advice
    assert [(advice.kind, advice.field) for advice in found] == [
        ("title", "title"), ("excerpt", "excerpt"), ("alt", "cover_alt"),
    ]  # fmt: skip


def test_advice_names_its_block() -> None:
    body = '<p>One.</p>\n<p>Two <a href="#x">link</a>.</p>'
    texts = split(body)
    ids = [f"block{number:03}" for number in range(len(texts))]
    made = draft(body)
    made.block_ids = ids
    (advice,) = look_through(made).advice
    assert advice.block_id == ids[1]


def test_markdown_is_looked_through_as_it_is_shown() -> None:
    assert sentences("![](/a.jpg)", body_format="markdown")[0].startswith("The image “a.jpg”")
    assert sentences("x[^1]\n\n[^1]: y", body_format="markdown") == []


@pytest.fixture
def site(session: Session, alice: Account) -> dict[str, Article]:
    """An article of every status, by its status."""
    made = {}
    for status in ("draft", "published", "scheduled", "withdrawn", "trashed"):
        content = Content(title=status, body=prepare('<h2>A place</h2><p id="named">x</p>', "html"))
        article = made[status] = writing.create(session, content, by_id=alice.id)
        if status != "draft":
            at = clock.now() + timedelta(days=1) if status == "scheduled" else None
            publishing.publish(session, article, by_id=alice.id, at=at)
    publishing.withdraw(session, made["withdrawn"])
    publishing.trash(session, made["trashed"])
    session.commit()
    return made


def check(session: Session, *hrefs: str, own_id: int = 0) -> list[str]:
    links = [Link(href, "words", "") for href in hrefs]
    found = check_links(session, links, own_id=own_id, own_slug="own", address="https://site.example")
    return [advice.sentence.removeprefix("The link “words” leads to ") for advice in found]


def test_links_to_own_articles_are_followed(session: Session, site: dict[str, Article]) -> None:
    for status, told in (
        ("draft", "an article that is not published."),
        ("scheduled", "an article that readers cannot see before its time."),
        ("withdrawn", "an article that has been withdrawn."),
        ("trashed", "an article that is in the trash."),
    ):
        number = site[status].id
        for href in (f"/articles/{number}", f"/{status}", f"https://site.example/{status}", status):
            assert check(session, href) == [told], href
        assert check(session, f"/articles/{number}", own_id=number) == [], "to itself"
    assert check(session, "/articles/4711", "/nothing-here", "/a/b") == ["an article that does not exist."] * 3
    fine = "/ /published /published#a-place /published?x#named /tag/x /feed.xml https://elsewhere.example/x"
    good = [*fine.split(), f"/articles/{site['published'].id}", "mailto:a@b.c", "//[bad"]
    assert check(session, *good) == []
    place = "a place of another article that is not there."
    assert check(session, "/published#gone", f"/articles/{site['published'].id}#gone") == [place] * 2


def test_links_to_files_are_followed(session: Session, site: dict[str, Article]) -> None:
    number = add_media(session).id
    fine = (
        f"/media/{number}/a-b.jpg",
        f"https://site.example/media/{number}/a-b.jpg?v=1",
        "https://else.example/media/9/a.jpg",
    )
    assert check(session, *fine) == []
    lost = (f"/media/{number + 1}/a-b.jpg", f"https://site.example/media/{number + 1}/a.pdf")
    assert check(session, *lost) == ["a file that is not in the library."] * 2


def test_a_former_address_is_no_broken_link(session: Session, site: dict[str, Article], alice: Account) -> None:
    article = site["published"]
    writing.save(session, article, Content(slug="renamed"), by_id=alice.id, based_on=None)
    publishing.publish(session, article, by_id=alice.id)
    assert check(session, "/published", "/renamed") == []
