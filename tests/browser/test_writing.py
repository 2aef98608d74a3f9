"""The writing desk in a browser: nothing axe or the validator can find, all of it by keyboard, on any screen."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page

from app.accounts.models import Account
from tests.admin.conftest import author, editor, publish, write
from tests.browser.conftest import violations
from tests.browser.test_reading import FOCUSED
from tests.forms import post_form
from tests.validators import html_errors

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

__all__ = ["author", "editor"]  # fixtures of the admin's door
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
WIDTHS = {"phone": 360, "desktop": 1280}


@pytest.fixture
def addresses(editor: FlaskClient) -> list[str]:
    """Every page of the desk, each in a state that shows most of it."""
    draft = write(editor, "A draft", "<p>Words <script>x()</script><b onclick=x>more</b></p>", tags="one, two")
    live = write(editor, LONG, f"<p>{LONG}</p>", tags=LONG, authors=LONG, cover_url="/x.jpg", is_featured="1")
    publish(editor, live, withdraw_at="2199-01-01T10:00")
    post_form(editor, f"/admin/articles/{live}", {"title": LONG + "x", "body": f"<p>{LONG}</p><p>{LONG}</p>"})
    later = write(editor, "Later")
    publish(editor, later, publish_at="2199-01-01T10:00")
    trashed = write(editor, "Thrown away")
    post_form(editor, f"/admin/articles/{trashed}/trash")
    return [
        "/admin/articles",
        "/admin/articles?done=trashed&q=a&status=draft",
        "/admin/articles?q=nothing-like-it",
        "/admin/articles?status=withdrawn",
        "/admin/articles/new",
        f"/admin/articles/{draft}?done=created&bylines=1",
        f"/admin/articles/{live}",
        f"/admin/articles/{later}",
        f"/admin/articles/{trashed}",
        f"/admin/articles/{trashed}/delete",
        f"/admin/articles/{live}/revisions",
        f"/admin/articles/{live}/revisions/2",
        f"/admin/articles/{live}/revisions/compare?old=live&new=working",
        f"/admin/articles/{draft}/check",
        f"/admin/articles/{draft}/preview",
        f"/admin/articles/{draft}/preview/phone",
        "/admin/schedule",
        "/admin/tags",
        "/admin/tags/1",
        "/admin/tags/1/delete",
    ]


def sign_in(context: BrowserContext, client: FlaskClient, served: str) -> None:
    """Give the browser the cookie of somebody who is signed in."""
    cookie = client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": served}])


@pytest.fixture
def desk(page: Page, context: BrowserContext, editor: FlaskClient, served: str) -> Page:
    """A tab in which Bob, an editor, is signed in."""
    sign_in(context, editor, served)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(
    chromium: Browser, editor: FlaskClient, addresses: list[str], served: str, scheme: str, width: str
) -> None:
    context = chromium.new_context(color_scheme=scheme, viewport={"width": WIDTHS[width], "height": 800})  # type: ignore[arg-type]
    sign_in(context, editor, served)
    page, found = context.new_page(), []
    for address in addresses:
        page.goto(served + address)
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        found += violations(page, address)
    for answered in answers(page, served):
        found += violations(page, answered)
    context.close()
    assert found == []


def answers(page: Page, served: str) -> Iterator[str]:
    """Make the page show what answers a refused form, a conflict, a taken tag: one after another."""
    without_editor(page.context)
    page.goto(f"{served}/admin/articles/1")
    page.get_by_label("Title (required)").fill("")
    page.get_by_label("Address", exact=True).fill("no/good")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("alert").wait_for()
    yield "a refused form"
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"{served}/admin/articles/1")
    for tab, words in ((other, "<p>Theirs.</p>"), (page, "<p>Mine.</p>")):
        tab.get_by_label("Text", exact=True).fill(words)
        tab.get_by_role("button", name="Save", exact=True).click()
    other.close()
    page.get_by_role("heading", name="saved this article while you were writing").wait_for()
    yield "a conflict"
    page.goto(f"{served}/admin/tags/1")
    page.get_by_label("Name").fill("two")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("button", name="Merge into").wait_for()
    yield "a taken tag"


def without_editor(context: BrowserContext) -> None:
    """As where the editor's script cannot be loaded: the form is all there is."""
    context.route("**/dist/editor.js*", lambda route: route.abort())


def test_nothing_is_wider_than_a_small_phone(desk: Page, addresses: list[str], served: str) -> None:
    desk.set_viewport_size({"width": 320, "height": 640})
    for address in addresses:
        desk.goto(served + address)
        assert desk.evaluate("document.documentElement.scrollWidth") == 320, address
    for answered in answers(desk, served):
        assert desk.evaluate("document.documentElement.scrollWidth") == 320, answered


def test_the_validator_finds_nothing(editor: FlaskClient, addresses: list[str], tmp_path: Path) -> None:
    pages = {address: editor.get(address).text for address in addresses}
    url = "/admin/articles/1"
    pages["refused"] = post_form(editor, url, {"title": "", "slug": "no/good", "publish_at": "odd"}).text
    pages["refused time"] = post_form(editor, f"{url}/publish", {"publish_at": "odd", "withdraw_at": "odd"}).text
    post_form(editor, url, {"body": "<p>Theirs.</p>", "version": "1"})
    pages["conflict"] = post_form(editor, url, {"body": "<p>Mine.</p>", "title": "Mine", "version": "1"}).text
    pages["taken"] = post_form(editor, "/admin/tags/1", {"name": "two"}).text
    pages["expired"] = editor.post(url, data={"title": "Typed"}).text
    assert html_errors(pages, tmp_path) == []


def test_writing_and_publishing_by_keyboard_alone(desk: Page, served: str, client: FlaskClient) -> None:
    desk.goto(f"{served}/admin/articles")
    tab_to(desk, "New article")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/new")
    tab_to(desk, "title")
    desk.keyboard.type("Typed by keyboard")
    tab_to(desk, "body")
    desk.keyboard.type("No mouse was touched.")
    tab_to(desk, "tags")
    desk.keyboard.type("keys")
    desk.keyboard.press("Enter")  # in a line of text: the first button, which saves
    desk.wait_for_url("**/admin/articles/1")
    desk.locator('.saving[data-state="saved"]').wait_for()
    tab_to(desk, "Publish")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**done=published")
    assert "No mouse was touched." in client.get("/typed-by-keyboard").text


def tab_to(page: Page, target: str) -> None:
    """Press Tab until the control with this id or text has the focus, which must be visible on the way."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        name = page.evaluate("document.activeElement.id")
        if focused["name"] not in {"BODY", "HTML"}:
            assert focused["outline"] >= 2, focused
        if target in (name, focused["text"]):
            return
    raise AssertionError(f"the keyboard does not reach {target}")


def test_a_refused_form_takes_the_focus_to_what_is_wrong(desk: Page, served: str) -> None:
    without_editor(desk.context)
    desk.goto(f"{served}/admin/articles/new")
    desk.get_by_label("Text", exact=True).fill("<p>Long text.</p>")
    desk.get_by_role("button", name="Save draft").click()
    summary = desk.get_by_role("alert")
    assert summary.evaluate("element => element === document.activeElement")
    desk.get_by_role("link", name="Title").click()
    assert desk.evaluate("document.activeElement.id") == "title"
    assert desk.get_by_label("Text", exact=True).input_value() == "<p>Long text.</p>"


def test_the_bar_hides_nothing_that_has_the_focus(desk: Page, served: str, addresses: list[str]) -> None:
    desk.set_viewport_size({"width": 360, "height": 500})
    desk.goto(served + addresses[5])
    for key in ["Tab"] * 40 + ["Shift+Tab"] * 39:
        desk.keyboard.press(key)
        covered = desk.evaluate(COVERED)
        assert not covered, covered


COVERED = """() => {
  const element = document.activeElement, bar = document.querySelector('.desk-bar');
  if (element === document.body || bar.contains(element)) return '';
  const ours = element.getBoundingClientRect(), theirs = bar.getBoundingClientRect();
  const hidden = theirs.top <= 0 && ours.bottom <= theirs.bottom && ours.bottom > 0;
  return hidden ? element.outerHTML.slice(0, 200) : '';
}"""


def test_two_writers_at_once_both_keep_their_words(
    desk: Page, chromium: Browser, alice: Account, client_of: Callable[[Account], FlaskClient], served: str,
    editor: FlaskClient,
) -> None:  # fmt: skip
    number = write(editor, "Shared", "<p>Start.</p>")
    hers = chromium.new_context()
    sign_in(hers, client_of(alice), served)
    other = hers.new_page()
    for tab in (desk, other):
        without_editor(tab.context)
        tab.goto(f"{served}/admin/articles/{number}")
    other.get_by_label("Text", exact=True).fill("<p>Hers.</p>")
    other.get_by_role("button", name="Publish", exact=True).click()
    other.wait_for_url("**done=published")
    desk.get_by_label("Text", exact=True).fill("<p>His.</p>")
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_role("heading", name="Alice saved this article while you were writing").wait_for()
    assert desk.get_by_label("Text", exact=True).input_value() == "<p>His.</p>"
    assert desk.locator(".compared del").inner_text().split() == ["[removed:", "Hers", "]"]
    assert desk.locator(".compared ins").inner_text().split() == ["[added:", "His", "]"]
    desk.get_by_role("button", name="Save mine", exact=True).click()
    desk.wait_for_url("**done=saved-changes")
    assert desk.get_by_label("Text", exact=True).input_value() == "<p>His.</p>"
    hers.close()
