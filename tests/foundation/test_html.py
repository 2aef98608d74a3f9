"""Cleaning HTML: what stays, what goes, that twice is once, and that hostile text costs no more than honest text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.html import TooDeep, TooIntricate, TooMuch, clean, text
from app.html_tree import parse

TAG_NAMES = [
    "p", "b", "i", "a", "div", "span", "ul", "li", "dl", "dt", "dd", "table", "tr", "td", "caption", "col", "h1", "h2",
    "pre", "script", "style", "svg", "math", "mtext", "mglyph", "foreignObject", "noscript", "template", "textarea",
    "title", "iframe", "xmp", "plaintext", "select", "option", "form", "button", "details", "summary", "figure",
    "ruby", "rt", "img", "br", "wbr", "hr", "o:p", "x-y", "foo", "center", "object", "annotation-xml", "frameset",
]  # fmt: skip
ATTRIBUTES = [
    "", " href=javascript:alert(1)", " onclick=alert(1)", " id=a", ' title="</style><img src=x onerror=alert(1)>"',
    " src=x", ' style="text-align:center"', ' class="language-js x"', " href='&#106;avascript:x'", " open", " =", "/",
    " encoding=text/html",
]  # fmt: skip
pieces = st.one_of(
    st.builds(lambda name, attribute: f"<{name}{attribute}>", st.sampled_from(TAG_NAMES), st.sampled_from(ATTRIBUTES)),
    st.builds(lambda name: f"</{name}>", st.sampled_from(TAG_NAMES)),
    st.sampled_from(["<!--", "-->", "<![CDATA[", "]]>", "&lt;", "&amp;lt;", "&nbsp;", "\n", " ", "<", "<!x>", "x"]),
    st.text(max_size=8),
)
soups = st.lists(pieces, max_size=30).map("".join)


@settings(max_examples=300, deadline=None)
@given(soups)
def test_cleaning_twice_changes_nothing(soup: str) -> None:
    once = clean(soup)
    assert clean(once.html) == type(once)(once.html)
    assert "markup" not in once.removed


@settings(max_examples=300, deadline=None)
@given(soups)
def test_nothing_that_runs_is_left(soup: str) -> None:
    for element in parse(clean(soup).html).elements():
        assert element.name not in {"script", "style", "svg", "math", "iframe", "object", "form", "noscript"}
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            assert name != "style"
            assert not (name in {"href", "src", "cite"} and re.match(r"\s*javascript", value, re.IGNORECASE))


@given(st.text())
def test_plain_words_stay_as_they_are(words: str) -> None:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    assert text(clean(escaped).html) == text(escaped)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("<p>One<p>Two", "<p>One</p><p>Two</p>"),
        ("List<String> and <o:p>Word</o:p>", "List&lt;String&gt; and Word"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("a <b", "a &lt;b"),
        ("<center>x</center>", '<div class="align-center">x</div>'),
        ('<p style="text-align: right">x', '<p class="align-right">x</p>'),
        ("<strike>x</strike><tt>y</tt>", "<s>x</s><code>y</code>"),
        ("<table><tr><td colspan=2>x", '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>'),
        ('<code class="language-c++ evil">x', '<code class="language-c++">x</code>'),
        ("<!-- note -->x", "x"),
        ("<noscript><img src=a alt=b></noscript>", '<img src="a" alt="b">'),
        ("<pre>\n\nx</pre>", "<pre>x</pre>"),
        ("a<wbr>b", "a<wbr>b"),
        ("<video src=a.mp4 autoplay></video>", '<video src="a.mp4" controls></video>'),
        ("<img srcset='a.jpg 1x, b.jpg 2x' alt=''>", '<img srcset="a.jpg 1x, b.jpg 2x" alt="">'),
        ('<a href="tel:+15" target=_blank rel="nofollow opener">x</a>', '<a href="tel:+15" rel="nofollow">x</a>'),
        ("<img src=data:image/png;base64,AAAA alt='A dog'>", "A dog"),
        ("<math><mi>x</p>y<b>z</b>", "x<p></p>y<b>z</b>"),
        ("<svg></br><p>x", "<br><p>x</p>"),
        ("<math><mtext>x</p>y", "x<p></p>y"),
        ("<xmp><b></xmp>", "<pre>&lt;b&gt;</pre>"),
        ("a\x00b\x07c\ufffed", "abcd"),
        ("&#00000000000000000065;&#99999999999999999999;", "A\ufffd"),
    ],
)
def test_what_is_stored(typed: str, stored: str) -> None:
    assert clean(typed).html == stored


@pytest.mark.parametrize(
    ("typed", "removed"),
    [
        ("<script>alert(1)</script>", "script"),
        ("<img src=x onerror=alert(1)>", "onerror of img"),
        ("<a href=' java\nscript:alert(1)'>x</a>", "href of a"),
        ("<iframe src=https://example.org/></iframe>", "iframe"),
        ("<p style='color:red'>x</p>", "style of p"),
        ("<img srcset='javascript:x 1x' src=y>", "srcset of img"),
    ],
)
def test_what_goes_is_named(typed: str, removed: str) -> None:
    assert removed in clean(typed).removed


def test_honest_text_loses_nothing() -> None:
    assert clean('<h2 id="a">A</h2><p class="align-left">b <em>c</em></p><!-- d --><center>e</center>').removed == ()


@pytest.mark.parametrize(
    "hostile",
    [
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style><img onerror=alert(1) src>'>",
        "<template><style><!--</template><img src=x onerror=alert(1)>",
        "<textarea><script></textarea><img src=x onerror=alert(1)>",
        "<svg><foreignObject><p><style><!--</style><b title='--><img src=x onerror=alert(1)>'>",
    ],
)
def test_text_that_changes_when_read_again_is_harmless(hostile: str) -> None:
    cleaned = clean(clean(hostile).html).html
    assert not any(name.startswith("on") for element in parse(cleaned).elements() for name in element.attributes)


def test_too_deep_is_refused_and_wide_is_not() -> None:
    with pytest.raises(TooDeep):
        clean("<ul><li>" * 51)
    assert clean("<ul><li>" * 50).html
    assert clean("<p>x</p>" * 1000).html


@pytest.mark.parametrize(
    "unit",
    [
        "<p>x",
        "&lt;",
        "<br>x",
        "<a href=x>y</a>",
        "</b>",
        "<li>x",
        "<b><p></b>",
        "<td>x",
        "x<b>y</b>",
        "<foo>",
        "<",
        " a=b",
    ],
)
@pytest.mark.parametrize("before", ["", "<table>", "<p title='", "<ul>", "<!--", "<textarea></", "<a"])
def test_long_hostile_text_is_cleaned_or_refused(before: str, unit: str) -> None:
    """20 kB of each; a quadratic cleaner would run into the test's time limit over all of them."""
    try:
        clean(before + unit * (20_000 // len(unit)))
    except TooIntricate:
        return


def test_formatting_reopened_in_every_paragraph_is_refused() -> None:
    with pytest.raises(TooMuch):
        clean("<p>" + "".join(f"<b id=b{number}>" for number in range(90)) + "<p>x" * 10_000)


def test_words_of_some_html() -> None:
    assert text("<h2>A &amp; B</h2><p>one\ntwo<br>three</p><ul><li>x<li>y</ul>") == "A & B\none two\nthree\nx\ny"
    assert text("<style>p{}</style><p>x <script>y</script>z</p>") == "x z"
    assert text("<pre>a\n  b</pre>") == "a\nb"
    assert text("<div>" * 200 + "deep") == "deep"
