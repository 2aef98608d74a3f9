"""Slugs: the words of a title as an address, in any script."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.slugging import SLUG_LENGTH, number, slugify


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Ceasefire Call", "ceasefire-call"),
        ("  What’s new?! — Don't panic  ", "whats-new-dont-panic"),
        ("Äpfel & Öl in Straßen", "apfel-ol-in-strassen"),
        ("Привет, мир", "privet-mir"),
        ("C++ / C#", "c-c"),
        ("100% of 3.14", "100-of-3-14"),
        ("", ""),
        ("…—!", ""),
        ("\u200b\ufeff", ""),
    ],
)
def test_a_title_becomes_words_in_ascii(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_it_is_cut_between_words() -> None:
    slug = slugify("word " * 40)
    assert slug == "-".join(["word"] * 16)
    assert len(slugify("x" * 300)) == SLUG_LENGTH


@given(st.text())
def test_any_text_gives_a_slug_that_stays_itself(text: str) -> None:
    slug = slugify(text)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug)
    assert len(slug) <= SLUG_LENGTH
    assert slugify(slug) == slug


def test_a_megabyte_is_no_work() -> None:
    start = time.perf_counter()
    slugify("é-" * 500_000)
    assert time.perf_counter() - start < 0.5


def test_a_taken_slug_is_numbered_within_the_length() -> None:
    assert number("a-name", 1) == "a-name"
    assert number("a-name", 2) == "a-name-2"
    assert len(number("x" * SLUG_LENGTH, 17)) == SLUG_LENGTH
