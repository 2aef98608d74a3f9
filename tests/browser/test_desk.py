"""The admin with keyboard and script: palette, shortcuts, several articles at once; all on a phone, light and dark."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles import publishing
from app.articles.models import Article
from app.pageviews.statistics import get_today
from tests.admin.conftest import write
from tests.browser.conftest import WAIT, Axe
from tests.house.routes import own_rules
from tests.media.specimens import add_media
from tests.pageviews.counts import add_views

ClientOf = Callable[[Account], FlaskClient]
TITLES = (
    "Salt marsh",
    "Harvest",
    "Ceasefire",
    "Tides",
    "A title that is long enough to need two lines on a phone, and more",
)
# Pages that are no pages for looking at: files, answers for scripts, and what leads elsewhere.
NOT_LOOKED_AT = (".json", "export", "/ready")


@pytest.fixture
def desk(session: Session, bob: Account, client_of: ClientOf) -> FlaskClient:
    """An editor's browser; a few articles, one of them live and read."""
    client = client_of(bob)
    numbers = [write(client, title, tags="Coast") for title in TITLES]
    publishing.publish(session, session.get_one(Article, numbers[0]), by_id=None)
    add_views(session, numbers[0], 12, day=get_today(session), readers=3)
    add_media(session, by_id=bob.id)
    session.commit()
    return client


def let_in(context: BrowserContext, client: FlaskClient, served: str) -> None:
    cookie = client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": served}])


@pytest.fixture
def at_desk(context: BrowserContext, desk: FlaskClient, served: str, page: Page) -> Page:
    let_in(context, desk, served)
    page.goto(f"{served}/admin/articles")
    return page


def test_the_palette_goes_anywhere_and_gives_the_focus_back(at_desk: Page, served: str, axe: Axe) -> None:
    page = at_desk
    page.get_by_role("link", name="New article").focus()
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Find a page, an action or an article")
    expect(box).to_be_focused()
    expect(page.get_by_role("option", name="Statistics")).to_be_visible()
    assert axe(page, "palette") == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="New article")).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("preview harv")
    expect(page.get_by_role("listbox", name="Found").get_by_role("option")).to_have_text(["Harvest Preview, draft"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/articles/2/preview")
    page.goto(f"{served}/admin/articles")
    page.get_by_role("link", name="Find …").click()
    page.keyboard.type("sched")
    expect(page.get_by_role("option", name="Schedule")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/schedule")


def test_what_a_page_can_do_is_in_the_palette(at_desk: Page, served: str) -> None:
    page = at_desk
    page.goto(f"{served}/admin/articles/2")
    page.get_by_role("link", name="Find …").click()
    page.keyboard.type("dupl")
    expect(page.get_by_role("option", name="Duplicate")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**done=duplicated*")


def test_shortcuts_leave_whoever_types_alone(at_desk: Page, axe: Axe) -> None:
    page = at_desk
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search")
    expect(search).to_be_focused()
    page.keyboard.type("gs?n/")
    page.keyboard.press("Control+k")
    expect(search).to_have_value("gs?n/")
    expect(page.get_by_role("dialog")).to_have_count(0)
    search.evaluate("element => element.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Statistics")
    assert axe(page, "shortcuts") == []
    page.get_by_role("checkbox", name="Single keys work").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_role("checkbox", name="Single keys work").check()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/admin/statistics")


def test_several_articles_at_once_and_back(at_desk: Page, axe: Axe) -> None:
    page = at_desk
    boxes = page.get_by_role("checkbox", name="Choose ")
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("3 articles chosen")
    assert axe(page, "bar") == []
    page.get_by_role("button", name="Move the chosen to the trash").click()
    expect(page.get_by_text("3 articles were moved to the trash.")).to_be_visible()
    expect(boxes).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 3 articles were brought back from the trash.")).to_be_visible()
    expect(boxes).to_have_count(5)
    boxes.first.click()
    page.get_by_role("checkbox", name="All 5 on this page").check()
    page.get_by_label("Tags of the chosen").fill("Sea")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Tags of the chosen")).to_have_value("Sea")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("5 articles were tagged “Sea”.")).to_be_visible()


def test_every_page_fits_a_phone_in_light_and_dark(
    app: Flask, chromium: Browser, desk: FlaskClient, alice: Account, client_of: ClientOf, served: str, axe: Axe
) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    context.set_default_timeout(WAIT)
    let_in(context, client_of(alice), served)
    page, found = context.new_page(), []
    paths = [rule.rule for rule in own_rules(app) if "GET" in (rule.methods or set()) and not rule.arguments]
    paths = [path for path in paths if path.startswith("/admin") and not any(part in path for part in NOT_LOOKED_AT)]
    assert len(paths) > 12
    for path in [*paths, "/admin/articles/1", "/admin/articles/1/revisions", "/admin/articles?q=nothing"]:
        page.goto(served + path)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found += axe(page, f"{path} {scheme}")
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            found.append(f"{path} is wider than the phone")
    page.goto(f"{served}/admin/")
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Schedule").first).to_be_visible()
    found += axe(page, "menu")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Menu")).to_be_focused()
    context.close()
    assert found == []
