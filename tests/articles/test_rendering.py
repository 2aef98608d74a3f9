"""From a stored body to the page: Markdown, anchors, levels, scrolling tables, lead, summary, words."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import html
from app.articles.rendering import count_words, prepare, render
from app.html_tree import parse, serialise


def shown(source: str, body_format: str = "html") -> str:
    return render(source, body_format, excerpt="given").html


def test_headings_begin_at_h2_and_go_down_one_at_a_time() -> None:
    levels = re.findall(r"<(h\d)", shown("<h1>a</h1><h4>b</h4><h2>c</h2><h3>d</h3><h1>e</h1>"))
    assert levels == ["h2", "h3", "h3", "h4", "h2"]


def test_anchors_are_made_of_words_and_are_unique() -> None:
    made = shown("<h2>Key Players</h2><h2>Key players!</h2><h2>История</h2><h2>2024</h2><h2>Main</h2>")
    assert re.findall('id="([^"]*)"', made) == ["key-players", "key-players-1", "история", "s-2024", "main-1"]


def test_ids_clashing_with_the_page_are_renamed_with_their_links() -> None:
    made = shown('<p id="main">x</p><p id="main">y</p><a href="#main">z</a>')
    assert made == '<p id="main-1">x</p><p>y</p><a href="#main-1">z</a>'


def test_images_load_late_and_have_an_alternative_text() -> None:
    assert shown("<img src='a b.png'>") == '<img src="a%20b.png" alt="" loading="lazy" decoding="async">'


def test_a_link_around_a_silent_picture_gets_a_name() -> None:
    assert 'alt="cat.png"' in shown("<a href='/media/cat.png'><img src=cat.png></a>")
    assert shown("<p>x<a href='/y'></a></p>") == "<p>x<span></span></p>"


def test_tables_scroll_with_a_name_and_headers_have_a_scope() -> None:
    made = shown("| a | b |\n|---|--:|\n| 1 | 2 |\n", "markdown")
    assert 'class="table-scroll" role="group" tabindex="0" aria-label="Table 1"' in made
    assert '<th scope="col">a</th>' in made
    assert '<td class="align-right">2</td>' in made


def test_code_is_reachable_by_keyboard() -> None:
    made = shown("```python\nx < y\n```\n", "markdown")
    assert made == '<pre tabindex="0"><code class="language-python">x &lt; y\n</code></pre>\n'


@pytest.mark.parametrize(
    ("misplaced", "mended"),
    [
        ("<b>x<p>y</p></b>", "<b>x</b><p><b>y</b></p>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<li>a</li>", "<ul><li>a</li></ul>"),
        ("<dt>a</dt><dd>b</dd>", "<dl><dt>a</dt><dd>b</dd></dl>"),
        ("<dl><dd>b</dd></dl>", "<div><div>b</div></div>"),
        ("<h2> </h2>x", "x"),
        ("<p></p>x", "x"),
        ("<figcaption>x</figcaption>", "<div>x</div>"),
        ("<details>x</details>", "<details><summary>Details</summary>x</details>"),
        ("<time>soon</time>", "<span>soon</span>"),
        ("<picture><source srcset=a>x</picture>", "x"),
    ],
)
def test_misplaced_elements_are_put_right(misplaced: str, mended: str) -> None:
    assert shown(misplaced) == mended


def test_the_first_paragraph_is_the_lead_unless_there_is_an_excerpt_or_a_heading() -> None:
    assert render("<p>a</p><p>b</p>", "html").html == '<p class="lead p-summary">a</p><p>b</p>'
    assert "lead" not in render("<p>a</p>", "html", excerpt="x").html
    assert "lead" not in render("<h2>a</h2><p>b</p>", "html").html
    assert "lead" not in render("<blockquote><p>b</p></blockquote>", "html").html


def test_the_summary_is_the_beginning_cut_between_words() -> None:
    assert render("<p>a</p>", "html", excerpt=" Given. ").summary == "Given."
    long = render("<h2>Not this</h2><p>" + "word " * 100 + "</p>", "html").summary
    assert long.startswith("word word")
    assert long.endswith("word…")
    assert len(long) <= 200
    assert render("---\ntitle: x\n---\n**Bold** [link](/x)[^1]\n\n[^1]: n\n", "markdown").summary == "Bold link"
    assert render("---\n\nA rule, not front matter\n\n---\n", "markdown").summary == "A rule, not front matter"


@pytest.mark.parametrize(
    ("words", "count"),
    [("It's a well-known thing", 4), ("你好世界", 2), ("Привет, мир", 2), ("", 0), ("สวัสดีครับ", 2), ("안녕 세계", 2)],
)
def test_words_are_counted_in_any_script(words: str, count: int) -> None:
    assert count_words(words) == count


def test_footnotes_tasks_and_addresses_in_markdown() -> None:
    made = shown("- [x] done[^1]\n- [ ] open\n\nhttps://example.org/a example.org\n\n[^1]: note\n", "markdown")
    assert "<li>☑ done" in made
    assert "<li>☐ open" in made
    assert '<a href="https://example.org/a">https://example.org/a</a> example.org' in made
    assert 'href="#fn1"' in made
    assert 'id="fn1"' in made


def test_markdown_is_stored_as_typed_and_html_as_a_browser_reads_it() -> None:
    markdown = prepare("# x\r\n<script>1</script>\x00", "markdown")
    assert (markdown.source, markdown.as_typed, markdown.removed) == ("# x\n<script>1</script>", None, ("script",))
    body = prepare("<p>x<script>1</script>", "html")
    assert (body.source, body.as_typed, body.removed) == ("<p>x</p>", "<p>x<script>1</script>", ("script",))
    assert prepare("<p>x", "html").as_typed is None


def test_text_nested_too_deep_is_refused_before_it_is_stored() -> None:
    for typed, body_format in (("<div>" * 101, "html"), ("> " * 200 + "x", "markdown")):
        with pytest.raises(html.TooDeep):
            prepare(typed, body_format)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["# a\n", "- ", "> ", "```\n", "[a](javascript:x)", "<b onclick=x>", "<ul>", "|a|\n|-|\n"]),
            st.sampled_from(
                ["<script>", "</p>", "[^1]", "\n\n", "![x](y)", "<h1>", "<dd>", "<a href=x>", "<table><th>"]
            ),
            st.text(max_size=6),
        ),
        max_size=20,
    ).map("".join),
    st.sampled_from(["html", "markdown"]),
)
def test_what_is_shown_is_safe_and_read_as_written(source: str, body_format: str) -> None:
    made = render(source, body_format).html
    tree = parse(made)
    assert serialise(tree.children) == made
    for element in tree.elements():
        assert element.name not in {"script", "style", "iframe", "h1"}
        assert not any(name.startswith("on") for name in element.attributes)
        assert "javascript:" not in element.attributes.get("href", "")


@pytest.mark.corpus
def test_markdown_is_commonmark(corpus: Path) -> None:
    """Every example of the specification looks the same, but for three with a bare address: here it is a link."""
    lines = (corpus / "sanitizer" / "commonmark-spec-examples.jsonl").read_text().splitlines()
    different = set()
    for line in lines:
        example = json.loads(line)
        ours, theirs = render(example["markdown"], "markdown").html, render(example["html"], "html").html
        if re.sub(r">\s+<", "><", ours).split() != re.sub(r">\s+<", "><", theirs).split():
            different.add(example["example"])
    assert len(lines) > 600
    assert different == {604, 610, 613}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("One\nline\n\n  \n\nTwo & <b>bold</b>", "<p>One<br>\nline</p>\n<p>Two &amp; <b>bold</b></p>"),
        ("1 < 2", "<p>1 &lt; 2</p>"),
        ("  \n ", ""),
        ("a\n\n<ul><li>b</li></ul>", "a\n\n<ul><li>b</li></ul>"),
    ],
)
def test_text_without_markup_keeps_its_paragraphs_and_lines(typed: str, stored: str) -> None:
    body = prepare(typed, "html")
    assert body.source == stored
    assert prepare(body.source, "html").source == stored
