"""What the writer is told: the status line in each of its states, offers, conflicts, and who else is here."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.newsroom import (
    PASSWORD,
    Newsroom,
    crash,
    go_to,
    newsroom,
    offers,
    paper,
    started,
    type_at,
    wait_for_state,
)
from tests.browser.test_reading import violations
from tests.servers import wait_for

__all__ = ["newsroom", "started"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.any_database]


def line(page: Page) -> str:
    return page.locator(".saving-line").inner_text()


def heard(page: Page) -> str:
    """What the status line's live region says."""
    return page.locator(".saving [role=status]").inner_text()


def test_the_line_says_what_is_saved_and_is_read_out_sparingly(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.")
    page = newsroom.open(newsroom.browser_of("Alice"), article)
    page.evaluate("""() => {
        const seen = window.seen = [], told = window.told = [];
        const [line, heard] = [document.querySelector('.saving'), document.querySelector('.saving [role=status]')];
        new MutationObserver(() => seen.push(line.dataset.state)).observe(line, {attributes: true});
        new MutationObserver(() => heard.textContent && told.push(heard.textContent)).observe(heard, {childList: true});
    }""")
    type_at(page, " Typed.")
    wait_for_state(page, "saved")
    assert re.fullmatch(r"Saved \d\d:\d\d( [AP]M)?", line(page))
    seen = page.evaluate("[...new Set(window.seen)]")
    assert seen == ["waiting", "saving", "saved"]
    assert page.evaluate("window.told") == []
    page.keyboard.press("Control+s")
    expect(page.locator(".saving [role=status]")).to_have_text("Saved")
    assert page.url.endswith(f"/admin/articles/{article}")
    assert newsroom.words(article) == "Before. Typed."


def test_saving_moves_neither_caret_nor_focus_and_undo_goes_on(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.", "After.")
    page = newsroom.open(newsroom.browser_of("Alice"), article)
    type_at(page, " One ")
    wait_for_state(page, "saved")
    page.keyboard.type("two")
    wait_for_state(page, "saved")
    assert newsroom.words(article) == "Before. One two\nAfter."
    page.get_by_label("Title").fill("Salt ")
    wait_for_state(page, "saved")
    page.keyboard.type("marsh")
    wait_for_state(page, "saved")
    wait_for(lambda: newsroom.title(article) == "Salt marsh")
    go_to(page, 0)
    for _ in range(3):
        page.keyboard.press("Control+z")
    wait_for(lambda: newsroom.words(article) == "Before.\nAfter.")


def test_a_refused_field_is_named_and_the_rest_is_saved(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.")
    page = newsroom.open(newsroom.browser_of("Alice"), article)
    address = page.get_by_label("Address", exact=True)
    address.fill("not/good")
    type_at(page, " Saved all the same.")
    wait_for_state(page, "refused")
    wait_for(lambda: newsroom.words(article) == "Before. Saved all the same.")
    wait_for_state(page, "refused")
    assert line(page).startswith("Not saved. Address: ")
    expect(address).to_have_attribute("aria-invalid", "true")
    assert page.locator("#slug-error").inner_text() in line(page)
    assert "Address" in heard(page)
    assert violations(page, "refused") == []
    address.fill("good")
    page.get_by_label("Title").click()
    wait_for_state(page, "saved")
    expect(address).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#slug-error")).to_have_count(0)


def test_without_a_server_the_words_are_kept_and_it_says_so(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.")
    context = newsroom.browser_of("Alice")
    page = newsroom.open(context, article)
    context.set_offline(True)
    type_at(page, " Typed.")
    wait_for_state(page, "offline")
    assert line(page) == "Offline. What you write is kept in this browser. It is saved when you are back."
    assert heard(page) == line(page)
    assert asks_before_leaving(page) is False
    context.set_offline(False)
    wait_for_state(page, "saved")
    page.route("**/admin/articles/*", lambda route: route.fulfill(status=502, body="Bad gateway"))
    page.keyboard.type(" More.")
    wait_for_state(page, "unreachable")
    assert "The server does not answer." in line(page)
    page.unroute("**/admin/articles/*")
    page.get_by_role("button", name="Try now").click()
    wait_for_state(page, "saved")
    assert newsroom.words(article) == "Before. Typed. More."


def test_without_a_journal_it_says_so_and_saves(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.")
    context = newsroom.browser_of("Alice")
    context.add_init_script("""
        Object.defineProperty(window, 'indexedDB', {get() { throw new Error('none here'); }});
        Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
    """)
    page = newsroom.open(context, article)
    context.set_offline(True)
    type_at(page, " Typed.")
    wait_for_state(page, "offline")
    assert "Keep this page open: This browser cannot keep a copy of what you write." in line(page)
    assert asks_before_leaving(page) is True
    context.set_offline(False)
    wait_for_state(page, "saved")
    assert newsroom.words(article) == "Before. Typed."
    assert asks_before_leaving(page) is False


def asks_before_leaving(page: Page) -> bool:
    """Whether the browser would ask if the tab were closed now."""
    return page.evaluate("!dispatchEvent(new Event('beforeunload', {cancelable: true}))") is True


def test_a_wrong_password_is_said_in_the_dialog(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.")
    page = newsroom.open(newsroom.browser_of("Alice"), article)
    newsroom.end_sessions_of("Alice")
    type_at(page, " Typed.")
    wait_for_state(page, "signed-out")
    assert line(page) == "You are signed out. What you write is kept in this browser."
    page.get_by_role("button", name="Sign in again").press("Enter")
    assert violations(page, "sign in") == []
    page.keyboard.type("alice@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("alert").filter(has_text="do not belong together").wait_for()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    wait_for_state(page, "saved")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert newsroom.words(article) == "Before. Typed."


def test_signing_in_as_somebody_else_saves_nothing_in_their_name(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.")
    page = newsroom.open(newsroom.browser_of("Alice"), article)
    newsroom.end_sessions_of("Alice")
    type_at(page, " Typed.")
    wait_for_state(page, "signed-out")
    page.get_by_role("button", name="Sign in again").click()
    page.get_by_label("E-mail address").fill("bob@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_text("signed in as Bob").wait_for()
    assert newsroom.words(article) == "Before."


def test_a_deleted_article_is_told_and_the_words_are_kept(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.")
    page = newsroom.open(newsroom.browser_of("Alice"), article)
    newsroom.delete(article)
    type_at(page, " Typed.")
    wait_for_state(page, "gone")
    assert (
        line(page)
        == "Not saved: this article is in the trash, or deleted for good. What you write is kept in this browser."
    )
    page.get_by_role("button", name="Make a new article of it").click()
    wait_for_state(page, "saved")
    assert newsroom.words(int(page.url.rpartition("/")[2])) == "Before. Typed."


def test_what_is_kept_can_be_discarded_after_asking_once(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.")
    context = newsroom.browser_of("Alice")
    page = newsroom.open(context, article)
    context.set_offline(True)
    type_at(page, " Typed.")
    page.get_by_label("Title").fill("Salt")
    crash(page)
    context.set_offline(False)
    page = newsroom.open(context, article)
    offers(page).wait_for()
    assert violations(page, "an offer") == []
    assert offers(page).locator("ins").all_text_contents() == [" added: Salt", " added:  Typed."]
    assert offers(page).locator("del").all_text_contents() == [" removed: Marsh"]
    for answer in ("Keep them for now", "Discard these words for good"):
        offers(page).get_by_role("button", name="Discard", exact=True).press("Enter")
        offers(page).get_by_role("button", name=answer).press("Enter")
    expect(offers(page)).to_have_count(0)
    assert (newsroom.title(article), newsroom.words(article)) == ("Marsh", "Before.")
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(offers(page)).to_have_count(0)


def collide(newsroom: Newsroom, article: int) -> tuple[Page, Page]:
    """Alice saved a change to the first paragraph, title and excerpt; Bob, who did not see it, changes them too."""
    hers, his = (newsroom.open(newsroom.browser_of(name), article) for name in ("Alice", "Bob"))
    his.context.set_offline(True)
    for page, name in ((his, "His"), (hers, "Her")):
        page.get_by_label("Excerpt").fill(f"{name} excerpt")
        type_at(page, f" {name} words.")
    wait_for_state(hers, "saved")
    his.context.set_offline(False)
    wait_for_state(his, "conflict")
    return hers, his


@pytest.mark.parametrize("choice", ["Keep mine", "Take theirs", "Keep both"])
def test_a_conflict_is_settled_by_one_key(newsroom: Newsroom, choice: str) -> None:
    article = newsroom.article("Before.", "After.")
    hers, his = collide(newsroom, article)
    assert newsroom.words(article) == "Before. Her words.\nAfter."
    cards = his.locator(".saving-conflict")
    assert cards.count() == 2
    assert line(his) == "2 places are to be settled."
    assert violations(his, "conflicts") == []
    his.get_by_role("button", name="Show").press("Enter")
    for _ in range(2):
        wait_for(lambda: his.evaluate("Boolean(document.activeElement.closest('.saving-conflict'))"))
        his.evaluate("document.activeElement.closest('.saving-conflict').querySelector('button').focus()")
        while his.evaluate("document.activeElement.textContent") != choice:
            his.keyboard.press("Tab")
        before = cards.count()
        his.keyboard.press("Enter")
        expect(cards).to_have_count(before - 1)
        if before > 1:
            his.get_by_role("button", name="Show").press("Enter")
    wait_for_state(his, "saved")
    expected = {
        "Keep mine": "Before. His words.\nAfter.",
        "Take theirs": "Before. Her words.\nAfter.",
        "Keep both": "Before. Her words.\nBefore. His words.\nAfter.",
    }[choice]
    assert newsroom.words(article) == expected
    kept = "\n".join(newsroom.revisions(article))
    assert "Her words." in kept
    assert "His words." in kept
    wait_for(lambda: paper(hers).inner_text().split() == expected.split())


def test_who_else_is_here_is_shown(newsroom: Newsroom) -> None:
    article = newsroom.article("Before.", "After.")
    hers = newsroom.open(newsroom.browser_of("Alice"), article)
    his = newsroom.open(newsroom.browser_of("Bob"), article)
    expect(his.locator(".saving-others")).to_have_text("Also open: Alice")
    type_at(his, " His.", paragraph=1)
    wait_for_state(his, "saved")
    type_at(hers, " Hers.")
    expect(hers.locator(".saving-others")).to_have_text("Also open: Bob")
    expect(hers.locator(".saving-news")).to_contain_text("Bob")
    assert "His." in paper(hers).inner_text()


def test_markdown_is_saved_and_kept_as_it_is_typed(newsroom: Newsroom) -> None:
    article = newsroom.article("# Before", "After.", body_format="markdown")
    context = newsroom.browser_of("Alice")
    page = newsroom.open(context, article)
    his = newsroom.open(newsroom.browser_of("Bob"), article)
    paper(page).press("Control+Home")
    paper(page).press("End")
    page.keyboard.type(" *hers*")
    wait_for_state(page, "saved")
    paper(his).press("Control+End")
    his.keyboard.type(" *His*.")
    wait_for_state(his, "saved")
    assert newsroom.body(article).strip() == "# Before *hers*\n\nAfter. *His*."
    assert paper(his).input_value().strip() == "# Before *hers*\n\nAfter. *His*."
    context.set_offline(True)
    page.keyboard.type(" more")
    crash(page)
    context.set_offline(False)
    page = newsroom.open(context, article)
    offers(page).get_by_role("button", name="Restore").click()
    wait_for_state(page, "saved")
    assert newsroom.body(article).strip() == "# Before *hers* more\n\nAfter. *His*."


def test_a_new_article_gets_its_address_and_its_buttons_once(newsroom: Newsroom) -> None:
    context = newsroom.browser_of("Alice")
    page = newsroom.open(context)
    paper(page).click()
    page.keyboard.type("Words before a title.")
    page.keyboard.press("Control+s")
    page.keyboard.press("Control+s")
    wait_for_state(page, "saved")
    article = int(page.url.rpartition("/")[2])
    page.get_by_role("button", name="Preview").wait_for()
    page.get_by_label("Title").fill("Salt")
    wait_for(lambda: newsroom.title(article) == "Salt")
    assert newsroom.words(article) == "Words before a title."
    assert newsroom.count() == article
    page.get_by_label("Tags").fill("sea")
    page.get_by_role("button", name="Preview").click()
    page.wait_for_url("**/preview*")
    assert newsroom.tags(article) == ["sea"]
