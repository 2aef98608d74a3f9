"""Input methods: what is composed of several keys is saved once and whole, whoever saves meanwhile."""

import pytest
from playwright.sync_api import CDPSession, Page

from app.articles import writing
from app.articles.reading import get_article
from app.articles.rendering import prepare
from app.articles.writing import Content
from tests.browser.newsroom import Newsroom, go_to, newsroom, offers, started, wait_for_state
from tests.servers import wait_for

__all__ = ["newsroom", "started"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.any_database]

SYLLABLES = [("に", "にほ", "にほん", "日本"), ("ご", "語"), ("で", "です", "です。"), ("k", "か", "かk", "書く")]
WHOLE = "日本語です。書く"


def keyboard(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)


def compose(keys: CDPSession, text: str) -> None:
    """The text so far of what is being composed, underlined, with the caret behind it."""
    keys.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})


@pytest.mark.parametrize("body_format", ["html", "markdown"])
def test_autosaves_neither_lose_nor_double_what_is_composed(newsroom: Newsroom, body_format: str) -> None:
    article = newsroom.article("Before.", "After.", body_format=body_format)
    page = newsroom.open(newsroom.browser_of("Alice"), article)
    if body_format == "html":
        go_to(page, 0)
    else:
        page.locator("textarea.desk-body-input").evaluate("field => { field.focus(); field.setSelectionRange(7, 7); }")
    keys = keyboard(page)
    for syllables in SYLLABLES:
        for step in syllables[:-1]:
            compose(keys, step)
            page.wait_for_timeout(50)
        page.wait_for_timeout(900)  # a pause in the middle: it is saved as far as it is
        compose(keys, syllables[-1])
        keys.send("Input.insertText", {"text": syllables[-1]})
    wait_for(lambda: WHOLE in newsroom.body(article))
    wait_for_state(page, "saved")
    expected = f"Before.{WHOLE}"
    assert newsroom.body(article).replace("<p>", "").replace("</p>", "").split() == [expected, "After."]
    page.reload()
    assert expected in page.locator("textarea[name=body]").input_value()
    assert offers(page).count() == 0


def test_what_somebody_else_saves_meanwhile_waits_until_it_stands(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.", "After.")
    page = newsroom.open(newsroom.browser_of("Alice"), article)
    go_to(page, 0)
    keys = keyboard(page)
    compose(keys, "に")
    with newsroom.database.writer() as session:
        bob, saved = newsroom.account(session, "Bob"), get_article(session, article)
        body = prepare(saved.draft.body.replace("After.", "After, says Bob."), "html")
        writing.save(session, saved, Content(body=body), by_id=bob.id, based_on=None)
        session.commit()
    compose(keys, "にほ")
    wait_for(lambda: "にほ" in newsroom.body(article))  # saved in the middle of it, merged with Bob's
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelector('.ProseMirror').textContent").count("にほ") == 1
    compose(keys, "日本")
    keys.send("Input.insertText", {"text": "日本"})
    page.keyboard.type(" and more")
    wait_for(lambda: newsroom.words(article) == "Before.日本 and more\nAfter, says Bob.")
    page.locator(".ProseMirror", has_text="After, says Bob.").wait_for()
    assert page.locator(".ProseMirror > p").first.inner_text() == "Before.日本 and more"
