"""Publishing from the desk in a browser: dates told in words, advice that leads to its place, the framed preview."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page, expect

from tests.admin.conftest import editor, write
from tests.browser.test_writing import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

__all__ = ["editor"]


def open_desk(context: BrowserContext, page: Page, editor: FlaskClient, served: str, body: str) -> int:
    number = write(editor, "A title", body)
    sign_in(context, editor, served)
    page.goto(f"{served}/admin/articles/{number}")
    return number


def test_typed_dates_are_told_in_words(context: BrowserContext, page: Page, editor: FlaskClient, served: str) -> None:
    open_desk(context, page, editor, served, "<p>Words.</p>")
    page.locator("summary", has_text="At a certain time").press("Enter")
    said = page.locator("[data-what-happens]")
    expect(said).to_be_hidden()
    page.get_by_label("Publish at").fill("2198-11-23T09:00")
    expect(said).to_have_text("Readers will see it on Fri 23 Nov 2198, 09:00.")
    page.get_by_label("Withdraw at").fill("2198-11-24T18:30")
    expect(said).to_have_text("Readers will see it on Fri 23 Nov 2198, 09:00, until Sat 24 Nov 2198, 18:30.")
    page.get_by_label("Publish at").fill("2198-12-23T09:00")
    expect(said).to_have_text("It would be withdrawn before it is published.")
    page.get_by_label("Publish at").fill("")
    page.get_by_label("Withdraw at").fill((datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    expect(said).to_have_text("The time to withdraw it has passed.")


def test_advice_leads_to_its_place(context: BrowserContext, page: Page, editor: FlaskClient, served: str) -> None:
    open_desk(context, page, editor, served, '<p>Words.</p><p><a href="/articles/99">Here</a></p>')
    page.locator("#check a", has_text="no excerpt").press("Enter")
    expect(page.get_by_label("Excerpt")).to_be_focused()
    page.locator("#check a", has_text="does not exist").press("Enter")
    expect(page.locator(".ProseMirror")).to_be_focused()
    page.keyboard.type("Typed ")
    expect(page.locator(".ProseMirror p").nth(1)).to_contain_text("Typed")


def test_advice_follows_the_text_and_disturbs_nobody(
    context: BrowserContext, page: Page, editor: FlaskClient, served: str
) -> None:
    open_desk(context, page, editor, served, "<p>Words.</p>")
    expect(page.locator(".desk-advice")).to_have_text("2 things to look at")
    page.locator(".ProseMirror p").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("#### Deep", delay=20)
    expect(page.locator(".desk-advice")).to_have_text("3 things to look at")
    expect(page.locator("#check")).to_contain_text("“Deep” is of level 4")
    page.keyboard.type(" water")
    expect(page.locator(".ProseMirror h4")).to_have_text("Deep water")
    expect(page.locator("#check")).to_contain_text("“Deep water” is of level 4")
    page.locator("#check a", has_text="no excerpt").focus()
    type_in = "field => { field.value = 'Boats'; field.dispatchEvent(new Event('input', { bubbles: true })); }"
    page.get_by_label("Title").evaluate(type_in)
    page.locator(".saving[data-state=saved]").wait_for()
    expect(page.locator("#check a", has_text="no excerpt")).to_be_focused()
    page.get_by_label("Title").focus()
    expect(page.locator("#check")).not_to_contain_text("The title is still")
    expect(page.get_by_label("Title")).to_be_focused()


def test_the_preview_is_shown_in_its_frame(
    context: BrowserContext, page: Page, editor: FlaskClient, served: str
) -> None:
    number = open_desk(context, page, editor, served, "<p>Words in a frame.</p>")
    page.get_by_role("button", name="Preview").press("Enter")
    page.get_by_role("link", name="Phone width").press("Enter")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Words in a frame.")).to_be_visible()
    assert frame.locator("html").evaluate("element => element.clientWidth") <= 390
    page.get_by_role("link", name="Desktop").press("Enter")
    expect(frame.get_by_text("Words in a frame.")).to_be_visible()
    assert page.url.endswith(f"/admin/articles/{number}/preview/desktop")
