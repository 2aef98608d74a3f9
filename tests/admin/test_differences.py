"""Comparing two texts by paragraphs."""

from hypothesis import given
from hypothesis import strategies as st

from app.admin.differences import MOST_PARAGRAPHS, Difference, compare


def test_what_changed_is_told_apart_from_what_did_not() -> None:
    assert compare("<p>a</p><p>b</p>\n\n<p>c</p>", "<p>a</p><p>x</p><p>c</p>") == [
        Difference("same", ("<p>a</p>",)),
        Difference("before", ("<p>b</p>",)),
        Difference("after", ("<p>x</p>",)),
        Difference("same", ("<p>c</p>",)),
    ]
    assert compare("", "") == []


@given(*[st.lists(st.sampled_from(["a", "b", "c", "<p>d</p>"]), max_size=12).map("\n".join)] * 2)
def test_both_texts_can_be_put_together_from_it(before: str, after: str) -> None:
    found = compare(before, after)
    assert found is not None
    for kind, text in (("before", before), ("after", after)):
        parts = [paragraph for part in found if part.kind in {"same", kind} for paragraph in part.paragraphs]
        assert parts == [line for line in text.split("\n") if line]


def test_very_long_texts_are_not_compared() -> None:
    assert compare("a\n" * MOST_PARAGRAPHS, "b") is None
