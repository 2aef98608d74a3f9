"""The statistics in a browser: a chart that says what its table says, by keyboard too, and a list that stays fresh."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.config import ROOT
from app.pageviews import correcting
from app.pageviews.correcting import correct
from app.pageviews.statistics import get_today
from app.pageviews.writing import set_starting
from tests.admin.believable import fill
from tests.admin.conftest import editor, publish, write
from tests.admin.test_statistics_hostile import TEXTS
from tests.admin.test_statistics_hostile import fill as fill_hostile
from tests.browser.conftest import violations
from tests.browser.test_writing import sign_in, tab_to
from tests.conftest import missing
from tests.forms import post_form
from tests.pageviews.counts import add_minute, add_views
from tests.validators import html_errors

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

__all__ = ["editor"]  # a fixture of the admin's door
HERE = "/admin/statistics"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
ADDRESSES = [
    HERE, f"{HERE}?period=today", f"{HERE}?period=year", f"{HERE}?first=2020-01-01&last=2020-01-02",
    f"{HERE}?first=odd&last=2020-01-01", f"{HERE}/articles/1", f"{HERE}/authors/1", f"{HERE}/tags/1",
    f"{HERE}/corrections", f"{HERE}/corrections/new",
]  # fmt: skip
WIDTHS = {"phone": 360, "desktop": 1280}


@pytest.fixture(scope="session", autouse=True)
def bundles() -> None:
    """The scripts must have been built."""
    if not (ROOT / "static" / "dist" / "statistics.js").exists():
        missing("built scripts (make build needs npm's registry)")


@pytest.fixture
def today(editor: FlaskClient, session: Session) -> date:
    """A site that has been read for weeks, up to now."""
    ids = [write(editor, title, tags="Town") for title in ("Lamps", LONG, "Tides")]
    for article_id in ids:
        publish(editor, article_id)
    set_starting(session, ids[0], views=1204)
    day = get_today(session)
    fill(session, ids, today=day, days=20, minute=int(clock.now().timestamp()) // 60)
    # Something asked 5,000 times last night; another such night is corrected already, and undone.
    add_views(session, ids[2], 5000, day=day - timedelta(days=1), hour=3, readers=1)
    night = (day - timedelta(days=4), 2)
    add_views(session, ids[2], 4000, day=night[0], hour=night[1], readers=1)
    for _ in range(2):
        made = correct(session, ids[2], first=night, last=night, reason=LONG, by=None, by_name="Bob")
        correcting.undo(session, made.id, by=None, by_name="Bob")
    correct(session, ids[2], first=night, last=night, reason="One network, no pauses", by=None, by_name="Bob")
    session.commit()
    return day


class Seen:
    """What a tab complains about."""

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))


@pytest.fixture
def desk(page: Page, context: BrowserContext, editor: FlaskClient, served: str, today: date) -> Page:
    """A tab in which Bob, an editor, is signed in."""
    sign_in(context, editor, served)
    return page


DRAWN = """() => {
  const canvas = document.querySelector('[data-chart-place] canvas');
  const seen = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const colours = new Set();
  for (let i = 0; i < seen.length; i += 4)
    if (seen[i + 3] === 255) colours.add(seen[i] * 65536 + seen[i + 1] * 256 + seen[i + 2]);
  return [...colours];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chart_is_drawn_in_the_colours_of_the_page(desk: Page, served: str, scheme: str) -> None:
    seen = Seen(desk)
    desk.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    desk.goto(served + HERE)
    first = {"light": 0x2C4AA8, "dark": 0xA9BBF7}
    assert first[scheme] in desk.evaluate(DRAWN)
    other = "dark" if scheme == "light" else "light"
    desk.emulate_media(color_scheme=other)  # type: ignore[arg-type]
    desk.wait_for_function(f"colour => ({DRAWN})().includes(colour)", arg=first[other])
    assert first[scheme] not in desk.evaluate(DRAWN)
    assert seen.errors == []


def test_the_chart_fits_its_place_when_that_changes(desk: Page, served: str) -> None:
    desk.goto(served + HERE)
    for width in (1280, 500, 900):
        desk.set_viewport_size({"width": width, "height": 800})
        desk.wait_for_function(
            "() => { const place = document.querySelector('[data-chart-place]');"
            " return Math.abs(place.clientWidth - place.querySelector('canvas').clientWidth) <= 1; }"
        )
        assert desk.evaluate("document.documentElement.scrollWidth") == width


def test_arrow_keys_read_out_what_the_table_says(desk: Page, served: str) -> None:
    seen = Seen(desk)
    desk.goto(f"{served}{HERE}?period=7d")
    desk.get_by_text("The same as a table").click()
    lines = desk.locator("[data-chart] tbody tr").all()
    rows = [[part.strip() for part in re.split(r"[\t\n▲]+", line.inner_text())] for line in lines]
    assert len(rows) == 7
    desk.locator("[data-chart-place]").focus()
    reading = desk.locator("[data-chart-reading]")
    said = []
    desk.keyboard.press("Home")
    for _ in rows:
        said.append(reading.inner_text())
        desk.keyboard.press("ArrowRight")
    assert said == [expected(row) for row in rows]
    assert "more than usual" in " ".join(said)
    desk.keyboard.press("ArrowLeft")
    assert reading.inner_text() == said[-2]
    assert seen.errors == []


def expected(row: list[str]) -> str:
    """What is read out for a row of the table: its day, the two numbers, and that it is unusual."""
    day, *spike = [part for part in row if not part.replace(",", "").isdigit() and part != "–"]
    views, readers = [part for part in row if part.replace(",", "").isdigit()][:2]
    return f"{day} – Views: {views}, Readers: {readers}" + "".join(f" – {words}" for words in spike)


def test_all_of_it_by_keyboard(desk: Page, served: str) -> None:
    desk.goto(f"{served}{HERE}?period=7d")
    tab_to(desk, "90 days")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**period=90d")
    tab_to(desk, "The same as a table")
    desk.keyboard.press("Enter")
    assert desk.locator("[data-chart] tbody tr").first.is_visible()
    tab_to(desk, "Lamps")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{HERE}/articles/1?period=90d")
    tab_to(desk, "news.ycombinator.com")
    desk.keyboard.press("Enter")
    assert desk.get_by_text("/weekly/a-fairly-long-address-2026").first.is_visible()


def test_the_popular_list_stays_fresh_and_says_when_it_cannot(desk: Page, served: str, session: Session) -> None:
    seen = Seen(desk)
    desk.clock.install()
    desk.goto(served + HERE)
    popular = desk.locator("[data-popular] li")
    assert popular.first.inner_text().split("\n")[0].startswith("Lamps")
    desk.locator("[data-popular] a", has_text="Tides").focus()
    add_minute(session, 3, 40, int(clock.now().timestamp()) // 60)
    session.commit()
    desk.clock.run_for(10_500)
    desk.wait_for_function("() => document.querySelector('[data-popular] li').innerText.startsWith('Tides')")
    assert desk.evaluate("document.activeElement.innerText") == "Tides", "the focus stays where it was"
    assert seen.errors == []
    desk.context.set_offline(True)
    desk.clock.run_for(10_500)
    desk.get_by_text("This list could not be refreshed").wait_for()
    desk.context.set_offline(False)
    desk.clock.run_for(10_500)
    desk.get_by_text("This list could not be refreshed").wait_for(state="hidden")


def test_a_spike_is_marked_in_the_chart_and_corrected_from_there(desk: Page, served: str) -> None:
    seen = Seen(desk)
    desk.goto(served + HERE)
    assert 0x7C4F00 in desk.evaluate(DRAWN), "the triangle"
    desk.get_by_text("5,000 views in an hour").wait_for()
    desk.get_by_role("link", name="Correct 5,000 views of Tides").click()
    assert desk.get_by_label("How many").input_value() == "5000"
    desk.get_by_role("button", name="Look how many that are").click()
    desk.get_by_role("heading", name="Take 5,000 views out of the count?").wait_for()
    assert violations(desk, "the question") == []
    desk.get_by_role("button", name="Take them out").click()
    desk.get_by_text("The views are taken out of the count.").wait_for()
    desk.goto(served + HERE)
    assert desk.get_by_role("link", name="Correct 5,000").count() == 0
    assert 0x7C4F00 not in desk.evaluate(DRAWN)
    assert seen.errors == []


def test_without_javascript_there_is_the_table(
    chromium: Browser, editor: FlaskClient, served: str, today: date
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    sign_in(context, editor, served)
    page = context.new_page()
    page.goto(served + HERE)
    assert page.locator("[data-chart] tbody tr").count() == 30
    assert page.locator("[data-chart] tbody tr").first.is_visible()
    assert not page.locator("[data-chart-place]").is_visible()
    page.get_by_label("From", exact=True).fill("2026-01-05")
    page.get_by_label("To", exact=True).fill("2026-01-07")
    page.get_by_role("button", name="Show these days").click()
    assert page.locator("[data-chart] tbody tr").count() == 3
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(
    chromium: Browser, editor: FlaskClient, served: str, today: date, scheme: str, width: str
) -> None:
    context = chromium.new_context(color_scheme=scheme, viewport={"width": WIDTHS[width], "height": 800})  # type: ignore[arg-type]
    sign_in(context, editor, served)
    page, found = context.new_page(), []
    for address in ADDRESSES:
        page.goto(served + address)
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        found += violations(page, address)
    context.close()
    assert found == []


def test_nothing_is_wider_than_a_small_phone(desk: Page, served: str, session: Session) -> None:
    fill_hostile(session, 1, "x" * 300)
    desk.set_viewport_size({"width": 320, "height": 640})
    for address in ADDRESSES:
        desk.goto(served + address)
        desk.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        assert desk.evaluate("document.documentElement.scrollWidth") == 320, address


def test_the_validator_finds_nothing(editor: FlaskClient, today: date, session: Session, tmp_path: Path) -> None:
    empty = {"empty": editor.get(f"{HERE}?first=2020-01-01&last=2020-01-01").text}
    night = {"first_day": str(today), "first_hour": "0", "last_day": str(today), "last_hour": "23"}
    sent = night | {"view_class": "browser", "reason": "Why"}
    empty["the question"] = post_form(editor, f"{HERE}/corrections", sent).text
    empty["refused"] = post_form(editor, f"{HERE}/corrections", sent | {"reason": "", "first_day": "odd"}).text
    fill_hostile(session, 1, TEXTS[1])
    assert html_errors(empty | {address: editor.get(address).text for address in ADDRESSES}, tmp_path) == []


def test_nothing_that_strangers_wrote_runs(
    chromium: Browser, served: str, session: Session, today: date, bob: Account,
    client_of: Callable[[Account], FlaskClient], editor: FlaskClient,
) -> None:  # fmt: skip
    """With the policy taken away, so that the escaping alone is on trial; and nothing is asked of other hosts."""
    for text in TEXTS:
        fill_hostile(session, 1, text)
    context = chromium.new_context(bypass_csp=True)
    sign_in(context, client_of(bob), served)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    seen = Seen(page)
    for address in (f"{HERE}?period=today", f"{HERE}/articles/1?period=today"):
        page.goto(served + address)
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        for box in page.locator("bdi.outside").all()[:40]:
            box.hover()
        assert page.evaluate("window.ran") is None
        assert page.locator("main img, main h1 h1, main i, main b").count() == 0
    assert [url for url in asked if not re.match(re.escape(served), url)] == []
    assert seen.errors == []
    context.close()


def test_the_policy_is_intact(desk: Page, served: str) -> None:
    answer = desk.goto(served + HERE)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
