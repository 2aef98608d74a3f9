"""The script that counts behind a shared cache, in a real browser: once for each view, whatever becomes of the page."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, expect
from sqlalchemy.orm import Session

from app.articles import publishing, writing
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.pageviews import reading
from app.settings import change_settings
from tests.browser.conftest import WAIT
from tests.servers import FIREFOX, wait_for


@pytest.fixture(autouse=True)
def articles(session: Session) -> None:
    """Public articles at /one (id 1) and /two, the first leading to the second, on a site that counts by script."""
    for title in ("One", "Two"):
        content = Content(title=title, body=prepare('<p><a href="/two">On</a></p>', "html"), authors=["A"])
        publishing.publish(session, writing.create(session, content, by_id=None), by_id=None)
    change_settings(session, counts_by_script=True)
    session.commit()


def as_firefox(chromium: Browser, **options: object) -> Iterator[BrowserContext]:
    """Headless Chromium counts as a bot by its own name."""
    context = chromium.new_context(user_agent=FIREFOX, **options)  # type: ignore[arg-type]
    context.set_default_timeout(WAIT)
    yield context
    context.close()


@pytest.fixture
def reader(chromium: Browser) -> Iterator[BrowserContext]:
    yield from as_firefox(chromium)


@pytest.fixture
def without_script(chromium: Browser) -> Iterator[BrowserContext]:
    yield from as_firefox(chromium, java_script_enabled=False)


def classes(app: Flask, article_id: int = 1) -> dict[str, int]:
    app.extensions["typecase.counter"].fold()
    with app.extensions["typecase.db"].reader() as session:
        return reading.list_classes(session, article_id)


def test_the_number_appears_and_each_view_is_counted_once(app: Flask, served: str, reader: BrowserContext) -> None:
    page = reader.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    for number in ("1 view", "2 views", "3 views"):
        page.goto(f"{served}/one?utm_source=letter")
        expect(page.locator("data.pageviews")).to_have_text(number)
    assert page.locator("data.pageviews").get_attribute("value") == "3"
    assert classes(app) == {"browser": 3}
    assert wrong == []


def test_who_leaves_at_once_is_counted_all_the_same(app: Flask, served: str, reader: BrowserContext) -> None:
    page = reader.new_page()
    for _ in range(5):
        page.goto(f"{served}/one", wait_until="domcontentloaded")
        page.goto("about:blank", wait_until="commit")
    page.close()
    wait_for(lambda: classes(app) == {"browser": 5}, lambda: str(classes(app)))


def test_without_javascript_a_picture_counts(app: Flask, served: str, without_script: BrowserContext) -> None:
    page = without_script.new_page()
    for _ in range(2):
        page.goto(f"{served}/one", wait_until="load")
    wait_for(lambda: classes(app) == {"browser": 2}, lambda: str(classes(app)))
    expect(page.locator("data.pageviews")).to_be_hidden()


def test_with_javascript_the_picture_is_not_fetched(app: Flask, served: str, reader: BrowserContext) -> None:
    page = reader.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{served}/one", wait_until="networkidle")
    assert [url.removeprefix(served) for url in asked if "pageviews" in url] == ["/pageviews/1"]


def test_a_page_made_in_advance_counts_when_it_is_looked_at(app: Flask, served: str, reader: BrowserContext) -> None:
    page = reader.new_page()
    page.add_init_script(
        "Object.defineProperty(Document.prototype, 'prerendering', {configurable: true, get: () => true})"
    )
    page.goto(f"{served}/one", wait_until="networkidle")
    assert classes(app) == {}
    page.evaluate("document.dispatchEvent(new Event('prerenderingchange'))")
    expect(page.locator("data.pageviews")).to_have_text("1 view")
    assert classes(app) == {"browser": 1}


def test_chromium_without_a_window_is_a_program(app: Flask, served: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{served}/one")
    expect(page.locator("data.pageviews")).to_have_text("0 views")
    assert classes(app) == {"bot": 1}
