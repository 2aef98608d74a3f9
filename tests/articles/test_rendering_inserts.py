"""What a page adds between the paragraphs: coloured code, cards, labels of callouts, ways back from footnotes."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.articles.finishing_code import ALTOGETHER, LANGUAGES, LEXERS, LONGEST, coloured
from app.articles.finishing_inserts import without_own_cards
from app.articles.rendering import render
from app.html_tree import escape, parse, serialise


def shown(source: str, body_format: str = "html") -> str:
    return render(source, body_format, excerpt="given").html


def code(text: str, language: str = "python") -> str:
    return f'<pre><code class="language-{language}">{escape(text)}</code></pre>'


def words_of(made: str) -> str:
    return parse(made).words()


def test_code_is_coloured_by_classes_alone() -> None:
    made = shown(code("def greet(name):\n    return 'x'  # why\n"))
    assert '<span class="hl-k">def</span> <span class="hl-f">greet</span>(name):' in made
    assert "<span class=\"hl-s\">'x'</span>" in made
    assert '<span class="hl-c"># why</span>' in made
    assert "style=" not in made
    assert words_of(made) == "def greet(name):\n    return 'x'  # why\n"


def test_markdown_names_its_language_too() -> None:
    assert '<span class="hl-k">const</span>' in shown("```js\nconst a = 1\n```\n", "markdown")


@pytest.mark.parametrize("language", ["nonsense", "text", "python3.99", "c" * 40, "__class__", "../x"])
def test_code_in_no_known_language_is_plain(language: str) -> None:
    made = shown(code("def f(): 1", language))
    assert "hl-" not in made
    assert words_of(made) == "def f(): 1"


def test_code_with_formatting_of_its_own_keeps_it() -> None:
    assert "<b>def</b> f()" in shown('<pre><code class="language-python"><b>def</b> f()</code></pre>')


def test_long_and_repetitive_code_is_plain() -> None:
    """What would take lexers seconds is shown as it is, whole."""
    assert "hl-" not in shown(code("x = 'a'\n" * (LONGEST // 8 + 1)))
    assert "hl-" not in shown(code("\n" * 15_000 + "int a;", "c"))
    lines = "".join(f"value_{at * 7919 % 104729} = call('{at}')\n" for at in range(500))
    blocks = ALTOGETHER // len(lines)
    made = shown(code(lines) * (blocks + 2))
    assert [("hl-s" in block) for block in made.split("</pre>")[:-1]] == [True] * blocks + [False] * 2


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_hostile_code_is_text_in_every_language(language: str) -> None:
    """Each of our names is a lexer; nothing in code becomes markup, and no character is lost."""
    hostile = (
        "</code></pre><script>alert(1)</script>\n\"'`<!--]]>&lt;&#0;{{7*7}} <img src=x onerror=alert(1)>\n\tend\u2028"
    )
    made = shown(code(hostile, language))
    tree = parse(made)
    assert {element.name for element in tree.elements()} <= {"pre", "code", "span"}
    assert words_of(made) == words_of(f"<pre>{escape(hostile)}</pre>")
    assert serialise(tree.children) == made
    for element in tree.elements():
        assert element.attributes.keys() <= {"class", "tabindex"}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(LANGUAGES)), st.text(max_size=60))
def test_colouring_changes_no_text(language: str, text: str) -> None:
    pieces = coloured(text, language)
    assert "".join(piece if isinstance(piece, str) else piece.words() for piece in pieces) == text


@pytest.mark.parametrize("language", ["c", "html", "javascript", "markdown", "php", "sql", "bash", "yaml"])
def test_code_made_to_keep_a_worker_busy_is_soon_shown(language: str) -> None:
    started = time.process_time()
    for piece in ("\n", "(", '"', "/*", "<", "a ", "${", "[", "- ", "\\", "'", "#"):
        shown(code("".join(f"{piece}{at % 97}" for at in range(LONGEST // (len(piece) + 2))), language))
    assert time.process_time() - started < 60


def test_a_language_is_known_by_one_name_only_once() -> None:
    assert sum(len(known.split()) for known in LANGUAGES.values()) == len(LEXERS)


def test_a_lone_link_to_another_site_is_a_card() -> None:
    made = shown('<p>\n<a href="https://www.example.org/a?b=1">A <em>title</em></a> </p>')
    assert made == (
        '<p class="link-card">\n<a href="https://www.example.org/a?b=1"><span class="link-card-title">A <em>title</em>'
        '</span> <span class="link-card-host">example.org</span></a> </p>'
    )
    assert "link-card" in shown("Text\n\nhttps://example.org/x\n", "markdown")


@pytest.mark.parametrize(
    "source",
    [
        '<p>See <a href="https://example.org/">this</a></p>',
        '<p><a href="/about">About</a></p>',
        '<p><a href="/articles/17">Mine</a></p>',
        '<p><a href="mailto:a@example.org">Write</a></p>',
        '<p><a href="https://example.org/"><img src="/x.png" alt="x"></a></p>',
        '<p><a href="https://example.org/"> </a></p>',
        '<ul><li><p><a href="https://example.org/">x</a></p></li></ul>',
        '<blockquote><p><a href="https://example.org/">x</a></p></blockquote>',
        '<p><a href="https://[/">x</a></p>',
        '<p><a href="https://localhost/">x</a></p>',
    ],
)
def test_other_links_stay_links(source: str) -> None:
    assert "link-card" not in shown(source)


def test_a_card_of_this_very_site_is_a_link() -> None:
    own = shown('<p>\n<a title="x" href="https://www.site.example/a?b=1&amp;c">A <em>title</em></a></p>')
    others = shown(
        '<p><a href="https://example.org/?https://www.site.example">x</a></p>'
        '<p><a href="https://www.site.example@example.org/">x</a></p>'
    )
    assert "link-card" in own and others.count("link-card-host") == 2
    plain = '<p><a title="x" href="https://www.site.example/a?b=1&amp;c">A <em>title</em></a></p>'
    assert without_own_cards(own + others, "https://WWW.site.example") == plain + others
    assert without_own_cards(own + others, "https://elsewhere.example") == own + others


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://good.example@evil.example/", "evil.example"),
        ("https://evil.example\\@good.example/", "good.example"),
        ("https://EXAMPLE.org:8080/x", "example.org:8080"),
        ("//example.org/x", None),
    ],
)
def test_a_card_shows_the_host_that_is_asked(address: str, host: str | None) -> None:
    found = re.search('link-card-host">([^<]*)<', shown(f'<p><a href="{address}">x</a></p>'))
    assert (found[1] if found else None) == host


def test_cards_and_labels_are_no_words_of_the_author() -> None:
    made = render(
        '<p><a href="https://example.org/">Two words</a></p><p>Begin here.</p>'
        '<aside class="callout callout-tip"><p>Mind</p></aside>',
        "html",
    )
    assert made.words == 5
    assert made.summary == "Begin here. Mind"
    assert '<p class="lead p-summary">Begin here.</p>' in made.html


@pytest.mark.parametrize("kind", ["note", "tip", "important", "warning", "caution"])
def test_callouts_have_labels(kind: str) -> None:
    made = shown(f'<aside class="callout callout-{kind}"><p>x</p></aside>')
    assert made == (
        f'<aside class="callout callout-{kind}" role="note"><p class="callout-label">{kind.title()}</p><p>x</p></aside>'
    )
    assert "callout-label" not in shown('<aside class="callout"><p>x</p></aside>')


FOOTNOTES = (
    '<p>One<sup class="footnote-ref"><a href="#fn-1">1</a></sup>,'
    ' two<sup class="footnote-ref"><a href="#fn-2">2</a></sup>,'
    ' one again<sup class="footnote-ref"><a href="#fn-1">1</a></sup></p>'
    '<section class="footnotes"><ol><li id="fn-1"><p>First</p></li><li id="fn-2">Second</li></ol></section>'
)


def test_footnotes_lead_there_and_back() -> None:
    made = shown(FOOTNOTES)
    tree = parse(made)
    ids = [element.attributes["id"] for element in tree.elements() if "id" in element.attributes]
    links = [element.attributes["href"] for element in tree.elements() if element.name == "a"]
    assert len(ids) == len(set(ids)) == 5
    assert {link.removeprefix("#") for link in links} == set(ids)
    assert re.findall(r'href="(#fnref[^"]*)"', made) == ["#fnref-1", "#fnref-1-2", "#fnref-2"]
    assert 'aria-label="Back to the text of note 1, mention 2"' in made
    assert '<p>First <a href="#fnref-1"' in made
    assert render(FOOTNOTES, "html").words == 6


def test_footnotes_of_markdown_have_one_way_back_each() -> None:
    made = shown("a[^x] b[^x] c[^y]\n\n[^x]: X\n\n[^y]: Y\n", "markdown")
    assert made.count('class="footnote-backref"') == 3
    assert len(re.findall('id="([^"]*)"', made)) == len(set(re.findall('id="([^"]*)"', made)))


def test_what_leads_nowhere_is_no_link() -> None:
    made = shown('<p>x<sup class="footnote-ref"><a href="#fn-7">7</a></sup></p>')
    assert made == '<p>x<sup class="footnote-ref"><span>7</span></sup></p>'
    stale = '<ol><li id="fn-1">x <a class="footnote-backref" href="#gone">↩</a></li></ol>'
    assert "#gone" not in shown(f'<section class="footnotes">{stale}</section>')


def test_ids_of_footnotes_clash_with_nothing() -> None:
    made = shown('<h2 id="fnref-1">x</h2>' + FOOTNOTES)
    assert len(re.findall('id="([^"]*)"', made)) == len(set(re.findall('id="([^"]*)"', made))) == 6


PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "javascript:alert(1)",
    "' onfocus='x",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_in_every_insert_stays_text(payload: str) -> None:
    text = escape(payload).replace('"', "&quot;")
    source = (
        f'<figure class="size-wide"><img src="/media/1/a.jpg" alt="{text}"><figcaption>{text}</figcaption></figure>'
        f'<aside class="callout callout-note {text}"><p>{text}</p></aside>'
        f'<p><a href="https://example.org/{text}" title="{text}">{text}</a></p>'
        f"<table><caption>{text}</caption><tbody><tr><td>{text}</td></tr></tbody></table>"
        f'<pre><code class="language-{text}">{text}</code></pre>'
        f'<p>x<sup class="footnote-ref"><a href="#fn-{text}">{text}</a></sup></p>'
        f'<section class="footnotes"><ol><li id="fn-{text}"><p>{text}</p></li></ol></section>'
    )
    tree = parse(shown(source))
    assert not {element.name for element in tree.elements()} & {"script", "iframe", "style"}
    assert not any(name.startswith("on") for element in tree.elements() for name in element.attributes)
    assert len([element for element in tree.elements() if element.name == "img"]) == 1
