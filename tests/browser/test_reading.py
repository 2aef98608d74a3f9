"""The readers' pages in a browser: nothing axe or the validator can find, on a phone as on a desk, by keyboard."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route
from sqlalchemy.orm import Session

from app.articles import publishing
from app.settings import change_settings
from tests.browser.conftest import violations
from tests.site.conftest import Publish, publish
from tests.validators import html_errors

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

__all__ = ["publish"]  # the fixture of the readers' door
SPECIMEN = (Path(__file__).parent / "specimen.html").read_text()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
WIDTHS = {"phone": 360, "desktop": 1280}
ADDRESSES = [
    "/", "/?page=2", "/specimen", "/plain", "/arabic", "/long", "/tag/type", "/author/beatrice-warde", "/archive/",
    "/archive/2026/02/", "/nothing-here", "/gone",
]  # fmt: skip


@pytest.fixture
def publication(session: Session, publish: Publish) -> None:
    """A site with every kind of public page."""
    change_settings(session, name="The Case Room", tagline="Notes on heavy matter", articles_per_page=3)
    days_ago = [NOON - timedelta(days=number) for number in range(9)]
    first = publish("A specimen of everything", SPECIMEN, slug="specimen", at=days_ago[0], tags=["Type", "Cases"],
            authors=["Beatrice Warde", "Eric Gill"], excerpt="Every element there is.", is_featured=True,
            cover_url="/static/favicon.svg", cover_alt="A sort")  # fmt: skip
    first.authors[0].biography = "Wrote of crystal goblets."
    publish("Plain", slug="plain", at=days_ago[1], tags=["Type"])
    publish("ابدأ مشروعًا مفتوح المصدر", "<h2>ماذا</h2><p>البرمجيات مفتوحة المصدر</p>", slug="arabic", language="ar",
            at=days_ago[2], authors=["ليلى"])  # fmt: skip
    publish(LONG, f"<p>{LONG}</p><pre>{LONG}</pre><table><tr><td>{LONG}</td><td>{LONG}</td></tr></table>", slug="long",
            at=days_ago[3], authors=[LONG], tags=[LONG], excerpt=LONG)  # fmt: skip
    gone = publish("Gone", slug="gone")
    publishing.trash(session, gone)
    session.commit()


@pytest.mark.usefixtures("publication")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(chromium: Browser, served: str, scheme: str, width: str) -> None:
    context = chromium.new_context(color_scheme=scheme, viewport={"width": WIDTHS[width], "height": 800})  # type: ignore[arg-type]
    page, found = context.new_page(), []
    for address in ADDRESSES:
        page.goto(served + address)
        found += violations(page, address)
    context.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_new_site(page: Page, served: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for address in ("/", "/archive/"):
        page.goto(served + address)
        assert violations(page, address) == []


@pytest.mark.usefixtures("publication")
def test_nothing_is_wider_than_a_small_phone(page: Page, served: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for address in ADDRESSES:
        page.goto(served + address)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, address


@pytest.mark.usefixtures("publication")
def test_the_keyboard_reaches_everything_and_shows_where_it_is(page: Page, served: str) -> None:
    page.goto(f"{served}/specimen")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("element => element === document.activeElement")
    page.wait_for_function("() => document.querySelector('.skip').getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["name"] == "BODY":
            break
        assert focused["outline"] >= 2, focused
        reached.append(focused["text"])
    assert {"Beatrice Warde", "Type", "More on this", "Older Plain"} <= set(reached)


FOCUSED = """() => {
  const element = document.activeElement, style = getComputedStyle(element);
  return {
    name: element.nodeName, text: element.innerText.replace(/\\s+/g, ' ').trim(),
    outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
  };
}"""


def test_nothing_moves_while_a_page_loads(page: Page, served: str, publish: Publish) -> None:
    publish("A", cover_url="/late.svg", cover_alt="Late", authors=["B"])

    def late(route: Route) -> None:
        page.wait_for_timeout(300)
        route.fulfill(
            content_type="image/svg+xml", body='<svg xmlns="http://www.w3.org/2000/svg" width="90" height="900"/>'
        )

    page.route("**/late.svg", late)
    page.goto(f"{served}/a")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SHIFT) == 0


SHIFT = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => resolve(sum), 300);
})"""


@pytest.mark.usefixtures("publication")
def test_on_paper_there_is_the_article_and_nothing_to_click(page: Page, served: str) -> None:
    page.goto(f"{served}/specimen")
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert not page.locator(".masthead-nav, .neighbours").first.is_visible()


@pytest.mark.usefixtures("publication")
def test_every_public_page_is_valid_html(client: FlaskClient, tmp_path: Path) -> None:
    pages = {address: client.get(address).text for address in ADDRESSES}
    assert html_errors(pages, tmp_path) == []


def test_a_new_site_is_valid_html(client: FlaskClient, tmp_path: Path) -> None:
    assert html_errors({address: client.get(address).text for address in ("/", "/archive/")}, tmp_path) == []


def test_the_validator_does_find_mistakes(tmp_path: Path) -> None:
    assert html_errors({"/bad": "<!doctype html><title>Bad</title><p><div></p>"}, tmp_path)
