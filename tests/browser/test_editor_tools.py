"""The tools of the editor, driven with the keyboard as a writer does: what is typed is what the form would send."""

import re

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.admin.conftest import editor, publish, write
from tests.browser.conftest import Axe
from tests.browser.test_writing import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

__all__ = ["editor"]  # fixture of the admin's door
WIDTHS = {"phone": 360, "desktop": 1280}
SPECIMEN = (
    '<p>Some <strong>bold</strong> words and <a href="https://example.org/page">a link</a>.</p><h2>A heading</h2>'
    "<ul><li>one</li></ul><blockquote><p>quoted</p></blockquote><h3>Another</h3>"
    "<pre><code>x = 1</code></pre><hr><p>End.</p>"
)


@pytest.fixture
def desk(page: Page, context: BrowserContext, editor: FlaskClient, served: str) -> Page:
    """A tab in which Bob, an editor, has an empty article open."""
    sign_in(context, editor, served)
    open_article(page, served, write(editor, "Written here", ""))
    return page


def open_article(page: Page, served: str, number: int) -> None:
    page.goto(f"{served}/admin/articles/{number}")
    page.get_by_role("toolbar").wait_for()
    text(page).focus()


def text(page: Page):  # type: ignore[no-untyped-def]
    return page.get_by_role("textbox", name="Text", exact=True)


def sent(page: Page) -> str:
    """The body as the form would send it, without line ends between blocks and what links say beside their address."""
    body = page.locator("textarea[name=body]").input_value()
    return re.sub(r' (?:target|rel|class)="[^"]*"', "", re.sub(r">\s+<", "><", body)).strip()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def menu_entries(page: Page) -> list[str]:
    return [
        found.inner_text().split("\n")[0]
        for found in page.get_by_role("listbox", name="Insert").get_by_role("option").all()
    ]


def test_markdown_becomes_what_it_means_as_it_is_typed(desk: Page) -> None:
    desk.keyboard.type("# One\n### Two\nA **bold** word, an *italic* one, `code` and [a link](example.org/x) here")
    desk.keyboard.type("\n- a\nb\n\n1. c\n\n> d\n\n---```js x = 1")
    assert sent(desk) == (
        "<h2>One</h2><h3>Two</h3><p>A <strong>bold</strong> word, an <em>italic</em> one, <code>code</code> and "
        '<a href="https://example.org/x">a link</a> here</p><ul><li>a</li><li>b</li></ul>'
        "<ol><li>c</li></ol><blockquote><p>d</p></blockquote><hr>"
        "<pre><code>x = 1</code></pre>"
    )


def test_backspace_takes_back_what_was_not_meant(desk: Page) -> None:
    desk.keyboard.type("1. ")
    press(desk, "Backspace")
    desk.keyboard.type("of May, [no](javascript:alert) link")
    assert sent(desk) == "<p>1. of May, [no](javascript:alert) link</p>"


def test_the_slash_menu_narrows_as_one_types_and_tells_where_it_is(desk: Page) -> None:
    desk.keyboard.type("Either/or ")
    expect(desk.get_by_role("listbox", name="Insert")).to_have_count(0)
    press(desk, "Enter")
    desk.keyboard.type("/")
    listbox = desk.get_by_role("listbox", name="Insert")
    expect(listbox).to_be_visible()
    chosen = desk.locator(f"#{text(desk).get_attribute('aria-activedescendant')}")
    assert chosen.get_attribute("aria-selected") == "true"
    assert "Quote" in menu_entries(desk)
    desk.keyboard.type("head")
    assert menu_entries(desk) == ["Heading", "Subheading", "Small heading"]
    press(desk, "ArrowDown", "Enter")
    desk.keyboard.type("Under it")
    assert sent(desk) == "<p>Either/or </p><h3>Under it</h3>"
    assert text(desk).get_attribute("aria-activedescendant") is None


def test_escape_leaves_the_slash_as_typed(desk: Page) -> None:
    desk.keyboard.type("/quo")
    press(desk, "Escape")
    expect(desk.get_by_role("listbox", name="Insert")).to_have_count(0)
    desk.keyboard.type("te")
    press(desk, "Enter")
    desk.keyboard.type("/zzz")
    expect(desk.get_by_text("Nothing here is called “zzz”.")).to_be_visible()
    press(desk, "Enter")
    assert sent(desk).startswith("<p>/quote</p><p>/zzz</p><p>")


def test_the_toolbar_is_one_stop_with_arrows_inside(desk: Page) -> None:
    toolbar = desk.get_by_role("toolbar", name="Formatting")
    assert toolbar.locator('[tabindex="0"]').count() == 1
    desk.keyboard.type("word")
    press(desk, "Shift+Home", "Alt+F10", "ArrowRight", "ArrowRight")
    bold = toolbar.get_by_role("button", name="Bold")
    expect(bold).to_be_focused()
    assert bold.get_attribute("aria-pressed") == "false"
    press(desk, "Enter")
    expect(text(desk)).to_be_focused()
    expect(bold).to_have_attribute("aria-pressed", "true")
    assert sent(desk) == "<p><strong>word</strong></p>"
    press(desk, "Alt+F10")
    expect(bold).to_be_focused()
    press(desk, "End")
    expect(toolbar.get_by_role("button", name="More")).to_be_focused()
    press(desk, "ArrowRight")
    expect(toolbar.get_by_role("button", name="Insert")).to_be_focused()
    press(desk, "Escape")
    expect(text(desk)).to_be_focused()


def test_menus_of_the_toolbar_by_keyboard(desk: Page) -> None:
    desk.keyboard.type("Title")
    press(desk, "Alt+F10", "ArrowRight", "ArrowDown")
    menu = desk.get_by_role("menu", name="Kind of text")
    expect(menu.get_by_role("menuitemradio", name="Text")).to_be_focused()
    press(desk, "h", "ArrowDown", "Enter")
    assert sent(desk) == "<h3>Title</h3>"
    expect(desk.get_by_role("toolbar").get_by_role("button", name="Subheading")).to_be_attached()
    press(desk, "Alt+F10", "Enter")
    expect(menu).to_be_visible()
    press(desk, "Escape")
    expect(menu).to_have_count(0)
    expect(desk.get_by_role("button", name="Subheading")).to_be_focused()


def test_what_has_no_room_on_a_phone_is_in_the_last_menu(desk: Page) -> None:
    desk.set_viewport_size({"width": 360, "height": 640})
    expect(desk.get_by_role("button", name="Quote")).to_be_hidden()
    desk.keyboard.type("words")
    desk.get_by_role("button", name="More").click()
    desk.get_by_role("menuitem", name="Quote").click()
    assert sent(desk) == "<blockquote><p>words</p></blockquote>"
    assert desk.evaluate("document.documentElement.scrollWidth") == 360
    desk.get_by_role("button", name="Undo").click()
    assert sent(desk) == "<p>words</p>"


def test_the_toolbar_stays_in_sight(desk: Page, editor: FlaskClient, served: str) -> None:
    number = write(editor, "Long", "<p>Line.</p>" * 80)
    for width in WIDTHS.values():
        desk.set_viewport_size({"width": width, "height": 640})
        open_article(desk, served, number)
        press(desk, "Control+End")
        box = desk.get_by_role("toolbar").bounding_box()
        caret = desk.evaluate("getSelection().getRangeAt(0).getBoundingClientRect().bottom")
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 640
        assert 0 < caret <= 640
        assert not box["y"] < caret <= box["y"] + box["height"], "the toolbar hides the line that is written"


def test_a_link_to_an_own_article_is_kept_by_its_number(desk: Page, editor: FlaskClient, served: str) -> None:
    number = write(editor, "About the gulls", slug="gulls")
    publish(editor, number)
    desk.keyboard.type("more of that")
    press(desk, "Control+Shift+ArrowLeft", "Control+k")
    field = desk.get_by_role("combobox", name="Address, or title of an article")
    expect(field).to_be_focused()
    field.fill("gull")
    expect(desk.get_by_role("option", name="About the gulls")).to_be_visible()
    press(desk, "ArrowDown", "Enter")
    expect(text(desk)).to_be_focused()
    assert sent(desk) == f'<p>more of <a href="/articles/{number}">that</a></p>'
    desk.keyboard.type(" too")
    assert sent(desk).endswith("</a> too</p>")
    press(desk, *["ArrowLeft"] * 6)
    expect(desk.get_by_role("group", name="Link").get_by_role("link")).to_have_text("About the gulls")
    press(desk, "Control+k")
    desk.get_by_role("button", name="Remove").click()
    assert sent(desk) == "<p>more of that too</p>"


def test_addresses_are_checked_where_they_are_typed(desk: Page) -> None:
    press(desk, "Control+k")
    field = desk.get_by_role("combobox", name="Address, or title of an article")
    for refused in ("javascript:alert(1)", "java\u00a0script:x", "data:text/html,x", "two words", "http://"):
        field.fill(refused)
        press(desk, "Enter")
        assert field.get_attribute("aria-invalid") == "true", refused
    field.fill("somebody@example.org")
    press(desk, "Enter")
    assert sent(desk) == '<p><a href="mailto:somebody@example.org">somebody@example.org</a></p>'


def test_a_pasted_address_makes_a_link_of_what_is_selected(desk: Page, editor: FlaskClient, served: str) -> None:
    number = write(editor, "Elsewhere", slug="elsewhere")
    desk.keyboard.type("here and there")
    press(desk, "Control+Shift+ArrowLeft")
    paste(desk, "https://example.org/a?b=c")
    assert sent(desk) == '<p>here and <a href="https://example.org/a?b=c">there</a></p>'
    press(desk, "Home", "Control+Shift+ArrowRight")
    paste(desk, f"{served}/elsewhere#part")
    expect(desk.locator(f'.ProseMirror a[href="/articles/{number}#part"]')).to_have_text(re.compile("here"))


def paste(page: Page, words: str) -> None:
    page.evaluate(
        """words => {
            const data = new DataTransfer();
            data.setData("text/plain", words);
            const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event);
        }""",
        words,
    )


def test_finding_and_replacing(desk: Page) -> None:
    desk.keyboard.type("One tree, two trees, one **treehouse**, One end")
    press(desk, "Control+f")
    bar = desk.get_by_role("search", name="Find and replace in the text")
    desk.keyboard.type("tree")
    expect(bar).to_contain_text("1/3")
    bar.get_by_role("button", name="Whole words").click()
    expect(bar).to_contain_text("1/1")
    bar.get_by_role("button", name="Whole words").click()
    press(desk, "Enter")
    expect(bar).to_contain_text("2/3")
    bar.get_by_label("Replace with").fill("bush")
    press(desk, "Enter")
    assert sent(desk) == "<p>One tree, two bushs, one <strong>treehouse</strong>, One end</p>"
    bar.get_by_role("button", name="Replace all").click()
    assert sent(desk) == "<p>One bush, two bushs, one <strong>bushhouse</strong>, One end</p>"
    bar.get_by_label("Find").fill("One")
    expect(bar).to_contain_text("/3")
    bar.get_by_role("button", name="Upper and lower case").click()
    expect(bar).to_contain_text("/2")
    press(desk, "Escape")
    expect(text(desk)).to_be_focused()
    assert desk.evaluate("getSelection().toString()") == "One"
    press(desk, "Control+z")
    assert sent(desk) == "<p>One tree, two bushs, one <strong>treehouse</strong>, One end</p>"


def test_the_outline_leads_to_headings_and_warns(desk: Page, editor: FlaskClient, served: str) -> None:
    body = "<h2>First</h2><p>x</p><h4>Too deep</h4>" + "<p>Line.</p>" * 60 + "<h2>Last</h2>"
    open_article(desk, served, write(editor, "Structured", body))
    outline = desk.locator(".editor-outline")
    assert "Skips a level" in outline.locator("li", has_text="Too deep").inner_text()
    outline.get_by_role("button", name="Last").click()
    expect(text(desk)).to_be_focused()
    desk.keyboard.type(" one")
    expect(outline.get_by_role("button", name="Last one")).to_be_visible()
    assert sent(desk).endswith("<h2>Last one</h2>")


def test_words_are_counted_as_the_server_counts_them(desk: Page) -> None:
    desk.keyboard.type("It’s a well-known fact: 日本語 too.")
    expect(desk.get_by_text("7 words · 32 characters · 1 min to read")).to_be_visible()
    press(desk, "Shift+Home")
    expect(desk.get_by_text("7 words selected")).to_be_visible()


def test_full_screen_has_the_text_and_nothing_else(desk: Page) -> None:
    desk.keyboard.type("Quiet words")
    press(desk, "Control+Shift+f")
    expect(text(desk)).to_be_focused()
    for distraction in ("Publish", "Sign out", "Articles", "Tags"):
        expect(desk.get_by_text(distraction, exact=True).first).to_be_hidden()
    covering = desk.evaluate("document.elementFromPoint(innerWidth - 40, 20).closest('form') !== null")
    assert covering
    desk.keyboard.type(" /")
    press(desk, "Escape")
    expect(desk.get_by_role("button", name="Publish", exact=True)).to_be_hidden()
    press(desk, "Escape")
    expect(desk.get_by_role("button", name="Publish", exact=True)).to_be_visible()
    expect(text(desk)).to_be_focused()


def test_help_tells_the_keys(desk: Page) -> None:
    press(desk, "Control+/")
    expect(desk.get_by_role("dialog", name="Writing without the mouse")).to_contain_text("Ctrl+K")
    press(desk, "Escape")
    expect(text(desk)).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(
    chromium: Browser, editor: FlaskClient, served: str, axe: Axe, scheme: str, width: str
) -> None:
    context = chromium.new_context(color_scheme=scheme, viewport={"width": WIDTHS[width], "height": 800})  # type: ignore[arg-type]
    sign_in(context, editor, served)
    page, found = context.new_page(), []
    open_article(page, served, write(editor, "A specimen", SPECIMEN))
    found += axe(page, "as opened")
    page.get_by_role("button", name="More").click()
    found += axe(page, "a menu")
    press(page, "Escape")
    text(page).get_by_text("a link").click()
    page.get_by_role("group", name="Link").wait_for()
    found += axe(page, "a link's bubble")
    press(page, "Control+k")
    page.get_by_role("dialog").wait_for()
    found += axe(page, "a link's dialog")
    press(page, "Escape", "Control+End", "Enter")
    page.keyboard.type("/")
    page.get_by_role("listbox", name="Insert").wait_for()
    found += axe(page, "the slash menu")
    press(page, "Escape", "Control+f")
    page.keyboard.type("d")
    found += axe(page, "find")
    press(page, "Escape", "Control+/")
    found += axe(page, "help")
    press(page, "Escape", "Control+Shift+f")
    found += axe(page, "full screen")
    context.close()
    assert found == []
