"""The editor's document: what nobody changed comes out byte for byte, what was typed in has lost nothing."""

import csv
import gzip
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, BrowserContext, Page

from app import html
from app.articles.blocks import split
from app.articles.commonmark import to_html
from app.articles.models import Article
from app.articles.rendering import prepare
from app.config import ROOT
from app.html_tree import parse
from app.imports.files import decode
from app.imports.markdown import read_post
from tests.admin.conftest import editor, look, write
from tests.browser.test_writing import sign_in
from tests.conftest import missing

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

__all__ = ["editor", "look"]  # fixtures of the admin's door
TYPED = "\ue000"
"""A character that stands in no text."""
SAMPLE = 50
LARGEST = 200_000
ESBUILD = ROOT / "node_modules" / ".bin" / "esbuild"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The document and what asks things of it, as one script."""
    if not ESBUILD.exists():
        missing("esbuild (npm ci)")
    built = tmp_path_factory.mktemp("bundle") / "document.js"
    command = [ESBUILD, ROOT / "tests" / "browser" / "editor_document.js", "--bundle", f"--outfile={built}"]
    subprocess.run([*command, "--format=iife", "--log-level=warning"], check=True, cwd=ROOT)
    return built.read_text()


@pytest.fixture(scope="module")
def desk(chromium: Browser, bundle: str) -> Iterator[Page]:
    """A page with nothing but the document; it fetches nothing."""
    context = chromium.new_context()
    context.route("**/*", lambda route: route.abort())
    page = context.new_page()
    page.add_script_tag(content=bundle)
    yield page
    context.close()


def told(body: str) -> tuple[list[object], str]:
    """The elements of some HTML with their attributes, in no order, and its text without white space."""
    tree = parse(body)
    elements = sorted(
        (element.name, sorted((name, " ".join(sorted(value.split()))) for name, value in element.attributes.items()))
        for element in tree.elements()
    )
    return list(elements), "".join(tree.words().split())


def check(desk: Page, body: str, which: int) -> tuple[int, int]:
    """Open, compare, type, compare. Gives the number of blocks and how many of them are raw."""
    found: dict[str, Any] = desk.evaluate(
        "([body, which, typed]) => openAndType(body, which, typed)", [body, which, TYPED]
    )
    assert found["untouched"] == body
    before, after = found["before"], found["after"]
    if body.strip():
        assert [text for _, text in before] == split(body)
    assert len({item for item, _ in after}) == len(after)
    if not found["isTyped"]:
        assert before == after
        return len(before), found["raw"]
    assert [item for item, _ in before] == [item for item, _ in after]
    changed = [(old, new) for (_, old), (_, new) in zip(before, after, strict=True) if old != new]
    ((old, new),) = changed
    assert new.count(TYPED) == 1
    assert told(new.replace(TYPED, "")) == told(old)
    return len(before), found["raw"]


def posts(corpus: Path) -> Iterator[tuple[str, str]]:
    """The real posts, as articles in HTML would hold them."""
    with (corpus / "markdown" / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        rows = [row for row in csv.DictReader(manifest, delimiter="\t") if row["note"] == "post"]
    names = sorted(row["file"].removeprefix("markdown/") for row in rows)
    whole = os.environ.get("WHOLE_CORPUS") == "1"
    for name in names if whole else names[:: -(-len(names) // SAMPLE)]:
        source, _ = decode((corpus / "markdown" / name).read_bytes())
        post = read_post(source, path=name, zone=ZoneInfo("UTC"), needs_front_matter=False)
        yield name, html.clean(as_html(post.body, post.body_format)).html


def as_html(body: str, body_format: str) -> str:
    return to_html(body) if body_format == "markdown" else body


@pytest.mark.corpus
@pytest.mark.timeout(1200)
def test_real_posts_come_out_as_they_came_in(desk: Page, corpus: Path) -> None:
    blocks = raw = read = 0
    for number, (name, body) in enumerate(posts(corpus)):
        try:
            some, of_them_raw = check(desk, body, which=number)
        except AssertionError as difference:
            raise AssertionError(name) from difference
        read, blocks, raw = read + 1, blocks + some, raw + of_them_raw
    print(f"{read} posts, {blocks} blocks, {raw} of them raw")
    assert read >= SAMPLE - 5
    assert raw < blocks / 500


NAMES = "p h2 h4 ul ol li blockquote pre hr table div section aside figure details dl figcaption".split()  # noqa: SIM905
INLINE = "a b strong em i code s del u sub sup mark span kbd abbr q small time".split()  # noqa: SIM905
ATTRIBUTES = ["", ' class="align-center"', ' id="here"', ' lang="de" dir="ltr"', ' title="a &quot;b&quot; &lt;c"']
words = st.text(alphabet="ab ä\n\t\u00a0&<☂\U0001f600", max_size=8).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;")
)
leaves = st.one_of(
    words,
    words,
    st.sampled_from(
        [
            "<br>", "<br>\n", '<img src="/x.png" alt="x" width="3" class="size-wide">', '<a id="y"></a>', "<wbr>",
            '<sup class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup>', '<audio src="/a.mp3"></audio>',
            "<ruby>a<rt>b</rt></ruby>", '<picture><source srcset="/a.webp"><img src="/a.png"></picture>',
        ]
    ),
)  # fmt: skip


def element(names: list[str], inside: st.SearchStrategy[list[str]]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, attributes, children: f"<{name}{attributes}>{''.join(children)}</{name}>",
        st.sampled_from(names),
        st.sampled_from([*ATTRIBUTES, ' href="/articles/7"', ' class="callout callout-tip"', ' start="4"']),
        inside,
    )


inline = st.recursive(leaves, lambda inside: element(INLINE, st.lists(inside, max_size=3)), max_leaves=6)
lines = st.lists(inline, max_size=4)
rows = st.lists(element(["td", "th"], lines), min_size=1, max_size=3).map(lambda cells: f"<tr>{''.join(cells)}</tr>")
tables = st.lists(rows, min_size=1, max_size=3).map(
    lambda found: f"<table><caption>c</caption>{''.join(found)}</table>"
)
lists = st.lists(element(["li"], lines), min_size=1, max_size=3).map(lambda items: f"<ul>\n{''.join(items)}</ul>")
code = words.map(lambda text: f'<pre><code class="language-c++">{text}\n</code></pre>')
figure = lines.map(
    lambda caption: f'<figure class="size-full"><img src="/y.png"><figcaption>{"".join(caption)}</figcaption></figure>'
)
plain = st.one_of(element(["p", "h2", "h3"], lines), lines.map("".join), tables, lists, code, figure)
flow = st.recursive(plain, lambda inside: element(NAMES, st.lists(inside, max_size=3)), max_leaves=8)
bodies = st.lists(st.one_of(flow, st.just("\n")), max_size=6).map(lambda blocks: html.clean("".join(blocks)).html)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=bodies, which=st.integers(min_value=0, max_value=20))
def test_whatever_is_allowed_comes_out_as_it_came_in(desk: Page, body: str, which: int) -> None:
    check(desk, body, which)


ABC = "<p>One two</p>\n<p>Three <b>four</b></p>\n<p>Five</p>"
IDS = ["aaaaaaa1", "aaaaaaa2", "aaaaaaa3"]


@pytest.fixture
def opened(desk: Page) -> Callable[[str], list[list[str]]]:
    """Three paragraphs, open. Runs some JavaScript there, then gives the blocks."""
    desk.evaluate("([body, ids]) => { openBody(body, ids); }", [ABC, IDS])

    def blocks_after(script: str) -> list[list[str]]:
        found: list[list[str]] = desk.evaluate(f"() => {{ {script}; return doc.blocks(); }}")
        return found

    return blocks_after


def test_ids_given_with_a_text_are_its_ids(opened: Callable[[str], list[list[str]]]) -> None:
    assert opened("") == [list(pair) for pair in zip(IDS, split(ABC), strict=True)]


@pytest.mark.parametrize(
    ("script", "kept"),
    [
        ("doc.editor.chain().setTextSelection(5).splitBlock().run()", ["1", "", "2", "3"]),
        ("doc.editor.chain().setTextSelection(1).splitBlock().run()", ["", "1", "2", "3"]),
        ("doc.editor.chain().setTextSelection(10).joinBackward().run()", ["1", "3"]),
        ("doc.editor.chain().insertContentAt(9, '<p>New</p>').run()", ["1", "", "2", "3"]),
        ("doc.editor.view.dispatch(doc.editor.state.tr.insert(0, doc.editor.state.doc.child(1)))", ["2", "1", "", "3"]),
        ("doc.editor.chain().setTextSelection(3).toggleBlockquote().run()", ["1", "2", "3"]),
        ("doc.editor.chain().setTextSelection(3).toggleBulletList().run()", ["1", "2", "3"]),
        ("doc.editor.chain().setTextSelection(3).toggleHeading({level: 2}).run()", ["1", "2", "3"]),
        (
            "doc.editor.chain().setTextSelection(3).toggleBlockquote().run();"
            "doc.editor.commands.toggleBlockquote(); doc.editor.commands.undo(); doc.editor.commands.redo()",
            ["1", "2", "3"],
        ),
        ("doc.editor.chain().setTextSelection(5).splitBlock().run(); doc.editor.commands.undo()", ["1", "2", "3"]),
    ],
)
def test_ids_stay_unique(opened: Callable[[str], list[list[str]]], script: str, kept: list[str]) -> None:
    ids = [item for item, _ in opened(script)]
    assert len(set(ids)) == len(ids)
    assert all(len(item) == 8 for item in ids)
    assert [item[-1] if item in IDS else "" for item in ids] == kept


def test_undoing_all_brings_back_every_byte(opened: Callable[[str], list[list[str]]]) -> None:
    changed = opened("doc.editor.chain().setTextSelection(3).insertContent('x').toggleBold().splitBlock().run()")
    assert "".join(text for _, text in changed) != ABC
    assert opened("while (doc.editor.can().undo()) doc.editor.commands.undo()") == opened("")
    assert "".join(text for _, text in opened("")) == ABC


THEIRS = [["aaaaaaa1", "<p>One two, they said</p>\n"], ["aaaaaaa9", "<p>New</p>\n"], ["aaaaaaa3", "<p>Five</p>"]]


def test_what_comes_from_elsewhere_leaves_the_caret_and_undo(desk: Page, opened: Callable[[str], Any]) -> None:
    opened(
        "doc.editor.chain().setTextSelection(26).insertContent('x').run();window.calls = 0; doc.onChange(() => calls++)"
    )
    sent = opened("")
    theirs = [*THEIRS[:2], sent[2]]
    desk.evaluate("theirs => doc.applyBlocks(theirs)", theirs)
    assert opened("") == theirs
    assert desk.evaluate("() => calls") == 0
    caret = desk.evaluate(
        "() => { const {$head} = doc.editor.state.selection; return [$head.parent.textContent, $head.parentOffset]; }"
    )
    assert caret[0] in sent[2][1]
    assert opened("doc.editor.commands.undo()") == THEIRS
    assert desk.evaluate("() => calls") == 1


def test_what_was_typed_meanwhile_stays(desk: Page, opened: Callable[[str], Any]) -> None:
    sent = opened("")
    opened("doc.editor.chain().setTextSelection(3).insertContent('!').run()")
    opened("doc.editor.chain().insertContentAt(10, '<p>Mine</p>').run()")
    desk.evaluate("([theirs, sent]) => doc.applyBlocks(theirs, sent)", [THEIRS, sent])
    assert [text for _, text in opened("")] == [
        "<p>On!e two</p>\n", "<p>Mine</p>\n", "<p>New</p>\n", "<p>Five</p>",
    ]  # fmt: skip


def test_saving_an_untouched_article_changes_not_one_byte(
    page: Page, context: BrowserContext, editor: FlaskClient, served: str, look: Callable[[int], Article]
) -> None:
    body = prepare(
        "\n<h2  id=x>Title</h2>\n\n<p class=align-right>a\n<b>b</b><i>c</i></p>tail <table><tr><td>x", "html"
    )
    number = write(editor, "As it was", body.source)
    stored = look(number).draft.body
    sign_in(context, editor, served)
    page.goto(f"{served}/admin/articles/{number}")
    page.locator(".ProseMirror").wait_for()
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith(f"/{number}")):
        page.get_by_role("button", name="Save", exact=True).click()
    assert look(number).draft.body == stored
    page.locator(".ProseMirror p").first.click()
    page.keyboard.press("End")
    page.keyboard.type("!")
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith(f"/{number}")):
        page.get_by_role("button", name="Save", exact=True).click()
    assert look(number).draft.body.replace("!", "") == stored


def test_the_script_is_small_and_only_where_it_is_needed(editor: FlaskClient) -> None:
    built = ROOT / "static" / "dist" / "editor.js"
    if not built.exists():
        missing("the built scripts (make build)")
    assert len(gzip.compress(built.read_bytes())) < LARGEST
    number = write(editor, "Loaded")
    pages = ["/admin/articles", f"/admin/articles/{number}/revisions", "/admin/tags", "/admin/profile", "/"]
    assert [address for address in pages if "editor.js" in editor.get(address).text] == []
    for address in ("/admin/articles/new", f"/admin/articles/{number}"):
        assert "dist/editor.js" in editor.get(address).text


def test_markdown_keeps_the_plain_field(page: Page, context: BrowserContext, editor: FlaskClient, served: str) -> None:
    number = write(editor, "In Markdown", "# One\n\nTwo", body_format="markdown")
    sign_in(context, editor, served)
    page.goto(f"{served}/admin/articles/{number}")
    assert page.locator("textarea[name=body]").input_value() == "# One\n\nTwo"
    assert page.locator("textarea[name=body]").is_visible()
    assert page.locator(".ProseMirror").count() == 0
