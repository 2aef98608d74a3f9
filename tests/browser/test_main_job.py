"""The main job, from the first start to a counted reader: real server, real browser, both databases.

With the corpus beside the checkout the article is the one the project was shown; else a short one of ours.
"""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import CORPUS
from tests.servers import FIREFOX, Server

TITLE = "A Call for Peace & Quiet: Whose Future?"
AUTHOR = "Jhon Lennon"
SLOW = 60_000
"""Milliseconds for a browser that lays out more than a million letters on a busy machine."""
SAMPLE = [
    "Hey everybody, this is the lead of an article, and it says what the rest will be about.",
    "The First Section",
    "It’s a paragraph with “quotes”, a dash — and an ampersand & more.",
    "The Second Section",
    "Another paragraph.",
]


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "instance"
    folder.mkdir(exist_ok=True)
    server = Server(database_url=database_url, instance_dir=folder).start()
    yield server
    server.stop()


@pytest.fixture
def article() -> tuple[str, list[str]]:
    """Title, and the paragraphs and headings of the article."""
    seed = CORPUS / "seed" / "ceasefire-call.txt"
    if not seed.is_file():
        return TITLE, SAMPLE
    title, _byline, *parts = [part.strip() for part in seed.read_text().split("\n\n") if part.strip()]
    return title, parts


def is_heading(part: str) -> bool:
    return len(part) < 80


def test_from_the_set_up_link_to_a_counted_reader(
    server: Server, chromium: Browser, page: Page, article: tuple[str, list[str]]
) -> None:
    title, parts = article
    set_up(page, server)
    page.get_by_role("link", name="New article").first.click()
    page.get_by_label("Title").fill(title)
    page.locator(".ProseMirror").focus()  # a paste that is made up would do nothing to the textarea before it
    write(page, parts)
    page.locator("[name=authors]").fill(AUTHOR)
    page.locator("[name=tags]").fill("Politics, World")
    page.get_by_role("button", name="Save draft").click()
    expect(page).to_have_url(re.compile(r"/admin/articles/\d+"))
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Published").first).to_be_visible()
    slug = page.locator("[name=slug]").input_value()

    context = chromium.new_context(user_agent=FIREFOX)
    reader = context.new_page()
    shown = []
    for _ in range(4):
        answer = reader.goto(f"{server.url}/{slug}")
        assert answer is not None and answer.status == 200
        shown.append(int(reader.locator("data.pageviews").get_attribute("value") or ""))
    assert shown == [1, 2, 3, 4], "each opening is one more than the one before, and is in its own number"
    expect(reader.get_by_role("heading", level=1)).to_have_text(title)
    expect(reader.get_by_text(f"by {AUTHOR}", exact=True).first).to_be_visible()
    expect(reader.locator("data.pageviews")).to_have_text("4 views")
    expect(reader.locator(".lead")).to_have_text(parts[0])
    assert reader.locator(".e-content h2").all_inner_texts() == [part for part in parts if is_heading(part)]
    words = " ".join(reader.locator(".e-content").inner_text().split())
    assert words == " ".join(" ".join(parts).split())
    assert server.flask("pageviews", "show", slug).stdout.split()[0] == "4"

    rename(page, "a-shorter-address")
    answer = reader.request.get(f"{server.url}/{slug}", max_redirects=0)
    assert (answer.status, answer.headers["location"]) == (301, "/a-shorter-address")
    reader.goto(f"{server.url}/{slug}")
    assert reader.url == f"{server.url}/a-shorter-address"
    expect(reader.locator("data.pageviews")).to_have_text("5 views")
    context.close()


def test_too_much_at_once_is_still_there_when_going_back(server: Server, page: Page) -> None:
    set_up(page, server)
    page.set_default_timeout(SLOW)
    page.context.route("**/dist/editor.js*", lambda route: route.abort())  # the form alone
    page.goto(f"{server.url}/admin/articles/new")
    page.get_by_label("Title").fill("Ten megabytes on their way")
    body = page.locator("textarea[name=body]")
    body.evaluate("field => { field.value = ('é'.repeat(60) + ' ').repeat(24_000) }")
    with page.expect_response(re.compile("/admin/articles$")) as answer:
        body.evaluate("field => field.form.requestSubmit()")
    assert answer.value.status == 413
    expect(page.get_by_role("heading", level=1)).to_have_text("That was too much at once")
    page.go_back()
    assert page.locator("[name=title]").input_value() == "Ten megabytes on their way"
    assert body.evaluate("field => field.value.length") == 61 * 24_000


def write(page: Page, parts: list[str]) -> None:
    """Paste headings and paragraphs, as from a page."""
    body = "\n".join(f"<h2>{html.escape(p)}</h2>" if is_heading(p) else f"<p>{html.escape(p)}</p>" for p in parts)
    page.evaluate(
        """html => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event);
        }""",
        body,
    )


def set_up(page: Page, server: Server) -> None:
    """From the link that the server printed through the settings to the list of articles."""
    (link,) = re.findall(r"http://\S+/setup/\S+", server.log)
    page.goto(link.replace("//localhost:", "//127.0.0.1:"))
    page.get_by_label("Your name").fill("Ada")
    page.locator("[name=email]").fill("ada@example.org")
    page.locator("[name=password]").fill("a long enough secret")
    page.locator("main button[type=submit]").click()
    page.locator("[name=name]").fill("The Daily Case")
    page.locator("main button[type=submit]").first.click()
    page.goto(link.replace("//localhost:", "//127.0.0.1:"))
    expect(page.locator("main")).not_to_contain_text("Your name")
    page.goto(f"{server.url}/admin/articles")


def rename(page: Page, slug: str) -> None:
    page.locator("[name=slug]").fill(slug)
    with page.expect_navigation():  # once the change is saved
        page.get_by_role("button", name=re.compile("^Publish")).first.click()
    expect(page.locator("[name=slug]")).to_have_value(slug)
