"""What stands between the paragraphs, in the editor: with real keys, a real clipboard and real files."""

import base64
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from app.articles.finishing_code import LANGUAGES
from app.config import ROOT
from app.html_tree import parse
from tests.admin.conftest import editor, write
from tests.browser.test_reading import violations
from tests.browser.test_writing import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

__all__ = ["editor"]
PASTED = Path(__file__).parent / "pasted"

Open = Callable[[str], Page]


@pytest.fixture
def open_editor(page: Page, context: BrowserContext, editor: FlaskClient, served: str) -> Open:
    """Open an article with this body in the editor; gives the tab."""
    sign_in(context, editor, served)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served)

    def open_it(body: str) -> Page:
        number = write(editor, "About harbours", body)
        page.goto(f"{served}/admin/articles/{number}")
        page.wait_for_selector(".ProseMirror")
        page.click(".ProseMirror")
        return page

    return open_it


def body_of(page: Page) -> str:
    """What the form would send."""
    found: str = page.evaluate("document.querySelector('textarea[name=body]').value")
    return found


def type_in(page: Page, *keys: str) -> None:
    """Press keys one after another, no faster than the browser tells scripts where the caret is."""
    for key in keys:
        page.keyboard.press(key)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 20)))")


def copy(page: Page, html: str, text: str = "") -> None:
    """Put something on the clipboard as another program would, unsanitised."""
    other = page.context.new_page()
    other.set_content("<p id=x>x</p>")
    other.evaluate(
        """([html, text]) => document.addEventListener('copy', event => {
          if (html) event.clipboardData.setData('text/html', html);
          event.clipboardData.setData('text/plain', text);
          event.preventDefault();
        })""",
        [html, text],
    )
    other.click("#x", click_count=3)
    other.keyboard.press("ControlOrMeta+c")
    other.close()
    page.bring_to_front()


def command(page: Page, name: str) -> None:
    """Insert something by the slash menu."""
    page.keyboard.type(f"/{name}")
    page.keyboard.press("Enter")


def png(size: tuple[int, int] = (120, 80)) -> bytes:
    held = BytesIO()
    Image.new("RGB", size, (size[0] % 256, 120, 120)).save(held, "PNG")
    return held.getvalue()


def picture(path: Path, size: tuple[int, int] = (120, 80)) -> Path:
    path.write_bytes(png(size))
    return path


def drop(page: Page, *paths: Path) -> None:
    """Drop files of this machine onto the text."""
    files = [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in paths]
    page.evaluate(
        """files => {
          const held = new DataTransfer();
          for (const [name, data] of files) {
            const bytes = Uint8Array.from(atob(data), character => character.charCodeAt(0));
            held.items.add(new File([bytes], name, {type: 'image/png'}));
          }
          const target = document.querySelector('.ProseMirror');
          const box = target.lastElementChild.getBoundingClientRect();
          const at = {clientX: box.left + 20, clientY: box.bottom - 2, bubbles: true, cancelable: true};
          for (const kind of ['dragenter', 'dragover', 'drop'])
            target.dispatchEvent(new DragEvent(kind, {...at, dataTransfer: held}));
        }""",
        files,
    )


def saved_and_shown(page: Page) -> str:
    """What the preview, which saves first, shows of the text."""
    page.get_by_role("button", name="Preview", exact=True).click()
    page.wait_for_url(re.compile("/preview"), wait_until="domcontentloaded")
    shown: str = page.evaluate("document.querySelector('.prose').innerHTML")
    return shown


# Clean paste


def pasted(page: Page, html: str, text: str = "x") -> str:
    """Paste into an empty article; gives the body without the line breaks between blocks."""
    copy(page, html, text)
    page.keyboard.press("ControlOrMeta+v")
    page.wait_for_function("() => document.querySelector('textarea[name=body]').value.length > 10")
    return re.sub(r">\s+<", "><", body_of(page).strip())


def test_word_comes_in_as_headings_lists_and_links(open_editor: Open) -> None:
    assert pasted(open_editor("<p></p>"), (PASTED / "word-list.html").read_text()) == (
        '<h2>Harbour works</h2><p>The <strong>crane</strong> stands, see <a href="https://example.org/crane">the'
        " drawing</a>.</p><ul><li>Steel<ul><li>Rolled</li></ul></li><li>Timber</li></ul><h3>Steps</h3>"
        "<ol><li>Measure</li><li><em>Cut</em></li></ol>"
        "<table><tbody><tr><td>Load</td><td>5 t</td></tr></tbody></table>"
    )


def test_google_docs_come_in_with_their_lists_and_real_addresses(open_editor: Open) -> None:
    assert pasted(open_editor("<p></p>"), (PASTED / "google-docs.html").read_text()) == (
        '<h2>Tides</h2><p>Twice a day, <strong>water</strong><em> comes</em> and <a href="https://example.org/tides">goes'
        "</a>.</p><ul><li>Spring<ul><li>High</li></ul></li><li>Neap</li></ul><p><sup>1</sup></p>"
    )


def test_web_pages_come_in_without_what_is_not_text(open_editor: Open) -> None:
    assert pasted(open_editor("<p></p>"), (PASTED / "web-page.html").read_text()) == (
        "<p>By Ada</p><h3>Of locks</h3><p>First words.</p><p>Second words<br>on two lines.</p>"
        '<figure><img src="https://example.org/lock.jpg" alt="A lock"></figure>'
        '<p>bad up <a href="/articles/3">mine</a><strong>bold</strong></p>'
        '<pre><code class="language-js">const a = 1;\nconst b = 2;</code></pre><p>Only layout</p>'
    )


@pytest.mark.corpus
def test_old_word_comes_in_clean(open_editor: Open, corpus: Path) -> None:
    source = (corpus / "sanitizer" / "msword-paste.html").read_text()
    assert pasted(open_editor("<p></p>"), source) == "<p>Foo <strong>BOLD</strong></p>"


def test_plain_text_keeps_its_paragraphs(open_editor: Open) -> None:
    assert pasted(open_editor("<p></p>"), "", "One\nline <b>\n\nTwo") == "<p>One<br>line &lt;b&gt;</p><p>Two</p>"


def test_shift_pastes_the_words_alone(open_editor: Open) -> None:
    page = open_editor("<p></p>")
    copy(page, "<h2>Loud <b>words</b></h2>", "Loud words")
    page.keyboard.press("ControlOrMeta+Shift+v")
    page.wait_for_function("() => document.querySelector('textarea[name=body]').value.includes('Loud')")
    assert body_of(page).strip() == "<p>Loud words</p>"


# Pictures


def test_a_pasted_picture_is_uploaded(open_editor: Open) -> None:
    """The picture comes as data in HTML, as from Google Docs: it never is in the text as data."""
    page = open_editor("<p>Before.</p>")
    type_in(page, "ControlOrMeta+End")
    address = "data:image/png;base64," + base64.b64encode(png()).decode()
    copy(page, f'<p>Here</p><p><img src="{address}" alt="The quay"></p><p>and there.</p>', "x")
    page.keyboard.press("ControlOrMeta+v")
    page.wait_for_selector(".ProseMirror figure img")
    made = body_of(page)
    assert re.search(
        r'<p>Before.Here</p>\s*<figure><img src="/media/1/[\w-]+\.png"[^>]* width="120" height="80">', made
    )
    assert made.index("<figure>") < made.index("and there.")
    assert "data:" not in made
    page.keyboard.press("ControlOrMeta+z")
    page.wait_for_selector(".ProseMirror figure", state="detached")


def test_words_of_a_picture_are_written_in_its_panel(open_editor: Open, tmp_path: Path) -> None:
    """By keyboard, with hostile text in each field, through saving to what readers get."""
    page = open_editor("<p>First words.</p>")
    drop(page, picture(tmp_path / "quay.png"))
    page.wait_for_selector(".ProseMirror figure img")
    assert page.evaluate("document.querySelector('.ProseMirror').textContent.includes('data:')") is False
    page.click(".ProseMirror figcaption")
    expect(page.get_by_role("group", name="Image")).to_be_visible()
    type_in(page, "Tab")
    expect(page.get_by_role("group", name="Image").get_by_label("Alternative text")).to_be_focused()
    hostile = '"><img src=x onerror=alert(1)>'
    for words in ("Alt " + hostile, "Caption " + hostile, "Credit " + hostile):
        page.keyboard.type(words)
        type_in(page, "Tab")
    page.keyboard.type("Wider")
    type_in(page, "Escape")
    expect(page.locator(".ProseMirror")).to_be_focused()
    shown = saved_and_shown(page)
    figure = parse(shown)
    images = [element for element in figure.elements() if element.name == "img"]
    assert [image.attributes["alt"] for image in images] == ["Alt " + hostile]
    captions = [element.words() for element in figure.elements() if element.name == "figcaption"]
    assert captions == [f"Caption {hostile} Credit {hostile}"]
    assert 'class="size-wide"' in shown


def test_a_failed_upload_says_why_and_can_be_sent_again(open_editor: Open, tmp_path: Path) -> None:
    page = open_editor("<p>First words.</p>")
    page.route(re.compile("/admin/media$"), lambda route: route.abort())
    drop(page, picture(tmp_path / "quay.png"))
    expect(page.locator(".upload.is-failed")).to_contain_text("quay.png is not uploaded. There is no connection.")
    type_in(page, "ControlOrMeta+End")
    page.keyboard.type(" More.")
    page.unroute(re.compile("/admin/media$"))
    page.get_by_role("button", name="Try again: quay.png").press("Enter")
    page.wait_for_selector(".ProseMirror figure img")
    assert re.fullmatch(r"<p>First words. More.</p>\s*<figure>.*</figure>\s*", body_of(page))
    assert page.locator(".upload").count() == 0


def test_what_is_no_picture_is_refused_with_a_sentence(open_editor: Open, tmp_path: Path) -> None:
    page = open_editor("<p>First words.</p>")
    path = tmp_path / "notes.png"
    path.write_text("no picture at all")
    drop(page, path)
    expect(page.locator(".upload.is-failed")).to_contain_text("notes.png is not uploaded.")
    page.get_by_role("button", name="Remove: notes.png").click()
    expect(page.locator(".upload")).to_have_count(0)
    assert body_of(page).strip() == "<p>First words.</p>"


def test_a_picture_never_comes_below_the_footnotes(open_editor: Open, tmp_path: Path) -> None:
    page = open_editor('<p>Words.</p><section class="footnotes"><ol><li id="fn-1">A note</li></ol></section>')
    drop(page, picture(tmp_path / "quay.png"))
    page.wait_for_selector(".ProseMirror figure img")
    assert re.match(r"<p>Words.</p>\s*<figure>.*</figure>\s*<section", body_of(page))


def test_an_upload_can_be_cancelled(open_editor: Open, tmp_path: Path) -> None:
    page = open_editor("<p>First words.</p>")
    page.route(re.compile("/admin/media$"), lambda route: None)  # never answers
    drop(page, picture(tmp_path / "quay.png"))
    page.get_by_role("button", name="Cancel: quay.png").click()
    expect(page.locator(".upload")).to_have_count(0)
    assert body_of(page).strip() == "<p>First words.</p>"


def test_several_files_keep_their_order(open_editor: Open, tmp_path: Path) -> None:
    page = open_editor("<p>First words.</p>")
    drop(page, *(picture(tmp_path / f"p{at}.png", (100 + at, 50)) for at in range(1, 4)))
    expect(page.locator(".ProseMirror figure img")).to_have_count(3)
    assert re.findall(r'width="(\d+)"', body_of(page)) == ["101", "102", "103"]


# Footnotes


def test_footnotes_are_numbered_and_go_with_their_references(open_editor: Open) -> None:
    page = open_editor("<p>First words.</p><p>Second words.</p>")
    type_in(page, "ControlOrMeta+End", "ControlOrMeta+Alt+n")
    expect(page.locator("[data-field=words]")).to_be_focused()
    page.keyboard.type("A <note>")
    type_in(page, "Enter")
    page.keyboard.type(".")
    expect(page.locator(".ProseMirror > p").nth(1)).to_have_text("Second words.1.")
    page.locator(".ProseMirror > p").first.click()
    type_in(page, "End", "ControlOrMeta+Alt+n")
    expect(page.locator("[data-field=words]")).to_be_focused()
    page.keyboard.type("Earlier")
    type_in(page, "Escape")
    both = (
        '<p>First words.<sup class="footnote-ref"><a href="#fn-2">1</a></sup></p>'
        '<p>Second words.<sup class="footnote-ref"><a href="#fn-1">2</a></sup>.</p>'
        '<section class="footnotes"><ol><li id="fn-2">Earlier</li><li id="fn-1">A &lt;note&gt;</li></ol></section>'
    )
    assert body_of(page).strip() == both
    type_in(page, "Backspace", "Backspace")
    expect(page.locator(".ProseMirror .footnotes li")).to_have_count(1)
    assert '<a href="#fn-1">1</a>' in body_of(page)
    type_in(page, "ControlOrMeta+z")
    expect(page.locator(".ProseMirror .footnotes li")).to_have_count(2)
    assert 'href="#fn-2">1</a></sup>' in body_of(page)
    # In the note itself Enter makes a paragraph of it, and Escape leads back.
    type_in(page, "ControlOrMeta+End")
    page.keyboard.type("!")
    type_in(page, "Enter")
    page.keyboard.type("More")
    type_in(page, "Escape")
    page.keyboard.type("@")
    assert '<li id="fn-1"><p>A &lt;note&gt;!</p><p>More</p></li>' in body_of(page)
    assert "2</a></sup>@.</p>" in body_of(page)
    shown = saved_and_shown(page)
    assert 'href="#fnref-1" class="footnote-backref"' in shown
    assert "A &lt;note&gt;!" in shown


def test_a_reference_that_comes_back_brings_its_note(open_editor: Open) -> None:
    page = open_editor(
        '<p>Words<sup class="footnote-ref"><a href="#fn-1">1</a></sup></p><p>End</p>'
        '<section class="footnotes"><ol><li id="fn-1">The <em>note</em></li></ol></section>'
    )
    type_in(page, "ControlOrMeta+Home", "Shift+End", "ControlOrMeta+x")
    expect(page.locator(".ProseMirror .footnotes")).to_have_count(0)
    type_in(page, "ArrowDown", "End", "ControlOrMeta+v")
    expect(page.locator(".ProseMirror .footnotes li")).to_have_text("The note")
    assert '<li id="fn-1">The <em>note</em></li>' in body_of(page)


# Tables, callouts, code, cards, HTML: from the menu


def test_tables_by_keyboard(open_editor: Open) -> None:
    page = open_editor("<p></p>")
    command(page, "table")
    for words in ("A", "B", "C", "d"):
        page.keyboard.type(words)
        type_in(page, "Tab")
    type_in(page, "Alt+Enter")
    for label in ("Row below", "Column after", "Delete column"):
        page.get_by_role("group", name="Table").get_by_role("button", name=label).press("Enter")
    page.get_by_role("group", name="Table").get_by_label("Caption").fill("Loads & <b>")
    type_in(page, "Escape")
    assert re.sub(r">\s+<", "><", body_of(page).strip()) == (
        "<table><caption>Loads &amp; &lt;b&gt;</caption><thead><tr><th>A</th><th></th><th>C</th></tr></thead>"
        "<tbody><tr><td>d</td><td></td><td></td></tr><tr><td></td><td></td><td></td></tr>"
        "<tr><td></td><td></td><td></td></tr></tbody></table>"
    )
    page.get_by_role("button", name="Header row").click()
    assert "<th" not in body_of(page)
    page.get_by_role("button", name="Header row").click()
    assert "<thead><tr><th>A</th>" in body_of(page)
    page.get_by_role("button", name="Delete table").click()
    assert "table" not in body_of(page)
    type_in(page, "ControlOrMeta+z")
    assert "<thead><tr><th>A</th>" in body_of(page)


def test_callouts_change_their_kind_and_are_left(open_editor: Open) -> None:
    page = open_editor("<p>Before.</p>")
    type_in(page, "ControlOrMeta+End", "Enter")
    command(page, "callout")
    page.keyboard.type("Mind </aside><script>")
    type_in(page, "Alt+Enter")
    page.keyboard.type("Warning")
    type_in(page, "Escape", "Enter", "Enter")
    page.keyboard.type("After.")
    assert re.sub(r">\s+<", "><", body_of(page).strip()) == (
        '<p>Before.</p><aside class="callout callout-warning"><p>Mind &lt;/aside&gt;&lt;script&gt;</p></aside>'
        "<p>After.</p>"
    )
    assert '<p class="callout-label">Warning</p><p>Mind &lt;/aside&gt;' in saved_and_shown(page)


def test_code_is_indented_named_and_left(open_editor: Open) -> None:
    page = open_editor("<p></p>")
    command(page, "code block")
    page.keyboard.type("def f():")
    type_in(page, "Enter", "Tab")
    page.keyboard.type("return '</code><script>'")
    type_in(page, "Alt+Enter")
    page.keyboard.type("python")
    type_in(page, "Escape", "Shift+Tab")
    assert "def f():\nreturn" in body_of(page)
    type_in(page, "Home", "Tab", "Escape")
    page.keyboard.type("After.")
    made = body_of(page)
    assert '<pre><code class="language-python">def f():\n    return' in made
    assert made.strip().endswith("<p>After.</p>")
    shown = saved_and_shown(page)
    assert '<span class="hl-k">def</span> <span class="hl-f">f</span>' in shown
    assert "<script" not in shown


def test_a_card_is_shown_as_readers_will_see_it(open_editor: Open) -> None:
    page = open_editor("<p></p>")
    command(page, "card")
    page.keyboard.type("javascript:alert(1)")
    type_in(page, "Enter")
    expect(page.get_by_role("alert")).to_contain_text("no address of a page")
    page.get_by_role("dialog").get_by_label("Address").fill("example.org/x?a=1&b")
    page.get_by_role("dialog").get_by_label("Title").fill("A <title>")
    type_in(page, "Enter")
    expect(page.locator(".ProseMirror .link-card")).to_have_attribute("data-host", "example.org")
    assert '<p><a href="https://example.org/x?a=1&amp;b">A &lt;title&gt;</a></p>' in body_of(page)
    assert '<span class="link-card-host">example.org</span>' in saved_and_shown(page)


def test_html_of_ones_own_is_edited_as_source_and_never_runs(open_editor: Open) -> None:
    page = open_editor("<p>Words.</p>")
    page.evaluate("window.ran = []; window.alert = said => window.ran.push(said); 0")
    type_in(page, "ControlOrMeta+End", "Enter")
    command(page, "html")
    page.keyboard.type("<div><img src=x onerror=alert(1)><b>hi</b></div>")
    expect(page.locator(".insert-source-words")).to_have_text("hi")
    page.get_by_role("button", name="Keep").press("Enter")
    page.wait_for_selector(".ProseMirror .raw-block")
    before = body_of(page)
    assert "<div><img src=x onerror=alert(1)><b>hi</b></div>" in before
    type_in(page, "Alt+Enter", "Enter")
    page.locator("textarea.insert-source").fill("<div>changed</div>")
    type_in(page, "Escape")
    expect(page.locator("textarea.insert-source")).to_have_count(0)
    assert body_of(page) == before
    expect(page.locator(".ProseMirror .raw-block")).to_contain_text("onerror")
    assert page.evaluate("window.ran") == []
    shown = saved_and_shown(page)
    assert "onerror" not in shown
    assert "<b>hi</b>" in shown


def test_pictures_are_chosen_from_the_library(open_editor: Open, tmp_path: Path) -> None:
    page = open_editor("<p>First words.</p>")
    drop(page, picture(tmp_path / "quay.png"))
    page.wait_for_selector(".ProseMirror figure img")
    page.click(".ProseMirror > p")
    type_in(page, "End", "Enter")
    command(page, "image")
    expect(page.get_by_role("dialog")).to_contain_text("1 picture")
    page.keyboard.type("nothing like it")
    expect(page.get_by_role("dialog")).to_contain_text("Nothing in the library is called")
    page.get_by_label("Search the library").fill("quay")
    page.get_by_role("button", name=re.compile("^quay")).press("Enter")
    expect(page.locator(".ProseMirror figure img")).to_have_count(2)
    page.keyboard.type("Caption")
    assert body_of(page).count("<figcaption>Caption</figcaption>") == 1


# The same things, as people see them


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_in_panels_and_dialogs(open_editor: Open, tmp_path: Path, scheme: str, width: int) -> None:
    page = open_editor(EVERYTHING)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.route(re.compile("/admin/media$"), lambda route: route.abort())
    drop(page, picture(tmp_path / "quay.png"))
    page.wait_for_selector(".upload.is-failed")
    found = []
    for place in ("figcaption", "td", "pre", ".callout p", ".footnotes li"):
        page.locator(f".ProseMirror {place}").first.click()
        expect(page.locator(".insert-panel")).to_be_visible()
        found += violations(page, place)
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


EVERYTHING = (
    '<p>Words<sup class="footnote-ref"><a href="#fn-1">1</a></sup></p>'
    '<figure><img src="/static/favicon.svg" alt="A sign"><figcaption>A caption</figcaption></figure>'
    "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>c</td><td>d</td></tr></tbody></table>"
    '<pre><code class="language-python">def f(): pass</code></pre>'
    '<aside class="callout callout-warning"><p>Mind</p></aside>'
    '<p><a href="https://example.org/x">A card</a></p>'
    "<details><summary>More</summary><p>Folded</p></details>"
    '<section class="footnotes"><ol><li id="fn-1">A note</li></ol></section>'
)


def test_languages_of_the_chooser_are_those_of_the_page() -> None:
    source = (ROOT / "static" / "js" / "editor" / "inserts" / "code.js").read_text()
    listed = source.split("LANGUAGES = {")[1].split("}")[0]
    assert set(re.findall(r"(\w+): \"", listed)) == set(LANGUAGES)
