"""Words cannot be lost: whatever happens, all that was typed is in the article, in a version of it, or on offer.

Real servers, killed as a machine kills; real tabs, which crash. Text is typed at thirty keys a second, and what is
compared is every character of it.
"""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.newsroom import (
    DELAY,
    PASSWORD,
    Newsroom,
    crash,
    go_to,
    newsroom,
    offers,
    paper,
    started,
    state,
    type_at,
    wait_for_state,
)
from tests.servers import wait_for

__all__ = ["newsroom", "started"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.any_database]

FIRST = " At low tide the marsh smells of salt, and nobody hurries: there are 37 paths, says the keeper."
SECOND = " Then the water comes back – quietly, “as it does every day”; the paths are gone by half past four."


def restore(newsroom: Newsroom, page: Page, *expected: str) -> None:
    """Take the one offer there is, which shows what it would bring, and wait until the server has it."""
    offers(page).first.wait_for()
    shown = offers(page).locator("ins").all_inner_texts()
    for text in expected:
        assert text.strip() in " ".join(shown), shown
    assert offers(page).count() == 1
    offers(page).get_by_role("button", name="Restore").click()
    wait_for_state(page, "saved")


def test_the_server_is_killed_during_a_save(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.", "After.")
    page = newsroom.open(newsroom.browser_of("Alice"), article)
    killed = []

    def kill(request: Request) -> None:
        if request.method == "POST" and request.url.endswith(f"/{article}") and not killed:
            newsroom.kill()
            killed.append(request.url)

    page.on("request", kill)
    type_at(page, FIRST)
    page.wait_for_timeout(900)  # a pause, so that it is saved
    page.keyboard.type(SECOND, delay=DELAY)
    assert killed
    wait_for_state(page, "unreachable")
    page.close()
    newsroom.server.start()
    page = newsroom.open(page.context, article)
    restore(newsroom, page, SECOND)
    wait_for(lambda: newsroom.words(article) == f"Before.{FIRST}{SECOND}\nAfter.")


def test_ten_edits_without_a_line(newsroom: Newsroom) -> None:
    article = newsroom.article(*(f"Path {number}." for number in range(10)))
    context = newsroom.browser_of("Alice")
    page = newsroom.open(context, article)
    context.set_offline(True)
    for number in range(10):
        type_at(page, f" Edit number {number} is here", paragraph=number)
    wait_for_state(page, "offline")
    assert "kept in this browser" in page.locator(".saving-line").inner_text()
    crash(page)
    context.set_offline(False)
    assert "Edit" not in newsroom.words(article)
    page = newsroom.open(context, article)
    restore(newsroom, page, "Edit number 0 is here", "Edit number 9 is here")
    edited = [f"Path {number}. Edit number {number} is here" for number in range(10)]
    wait_for(lambda: newsroom.words(article).split("\n") == edited)
    context.set_offline(True)
    type_at(page, FIRST, paragraph=4)
    wait_for_state(page, "offline")
    context.set_offline(False)
    wait_for_state(page, "saved")
    wait_for(lambda: FIRST in newsroom.words(article))


def test_a_tab_is_closed_without_saving(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.")
    context = newsroom.browser_of("Alice")
    complete = "Before."
    for how in (Page.close, crash, Page.close):
        page = newsroom.open(context, article)
        # Else the last words are sent while it closes.
        context.set_offline(how is crash or complete == "Before.")
        text = SECOND if len(complete) > 150 else FIRST
        complete += text
        type_at(page, text)
        how(page)
        context.set_offline(False)
        page = newsroom.open(context, article)
        check_kept(newsroom, page, article, complete)
        page.close()


def check_kept(newsroom: Newsroom, page: Page, article: int, complete: str) -> None:
    """The last words are in the article, sent by the tab while it closed, or they are on offer."""
    wait_for(lambda: newsroom.words(article) == complete or offers(page).count() == 1)
    if newsroom.words(article) != complete:
        restore(newsroom, page)
    wait_for(lambda: newsroom.words(article) == complete)


def test_a_new_article_is_never_saved(newsroom: Newsroom) -> None:
    context = newsroom.browser_of("Alice")
    page = newsroom.open(context)
    context.set_offline(True)
    page.get_by_label("Title").type("Salt", delay=DELAY)
    paper(page).click()
    page.keyboard.type(FIRST.strip(), delay=DELAY)
    crash(page)
    context.set_offline(False)
    page = context.new_page()
    for place in ("/admin/", "/admin/articles"):
        page.goto(newsroom.server.url + place)
        page.get_by_role("region", name="A new article that was never saved").get_by_text(FIRST.strip()).wait_for()
    page.get_by_role("link", name="Salt").press("Enter")
    restore(newsroom, page, FIRST, "Salt")
    article = int(page.url.rpartition("/")[2])
    wait_for(lambda: (newsroom.title(article), newsroom.words(article)) == ("Salt", FIRST.strip()))
    page.keyboard.press("Control+s")
    wait_for_state(page, "saved")
    assert newsroom.open(context).locator(".saving-kept").count() == 0
    page.goto(f"{newsroom.server.url}/admin/articles")
    expect(page.locator("[data-kept]")).to_be_empty()


def test_the_session_expires_while_typing(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.", "After.")
    context = newsroom.browser_of("Alice")
    page = newsroom.open(context, article)
    go_to(page, 0)
    page.keyboard.type(FIRST[:30], delay=DELAY)
    newsroom.end_sessions_of("Alice")
    page.keyboard.type(FIRST[30:], delay=DELAY)
    wait_for_state(page, "signed-out")
    page.keyboard.type(SECOND, delay=DELAY)
    crash(page)
    page = context.new_page()
    page.goto(f"{newsroom.server.url}/admin/articles/{article}")
    sign_in(page)
    paper(page).wait_for()
    restore(newsroom, page, SECOND)
    wait_for(lambda: newsroom.words(article) == f"Before.{FIRST}{SECOND}\nAfter.")
    newsroom.end_sessions_of("Alice")
    type_at(page, FIRST, paragraph=1)
    wait_for_state(page, "signed-out")
    page.keyboard.type(SECOND, delay=DELAY)
    page.get_by_role("button", name="Sign in again").click()
    sign_in(page)
    wait_for_state(page, "saved")
    wait_for(lambda: newsroom.words(article) == f"Before.{FIRST}{SECOND}\nAfter.{FIRST}{SECOND}")


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail address").fill("alice@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_two_browsers_edit_different_paragraphs(newsroom: Newsroom) -> None:
    article = newsroom.article("Alice’s.", "Nobody’s.", "Bob’s.")
    his_browser = newsroom.browser_of("Bob")
    hers, his = newsroom.open(newsroom.browser_of("Alice"), article), newsroom.open(his_browser, article)
    go_to(hers, 0)
    go_to(his, 2)
    half = len(FIRST) // 2
    for part in (slice(0, half), slice(half, None)):
        hers.keyboard.type(FIRST[part], delay=DELAY)
        his.keyboard.type(SECOND[part], delay=DELAY)
    for page in (hers, his):
        wait_for_state(page, "saved")
    expected = f"Alice’s.{FIRST}\nNobody’s.\nBob’s.{SECOND}"
    wait_for(lambda: newsroom.words(article) == expected)
    his.context.set_offline(True)
    his.keyboard.type(" And more.", delay=DELAY)
    crash(his)
    his_browser.set_offline(False)
    type_at(hers, " Hers too.")
    wait_for_state(hers, "saved")
    his = newsroom.open(his_browser, article)
    restore(newsroom, his, "And more.")
    wait_for(lambda: newsroom.words(article) == f"Alice’s.{FIRST} Hers too.\nNobody’s.\nBob’s.{SECOND} And more.")
    wait_for(lambda: "And more." in paper(hers).inner_text())
    assert state(hers) == "saved"


def test_two_browsers_edit_the_same_paragraph(newsroom: Newsroom) -> None:
    article = newsroom.article("Everybody’s.", "Nobody’s.")
    her_browser, his_browser = newsroom.browser_of("Alice"), newsroom.browser_of("Bob")
    hers, his = newsroom.open(her_browser, article), newsroom.open(his_browser, article)
    type_at(hers, FIRST)
    wait_for_state(hers, "saved")
    his.context.set_offline(True)
    type_at(his, SECOND)
    his.context.set_offline(False)
    wait_for_state(his, "conflict")
    wait_for(lambda: newsroom.words(article) == f"Everybody’s.{FIRST}\nNobody’s.")
    assert f"Everybody’s.{SECOND}" in paper(his).inner_text()
    assert f"Everybody’s.{SECOND[:20]}" in "\n".join(newsroom.revisions(article))
    card = his.locator(".saving-conflict")
    assert FIRST.strip() in card.inner_text()
    go_to(his, 0)
    his.keyboard.type(" Still his.", delay=DELAY)
    crash(his)
    his = newsroom.open(his_browser, article)
    offers(his).first.wait_for()
    assert "Still his." in offers(his).inner_text()
    offers(his).get_by_role("button", name="Restore").click()
    wait_for_state(his, "saved")
    wait_for(lambda: "Still his." in newsroom.words(article))
    assert FIRST in "\n".join([newsroom.words(article), *newsroom.revisions(article)])


def test_one_person_in_two_tabs(newsroom: Newsroom) -> None:
    article = newsroom.article("First tab’s.", "Second tab’s.")
    context = newsroom.browser_of("Alice")
    one, other = newsroom.open(context, article), newsroom.open(context, article)
    context.set_offline(True)
    for number, (page, text) in enumerate(((one, FIRST), (other, SECOND))):
        page.bring_to_front()
        type_at(page, text, paragraph=number)
    one.close()
    context.set_offline(False)
    wait_for_state(other, "saved")
    third = newsroom.open(context, article)
    # What a tab says as it closes may arrive after all; else it is on offer, and not what the tab has that lives.
    wait_for(lambda: offers(third).count() > 0 or FIRST in newsroom.words(article))
    if offers(third).count():
        restore(newsroom, third, FIRST)
    wait_for(lambda: newsroom.words(article) == f"First tab’s.{FIRST}\nSecond tab’s.{SECOND}")


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_is_an_hour_wrong(newsroom: Newsroom, hours: int) -> None:
    article = newsroom.article("Hers.", "His.")
    her_browser = newsroom.browser_of("Alice")
    hers, his = newsroom.open(her_browser, article), newsroom.open(newsroom.browser_of("Bob"), article)
    hers.close()
    hers = her_browser.new_page()
    hers.clock.install(time=datetime.now(UTC) + timedelta(hours=hours))
    hers.goto(f"{newsroom.server.url}/admin/articles/{article}")
    for number, (page, text) in enumerate(((hers, FIRST), (his, SECOND))):
        type_at(page, text, paragraph=number)
        wait_for_state(page, "saved")
    wait_for(lambda: newsroom.words(article) == f"Hers.{FIRST}\nHis.{SECOND}")
    her_browser.set_offline(True)
    type_at(hers, SECOND)
    crash(hers)
    her_browser.set_offline(False)
    hers = newsroom.open(her_browser, article)
    restore(newsroom, hers, SECOND)
    wait_for(lambda: newsroom.words(article) == f"Hers.{FIRST}{SECOND}\nHis.{SECOND}")
