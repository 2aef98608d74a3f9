"""Bodies as lists of blocks, and the ids of blocks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import html
from app.articles import blocks
from app.articles.aligning import align, longest_rising
from app.articles.rendering import prepare
from app.html_limits import MOST_WORK, most_work
from app.html_tree import _Builder, _Parser

# Other tests run at the same time: how long one example takes says nothing.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=80)
PIECES = [
    "<p>One</p>", "<p></p>", "\n", " ", "text", "<em>in</em>", "<ul><li>a</li>\n<li>b</li></ul>", "<hr>", "<br>",
    '<figure><img src="a.png"><figcaption>x</figcaption></figure>', "<details open><summary>s</summary>t</details>",
    "<div><p>deep</p>tail</div>", "<pre>\n\n a</pre>", "&nbsp;", "<b>x<p>y</p></b>", "<td>", "</p>", "<", "&amp;",
]  # fmt: skip
soup = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", []),
        (" \n", [" \n"]),
        ("<p>a</p>", ["<p>a</p>"]),
        ("\n<p>a</p>\n\n<p>b</p>\n", ["\n<p>a</p>\n\n", "<p>b</p>\n"]),
        ("a <em>b</em> c<p>d</p> e <b>f</b>", ["a <em>b</em> c", "<p>d</p>", " e <b>f</b>"]),
        ("<p>a</p>\n<em>b</em>\n<p>c</p>", ["<p>a</p>\n", "<em>b</em>\n", "<p>c</p>"]),
        ("<hr><hr>x<br>y<hr>", ["<hr>", "<hr>", "x<br>y", "<hr>"]),
        ("<ul><li><p>a</p></li></ul><div><p>b</p></div>", ["<ul><li><p>a</p></li></ul>", "<div><p>b</p></div>"]),
        ('<a title="a &gt; b">x</a><h2>y</h2>', ['<a title="a &gt; b">x</a>', "<h2>y</h2>"]),
        ("<img src=\"a\"><img src=\"b\"><aside>c</aside>", ["<img src=\"a\"><img src=\"b\">", "<aside>c</aside>"]),
        ("<p>a</p>&nbsp;<p>b</p>", ["<p>a</p>", "&nbsp;", "<p>b</p>"]),
    ],
)  # fmt: skip
def test_where_blocks_begin(body: str, expected: list[str]) -> None:
    assert blocks.split(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a\nb\n\nc", ["a\nb\n\n", "c"]),
        ("\n\n# a\n \t\n\n    code\n\nlast\n", ["\n\n# a\n \t\n\n", "    code\n\n", "last\n"]),
        ("", []),
    ],
)
def test_where_paragraphs_of_markdown_begin(body: str, expected: list[str]) -> None:
    assert blocks.split(body, "markdown") == expected


@unhurried
@given(soup)
def test_joined_blocks_are_the_body(source: str) -> None:
    for body in (source, html.clean(source).html):
        assert "".join(blocks.split(body)) == body
        assert "".join(blocks.split(body, "markdown")) == body
        assert all(blocks.split(body)), "no block is empty"


@unhurried
@given(soup)
def test_a_block_alone_is_one_block(source: str) -> None:
    for block in blocks.split(html.clean(source).html):
        assert blocks.split(block) == [block]


@unhurried
@given(soup)
def test_each_block_cleaned_alone_is_the_body_cleaned_whole(source: str) -> None:
    """What makes it right to clean only the blocks that changed."""
    body = html.clean(source).html
    for block in blocks.split(body):
        assert html.clean(block).html == block


@unhurried
@given(st.lists(soup, max_size=3))
def test_blocks_cleaned_alone_and_put_together_are_clean(sources: list[str]) -> None:
    """The other direction: what a splice makes of cleaned blocks is what cleaning all of it would make."""
    body = "".join(html.clean(source).html for source in sources)
    assert html.clean(body).html == body


def test_the_blocks_of_real_posts(corpus: Path) -> None:
    for path in sorted((corpus / "markdown").rglob("*.md"))[::40]:
        body = prepare(path.read_text(encoding="utf-8"), "markdown").source
        assert "".join(blocks.split(body, "markdown")) == body


@pytest.mark.parametrize("make", [lambda n: "<a" * n, lambda n: "<" * n, lambda n: "<p>" * n, lambda n: "\n" * n,
                                  lambda n: f"<{'a' * n}", lambda n: " x\n" * n])  # fmt: skip
def test_hostile_text_is_split_too(make: Callable[[int], str]) -> None:
    body = make(200_000)
    assert "".join(blocks.split(body)) == body
    assert "".join(blocks.split(body, "markdown")) == body


def test_ids_of_a_text_that_has_none_are_the_same_each_time() -> None:
    body = "<p>a</p><p>a</p><p>b</p>"
    first, again = blocks.pairs(body, []), blocks.pairs(body, ["no", "ids", "fit"])
    assert first == again
    assert blocks.are_ids([item for item, _ in first])
    assert blocks.join(first) == body


@pytest.mark.parametrize(
    "ids",
    [
        ["aaaaaaaa"], ["aaaaaaaa", "aaaaaaaa"], ["aaaaaaaa", "AAAAAAAA"], ["aaaaaaaa", 7], ["aaaaaaaa", "aaaaaaaab"],
        ["aaaaaaaa", ["x"]], ["aaaaaaaa", None], ["aaaaaaaa", "aaaaaaa\n"],
    ],
)  # fmt: skip
def test_ids_that_do_not_fit_are_made_anew(ids: list[object]) -> None:
    made = blocks.named(["<p>a</p>", "<p>b</p>"], ids, former=[("former00", "<p>b</p>\n")])
    assert [text for _, text in made] == ["<p>a</p>", "<p>b</p>"]
    assert made[1][0] == "former00" and made[0][0] not in ("aaaaaaaa", "former00")
    assert blocks.are_ids([item for item, _ in made])


def test_ids_that_fit_are_kept() -> None:
    assert blocks.named(["<p>a</p>"], ["abcdefgh"], former=[]) == [("abcdefgh", "<p>a</p>")]


def test_an_edited_paragraph_keeps_its_id() -> None:
    former = [("id000001", "<p>One two three</p>"), ("id000002", "<p>Four five six</p>"), ("id000003", "<p>Seven</p>")]
    texts = ["<p>New one</p>", "<p>One two three</p>", "<p>Four five six seven</p>", "<p>Seven</p>", "<p>Last</p>"]
    made = blocks.named(texts, [], former=former)
    assert [item for item, _ in made][1:4] == ["id000001", "id000002", "id000003"]
    assert made[0][0] not in dict(former) and made[4][0] not in dict(former)


def test_a_moved_paragraph_keeps_its_id() -> None:
    former = [(f"id00000{number}", f"<p>{number}</p>") for number in range(6)]
    moved = [*former[:1], *former[2:5], former[1], former[5]]
    assert blocks.named([text for _, text in moved], [], former=former) == moved


words = st.lists(st.sampled_from(["a", "a b", "b", "c d e", "c d f", ""]), max_size=14)


@unhurried
@given(words, words)
def test_no_place_is_taken_twice(former: list[str], now: list[str]) -> None:
    found = align(former, now)
    places = [place for place in found if place is not None]
    assert len(found) == len(now) and len(set(places)) == len(places)
    assert all(0 <= place < len(former) for place in places)
    for text in set(now):
        equal = sum(former[place] == item == text for item, place in zip(now, found, strict=True) if place is not None)
        assert equal <= min(now.count(text), former.count(text))


@unhurried
@given(words)
def test_what_is_unchanged_is_itself(texts: list[str]) -> None:
    assert align(texts, texts) == list(range(len(texts)))


@unhurried
@given(st.permutations(range(7)))
def test_the_longest_rising_part_rises(places: list[int]) -> None:
    rising = [places[index] for index in longest_rising(places)]
    assert rising == sorted(rising) and rising


def test_long_repetitive_texts_are_aligned_in_time() -> None:
    former, now = ["a", "b"] * 3000, ["b", "b", "a"] * 2000
    assert len(align(former, now)) == 6000


@unhurried
@given(st.lists(st.sampled_from(PIECES[:12]), max_size=8))
def test_settled_blocks_are_the_blocks_of_their_text(texts: list[str]) -> None:
    loose = [(f"id{number:06}", text) for number, text in enumerate(texts)]
    settled = blocks.settled(loose)
    assert [text for _, text in settled] == blocks.split("".join(texts))
    assert blocks.are_ids([item for item, _ in settled])
    assert blocks.settled(settled) == settled


def test_words_that_flow_together_have_the_first_id() -> None:
    loose = [("id000001", "<p>a</p>"), ("id000002", "\nb "), ("id000003", "c"), ("id000004", "<p>d</p><p>e</p>")]
    settled = blocks.settled(loose)
    assert [text for _, text in settled] == ["<p>a</p>", "\nb c", "<p>d</p>", "<p>e</p>"]
    assert [item for item, _ in settled][:3] == ["id000001", "id000002", "id000004"]


@unhurried
@given(st.lists(soup, max_size=4))
def test_the_estimate_of_the_work_is_never_too_low(sources: list[str]) -> None:
    """Else a text made of small changes could become one that nobody can open."""
    body = "".join(html.clean(source).html for source in sources) * 20
    parser = _Parser(_Builder)
    parser.parseFragment(body)
    assert MOST_WORK - parser.tree.openElements.left <= most_work(body)
