"""The library in a browser: uploads with their progress, dropping and pasting, the focal point, a cover chosen."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from app.config import ROOT
from tests.admin.conftest import editor, publish, write
from tests.browser.conftest import violations
from tests.browser.test_writing import sign_in
from tests.conftest import missing
from tests.forms import post_form
from tests.media.specimens import JSON, MP4, PDF, moving, picture, upload_one
from tests.validators import html_errors

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

__all__ = ["editor"]  # a fixture of the admin's door
WIDTHS = {"phone": 360, "desktop": 1280}


@pytest.fixture(scope="session", autouse=True)
def bundles() -> None:
    """The scripts must have been built."""
    if not (ROOT / "static" / "dist" / "media.js").exists():
        missing("built scripts (make build needs npm's registry)")


@pytest.fixture
def library(page: Page, context: BrowserContext, editor: FlaskClient, served: str) -> Page:
    """A tab with the library, in which Bob, an editor, is signed in."""
    sign_in(context, editor, served)
    page.goto(f"{served}/admin/media")
    return page


def names(client: FlaskClient) -> list[str]:
    return [item["name"] for item in client.get("/admin/media", headers=JSON).get_json()["items"]]


def test_many_are_uploaded_and_each_says_what_became_of_it(library: Page, editor: FlaskClient, tmp_path: Path) -> None:
    files = {"one.jpg": picture(), "two.png": picture(kind="PNG"), "three.pdf": PDF, "four.svg": b"<svg/>"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    library.set_input_files("#file", [tmp_path / name for name in files])
    rows = library.locator(".upload")
    expect(rows.filter(has_text="Uploaded")).to_have_count(3)
    expect(rows.filter(has_text="four.svg")).to_contain_text("SVG drawings are not taken")
    expect(library.get_by_role("status").filter(has_text="3 of 4 uploaded, 1 not taken.")).to_be_attached()
    expect(library.locator(".media-grid .media-card")).to_have_count(3)
    expect(library.get_by_text("The library is empty")).to_have_count(0)
    assert set(names(editor)) == {"one.jpg", "two.png", "three.pdf"}
    library.get_by_role("button", name="Dismiss: four.svg").click()
    expect(rows).to_have_count(3)


def test_a_lost_connection_is_told_and_tried_again(library: Page, editor: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(picture())
    library.route(
        "**/admin/media", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    library.set_input_files("#file", tmp_path / "one.jpg")
    row = library.locator(".upload")
    expect(row).to_contain_text("The connection was lost")
    assert names(editor) == []
    library.unroute("**/admin/media")
    row.get_by_role("button", name="Try again").click()
    expect(row).to_contain_text("Uploaded")
    assert names(editor) == ["one.jpg"]


def test_an_upload_is_cancelled(library: Page, editor: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(picture())
    held: list[Route] = []
    library.route("**/admin/media", lambda route: held.append(route))
    library.set_input_files("#file", tmp_path / "one.jpg")
    row = library.locator(".upload")
    expect(row).to_contain_text("one.jpg")
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_contain_text("Cancelled.")
    assert names(editor) == []


DROP = """([content, name, kind]) => {
  const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type: "image/png" }));
  const event = kind === "paste" ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""


def test_files_are_dropped_and_pasted(library: Page, editor: FlaskClient) -> None:
    from base64 import b64encode

    for kind, colour in (("drop", "red"), ("paste", "blue")):
        content = b64encode(picture((60, 40), "PNG", colour=colour)).decode()
        library.evaluate(DROP, [content, f"{kind}.png", "dragenter" if kind == "drop" else "paste"])
        if kind == "drop":
            assert "is-dropping" in (library.locator("body").get_attribute("class") or "")
            library.evaluate(DROP, [content, "drop.png", "drop"])
        expect(library.locator(".upload", has_text=f"{kind}.png")).to_contain_text("Uploaded")
    assert names(editor) == ["paste.png", "drop.png"]


def test_the_focal_point_follows_click_and_keys(library: Page, editor: FlaskClient, served: str) -> None:
    upload_one(editor, picture((600, 400)))
    library.goto(f"{served}/admin/media/1")
    box = library.locator(".media-stage img").bounding_box()
    assert box is not None
    library.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.75)
    fields = [library.locator("#focus_x"), library.locator("#focus_y")]
    assert [field.input_value() for field in fields] == ["25", "75"]
    mark = library.get_by_role("button", name="What must stay in sight")
    mark.press("ArrowRight")
    mark.press("Shift+ArrowUp")
    assert [field.input_value() for field in fields] == ["26", "65"]
    library.get_by_role("button", name="Save", exact=True).click()
    expect(library.get_by_text("Saved. Articles that use it")).to_be_visible()
    assert [field.input_value() for field in fields] == ["26", "65"]


def test_a_cover_is_chosen_from_the_library(library: Page, editor: FlaskClient, served: str) -> None:
    upload_one(editor, picture(colour="red"), "Red.jpg")
    upload_one(editor, picture(colour="blue"), "Blue.jpg")
    post_form(editor, "/admin/media/2", {"alt": "A blue circle"})
    number = write(editor, "Covered")
    library.goto(f"{served}/admin/articles/{number}")
    library.locator("summary", has_text="Cover image").click()
    library.get_by_role("button", name="Choose from the library").click()
    dialog = library.get_by_role("dialog", name="Choose a picture")
    expect(dialog.locator(".media-card")).to_have_count(2)
    dialog.get_by_label("Search the library").fill("blue")
    expect(dialog.locator(".media-card")).to_have_count(1)
    assert violations(library, "picker") == []
    dialog.locator(".media-card").press("Enter")
    expect(dialog).to_have_count(0)
    assert library.locator("[name=cover_url]").input_value() == "/media/2/blue.jpg"
    assert library.locator("[name=cover_alt]").input_value() == "A blue circle"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_valid_and_clean_at_every_width(
    chromium: Browser, editor: FlaskClient, served: str, scheme: str, width: str
) -> None:
    for content, name in ((picture(), "Harbour " * 20 + ".jpg"), (moving(), "d.gif"), (PDF, "p.pdf"), (MP4, "f.mp4")):
        upload_one(editor, content, name)
    publish(editor, write(editor, "Pictured", '<p><img src="/media/2/d.gif" alt="x"></p>'))
    context = chromium.new_context(color_scheme=scheme, viewport={"width": WIDTHS[width], "height": 800})  # type: ignore[arg-type]
    sign_in(context, editor, served)
    tab, found = context.new_page(), []
    for path in ("", "?q=none", "?kind=video", "/1", "/2", "/3", "/4", "/1/delete", "/2/delete"):
        tab.goto(f"{served}/admin/media{path}")
        found += violations(tab, path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width], path
    context.close()
    assert found == []


def test_pages_are_valid_html(tmp_path: Path, editor: FlaskClient, client: FlaskClient) -> None:
    upload_one(editor, picture((1000, 500)), "Harbour.jpg")
    body = '<figure class="size-wide"><img src="/media/1/harbour.jpg" alt="Boats"></figure>'
    publish(editor, write(editor, "Pictured", body, cover_url="/media/1/harbour.jpg", cover_alt="Boats"))
    pages = {path: editor.get(path).text for path in ("/admin/media", "/admin/media/1", "/admin/media/1/delete")}
    assert html_errors(pages | {"/pictured": client.get("/pictured").text}, tmp_path) == []
