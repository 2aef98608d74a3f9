"""The readable difference between two texts: all of both is in it, formatted, marked, and safe."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import html
from app.articles.comparing import Comparison, compare_bodies, compare_lists, show_body
from app.articles.comparing_sequences import MOST_WORK, Budget, compare_sequences, match
from app.articles.history import count_changed_words
from app.html_tree import Element, parse, serialise

WORDS = st.lists(st.sampled_from(["a", "b", "cat", "don’t", "语", "言", "&lt;b&gt;", "é"]), min_size=1, max_size=3)
INLINE = st.tuples(st.sampled_from(["", "b", "em", "code"]), WORDS.map(" ".join)).map(
    lambda made: f"<{made[0]}>{made[1]}</{made[0]}>" if made[0] else made[1]
)
LINE = st.lists(INLINE, min_size=1, max_size=3).map(" ".join)
BLOCK = st.one_of(
    st.tuples(st.sampled_from(["p", "h2", "h3", "blockquote", "pre"]), LINE).map(
        lambda made: f"<{made[0]}>{made[1]}</{made[0]}>"
    ),
    st.lists(LINE, min_size=1, max_size=3).map(lambda lines: "<ul><li>" + "</li><li>".join(lines) + "</li></ul>"),
    st.lists(LINE, min_size=1, max_size=3).map(lambda cells: "<table><tbody><tr><td>" + "</td><td>".join(cells)
                                               + "</td></tr></tbody></table>"),
    LINE, st.just("<hr>"),
)  # fmt: skip
BODY = st.lists(BLOCK, max_size=5).map("\n".join)


def side(comparison: Comparison, *, without: str) -> list[str]:
    """The words of one of the texts, taken from the result: without what only the other has, and without ours."""
    tree = parse(comparison.html)

    def keep(element: Element) -> None:
        element.children = [child for child in element.children if isinstance(child, str) or not _is_ours(child)]
        for child in element.children:
            if isinstance(child, Element):
                keep(child)

    def _is_ours(element: Element) -> bool:
        held = element.attributes.get("class", "").split()
        is_fold = element.name == "summary"
        return element.name == without or is_fold or bool({"difference-note", "visually-hidden"} & set(held))

    keep(tree)
    return html.text_of(tree).replace("↵", "").split()


@given(BODY, BODY)
def test_both_texts_can_be_read_from_it(old: str, new: str) -> None:
    """What is longer than four words is left out here: it may be told as moved, which says where it is once."""
    comparison = compare_bodies(old, new)
    if comparison.is_same:
        assert html.text(old).split() == html.text(new).split()
        return
    if "[moved " in comparison.html:
        return
    assert "".join(side(comparison, without="ins")) == "".join(html.text(old).split())
    assert "".join(side(comparison, without="del")) == "".join(html.text(new).split())


@given(BODY, BODY)
def test_it_is_read_by_a_browser_as_it_was_written(old: str, new: str) -> None:
    made = compare_bodies(old, new).html
    assert serialise(parse(made).children) == made


@given(
    st.lists(st.sampled_from("abcd"), max_size=14), st.lists(st.sampled_from("abcd"), max_size=14), st.integers(0, 60)
)
def test_sequences_are_told_whole_however_little_time_there_is(old: list[str], new: list[str], work: int) -> None:
    pieces = compare_sequences(old, new, Budget(work))
    assert [old[at] for piece in pieces if piece.kind != "added" for at in piece.old] == old
    assert [new[at] for piece in pieces if piece.kind != "removed" for at in piece.new] == new
    assert all(old[one] == new[other] for one, other in match(old, new, Budget(work)))


def test_words_stand_in_their_formatting() -> None:
    made = compare_bodies("<p>He had a <b>ladder</b>.</p>", "<p>He has a <b>long ladder</b>.</p>")
    assert (made.added, made.removed) == (2, 1)
    plain = made.html.replace('<span class="visually-hidden">', "{").replace("</span>", "}")
    assert plain == (
        "<p>He <del>{[removed: }had{]}</del><ins>{[added: }has{]}</ins> a"
        " <b><ins>{[added: }long {]}</ins>ladder</b>.</p>"
    )


TABLE = "<table><tbody><tr>{}</tr></tbody></table>"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('<img src="/a" alt="x">', '<img src="/a" alt="A boat">', "[image: alternative text: was “x”, now “A boat”]"),
        ('<img src="/a">', '<img src="/a" alt="A boat">', "[image: alternative text: was none, now “A boat”]"),
        ('<p><a href="/old">here</a></p>', '<p><a href="/new">here</a></p>', "[address: was “/old”, now “/new”]"),
        ("<p>so here</p>", '<p>so <a href="/new">here</a></p>', "[now a link to “/new”]"),
        ("<p>so here</p>", "<p>so <strong>here</strong></p>", "[now bold]"),
        ("<p>so <em>here</em></p>", "<p>so here</p>", "[no longer italic]"),
        ("<p>Some words</p>", "<h2>Some words</h2>", "[was: paragraph, now: heading 2]"),
        ("<ul><li>one</li></ul>", "<ol><li>one</li></ol>", "[was: list with bullets, now: numbered list]"),
        ('<figure class="size-wide">x</figure>', "<figure>x</figure>", "[style: was “size-wide”, now none]"),
        (TABLE.format("<td>1</td>"), TABLE.format('<td colspan="2">1</td>'), "[columns: was none, now “2”]"),
        ("<p>One</p>", "<p>One</p><hr>", "[added dividing line]"),
        ("<p>1 2 3 4</p><p>Here.</p>", "<p>Here.</p><p>1 2 3 4</p>", "[moved down from here: “1 2 3 4”]"),
    ],
)
def test_what_is_no_word_is_told_in_words(old: str, new: str, told: str) -> None:
    made = compare_bodies(old, new)
    assert not made.is_same
    assert told in html.text(made.html)


def test_white_space_of_the_source_is_no_difference_but_that_of_code_is() -> None:
    assert compare_bodies("<p>a b</p>", "<p>a\n  b</p>\n\n").is_same
    assert not compare_bodies("<pre>a b</pre>", "<pre>a  b</pre>").is_same


def test_what_stays_the_same_is_folded_away() -> None:
    old = "".join(f"<p>Paragraph {number}.</p>" for number in range(10))
    made = parse(compare_bodies(old, old.replace("Paragraph 0", "Beginning 0")).html)
    (fold,) = [element for element in made.elements() if element.name == "details"]
    assert "8 paragraphs are the same" in fold.words()


def test_markdown_is_compared_as_it_is_shown() -> None:
    made = compare_bodies(
        "# Hello\n\nOne *two*", "# Hello\n\nOne *three*", old_format="markdown", new_format="markdown"
    )
    assert "<h1>Hello</h1>" in made.html
    assert "<em><del>" in made.html


def test_names_in_another_order_are_told() -> None:
    assert compare_lists(["a", "b"], ["a", "b"]).is_same
    assert not compare_lists(["a", "b"], ["b", "a"]).is_same
    assert "&lt;i&gt;" in compare_lists([], ["<i>"]).html


HOSTILE = [
    "<script>alert(1)</script><p>x</p>", '<p onclick="alert(1)">x</p>', '<a href="javascript:alert(1)">x</a>',
    "</ins></p><script>alert(1)</script>", '<svg><style><img src=x onerror="alert(1)"></style></svg>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<img src="x" alt="&quot; onerror=&quot;alert(1)">',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<form><input name=attributes><button>x</form>",
    "<p id=content class='notice is-bad visually-hidden'>x</p>", "<iframe src=//evil.example></iframe>y", "<!--<p>-->z",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_harmless(text: str) -> None:
    for made in (
        compare_bodies(text, "<p>y</p>").html,
        compare_bodies("<p>y</p>", text).html,
        compare_bodies(text, text + "!").html,
        show_body(text, "html"),
    ):
        for element in parse(made).elements():
            assert element.name in html.TAGS, made
            assert not {"id", "style"} & element.attributes.keys(), made
            assert not [name for name in element.attributes if str(name).startswith("on")], made
            assert not element.attributes.get("href", "").lower().startswith("javascript"), made
            assert "is-bad" not in element.attributes.get("class", ""), made


def test_work_is_bounded_and_nothing_is_left_out() -> None:
    many = "".join(f"<p>{number} {number * 7}</p>" for number in range(500))
    other = "".join(f"<p>{number} {number * 11}</p>" for number in range(500, 0, -1))
    long = "<p>" + "a " * 200_000 + "</p>"
    for old, new in (
        (many, other),
        (long, long.replace("a a a", "a b a", 1)),
        ("<ul><li>" * 45 + "x", "<ul><li>" * 45 + "y"),
    ):
        made = compare_bodies(old, new)
        assert not made.is_same
        if old is many:
            assert Counter(side(made, without="ins")) == Counter(html.text(old).split())
    budget = Budget()
    match([*range(5000)], [*range(5000, 10000)], budget)
    assert budget.left > -MOST_WORK


def test_too_intricate_texts_are_compared_as_words() -> None:
    made = compare_bodies("<div>" * 200 + "one two", "<p>one three</p>")
    assert "three" in made.html


def test_changed_words_are_counted_for_the_list() -> None:
    assert count_changed_words("<p>one two</p><p>same</p>", "<p>one three four</p><p>same</p>") == (2, 1)
    assert count_changed_words("", "<p>one</p>") == (1, 0)
    assert count_changed_words("<p>one two</p>", "<p><b>two</b> one</p>") == (0, 0)
