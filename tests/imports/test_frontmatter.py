"""The front matter splitter: every dialect, every way to break it, and no way to crash or stall it."""

import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.imports import frontmatter
from app.imports.frontmatter import Broken, split


def fields(text: str) -> dict[str, object]:
    parts = split(text)
    assert parts is not None
    return parts.fields


def reason(text: str) -> str:
    with pytest.raises(Broken) as caught:
        split(text)
    return str(caught.value)


def test_yaml_is_parted_from_the_text():
    parts = split("---\ntitle: Hello\ntags: [a, b]\n---\n\nText\n---\nmore")
    assert parts == frontmatter.Parts({"title": "Hello", "tags": ["a", "b"]}, "Text\n---\nmore")


def test_yaml_scalars_stay_the_text_they_were():
    assert fields("---\ntitle: 1.10\nday: 2016-02-30\nyes: no\nnothing:\n---\n") == {
        "title": "1.10",
        "day": "2016-02-30",
        "yes": "no",
        "nothing": None,
    }


def test_yaml_nulls_are_nothing_unless_quoted():
    assert fields('---\na: ~\nb: null\nc: "null"\n---\n') == {"a": None, "b": None, "c": "null"}


def test_yaml_anchors_are_followed():
    assert fields("---\na: &x [1, 2]\nb: *x\n---\n") == {"a": ["1", "2"], "b": ["1", "2"]}


def test_yaml_may_end_in_dots_and_begin_after_blank_lines_or_a_byte_order_mark():
    assert fields("\ufeff\n---  \ntitle: A\n...\nText") == {"title": "A"}


def test_tabs_at_the_ends_of_lines_are_forgiven():
    assert fields("---\nauthors:\n- ann\t\t\n- bob\n---\n") == {"authors": ["ann", "bob"]}


def test_empty_front_matter_is_front_matter():
    assert split("---\n---\nText") == frontmatter.Parts({}, "Text")


def test_toml_with_its_own_dates():
    found = fields('+++\ntitle = "A"\ndate = 2020-01-02T03:04:05Z\nweight = 1.10\n[extra]\nx = true\n+++\nText')
    assert found["title"] == "A"
    assert found["date"].isoformat() == "2020-01-02T03:04:05+00:00"  # type: ignore[attr-defined]
    assert (found["weight"], found["extra"]) == ("1.10", {"x": True})


def test_json_with_and_without_fences():
    assert split('{\n"title": "A",\n"views": 47\n}\n\nText') == frontmatter.Parts({"title": "A", "views": "47"}, "Text")
    assert split(';;;\n{"title": "A"}\n;;;\nText') == frontmatter.Parts({"title": "A"}, "Text")
    assert split('---json\n{"title": "A"}\n---\nText') == frontmatter.Parts({"title": "A"}, "Text")


@pytest.mark.parametrize(
    "text", ["", "Text", "# Heading\n\n---\n", "{{< shortcode >}}", "{ not json", "----\na: b\n----"]
)
def test_a_text_without_front_matter_has_none(text: str):
    assert split(text) is None


def test_reasons_name_the_line_of_the_file():
    assert "line 3" in reason("---\ntitle: a\nbad: [1, 2\nnext: b\n---\n") or "line 4" in reason(
        "---\ntitle: a\nbad: [1, 2\nnext: b\n---\n"
    )
    assert "line 3" in reason('+++\ntitle = "A"\nbroken\n+++\n')
    assert "line 3" in reason('{\n"title": "A",\nbroken\n}\n')
    assert "line 1 does not end" in reason("---\ntitle: never closed\n")
    assert "has no names" in reason("---\n- a\n- b\n---\n")
    assert "no text" in reason("---\n[a, b]: c\n---\n")


@pytest.mark.parametrize(
    "hostile",
    [
        "---\nrun: !!python/object/apply:os.system ['true']\n---\n",
        "---\nrun: !ruby/object:Gem {}\n---\n",
        "---\na: \x00\n---\n",
        "---\na: *unknown\n---\n",
        "---\na: " + "[" * 30_000 + "\n---\n",
        "---\na: " + "{x: " * 10_000 + "\n---\n",
        "---\n" + "- " * 30_000 + "\n---\n",
        "---\ntitle: " + "x" * 100_000 + "\n---\n",
        "---\n" + "a: b\n" * 100_000 + "---\n",
        "+++\na = " + "[" * 30_000 + "\n+++\n",
        "+++\n" + "a." * 30_000 + "a = 1\n+++\n",
        "+++\na = " + "9" * 30_000 + "\n+++\n",
        '{"a": ' + "[" * 60_000,
        '---json\n{"a": ' + "[" * 60_000 + "\n---\n",
    ],
)
def test_hostile_front_matter_is_refused_with_a_reason_and_soon(hostile: str):
    begun = time.process_time()
    assert reason(hostile)
    assert time.process_time() - begun < 2


def test_an_anchor_bomb_stays_as_small_as_it_was_written():
    names = "abcdefghi"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join(['*' + before] * 9)}]" for before, name in pairwise(names)]
    lines += ["<<: [" + ", ".join(["*" + names[-1]] * 9) + "]"]
    begun = time.process_time()
    found = fields("---\n" + "\n".join(lines) + "\n---\n")
    assert len(found["i"]) == 9  # type: ignore[arg-type]
    assert time.process_time() - begun < 1


def test_many_dots_in_many_lines_of_toml_end_soon():
    begun = time.process_time()
    split("+++\n" + "".join(f"{'k.' * 199}k{number} = 1\n" for number in range(150)) + "+++\n")
    assert time.process_time() - begun < 5


@given(st.text(max_size=300))
@example("---")
@example("+++\n+++")
@example("---\n: :\n---")
def test_no_text_crashes_it(text: str):
    _survives(text)


@given(
    st.sampled_from(["---", "+++", ";;;", "---json", "---toml"]),
    st.text(alphabet="abc:-[]{}&*!|>'\"\\#%@`,.= \n\t\x00\ufeff0é漢", max_size=200),
)
def test_no_front_matter_crashes_it(fence: str, inside: str):
    _survives(f"{fence}\n{inside}\n{fence[:3]}\nText")


def _survives(text: str) -> None:
    try:
        split(text)
    except Broken as broken:
        assert str(broken).startswith("the front matter")
