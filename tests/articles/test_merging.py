"""What two people wrote at the same time becomes one text: issue 4, criterion 4, and the conflicts beside it."""

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.articles import blocks
from app.articles.blocks import Pair, core, join
from app.articles.merging import BlockConflict, merge_blocks, merge_names, merge_value

# Other tests run at the same time: how long one example takes says nothing.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
# Few different texts, so that equal paragraphs stand beside each other; white space as people leave it.
TEXTS = ["<p>Same</p>", "<p>Same</p>\n", "<p></p>", "<h2>Head</h2>\n\n", "<ul><li>a</li></ul>", "<hr>", "<p>Other</p> "]


def named(*texts: str, prefix: str = "base") -> list[Pair]:
    return [(f"{prefix}{number:04}", text) for number, text in enumerate(texts)]


@dataclass
class Side:
    """What one of two people did to a text, block by block."""

    text: list[Pair]
    edited: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    inserted: list[Pair] = field(default_factory=list)


@st.composite
def two_sides(draw: st.DrawFn) -> tuple[list[Pair], Side, Side]:
    """A text, and two people who each do something to blocks that the other leaves alone, and insert anywhere."""
    base = named(*draw(st.lists(st.sampled_from(TEXTS), max_size=9)))
    owners = draw(st.lists(st.sampled_from("ab-"), min_size=len(base), max_size=len(base)))
    made = random.Random(draw(st.integers(0, 2**32)))
    return base, _side(draw, base, owners, "a", made), _side(draw, base, owners, "b", made)


def _side(draw: st.DrawFn, base: list[Pair], owners: list[str], who: str, made: random.Random) -> Side:
    side = Side([])

    def insert() -> None:
        for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
            item = "".join(made.choices(blocks.ALPHABET, k=8))
            text = draw(st.sampled_from([*TEXTS, f"<p>Inserted by {who}</p>"]))
            side.text.append((item, text))
            side.inserted.append((item, text))

    insert()
    for (item, text), owner in zip(base, owners, strict=True):
        action = draw(st.sampled_from(["keep", "edit", "delete"])) if owner == who else "keep"
        if action == "edit":
            side.edited[item] = f"<p>{who} wrote {item}</p>{draw(st.sampled_from(['', ' ', chr(10)]))}"
            side.text.append((item, side.edited[item]))
        elif action == "delete":
            side.deleted.add(item)
        else:
            side.text.append((item, text))
        insert()
    return side


def inner(text: list[Pair]) -> list[tuple[str, str]]:
    return [(item, core(block)) for item, block in text]


@settings(unhurried, max_examples=300)
@given(two_sides())
@example((named("<p>Same</p>", "<p>Same</p>"), Side(named("<p>Same</p>"), deleted={"base0001"}),
          Side(named("<p>a</p>", "<p>Same</p>"), edited={"base0000": "<p>a</p>"})))  # fmt: skip
def test_what_two_people_did_to_different_blocks_is_all_in_the_result(told: tuple[list[Pair], Side, Side]) -> None:
    base, a, b = told
    merged = merge_blocks(base, a.text, b.text)
    assert merged.conflicts == ()
    result = dict(inner(merged.blocks))
    for side in (a, b):
        assert all(result[item] == core(text) for item, text in [*side.edited.items(), *side.inserted])
        assert not side.deleted & result.keys()
    touched = a.edited.keys() | b.edited.keys() | a.deleted | b.deleted
    assert all(result[item] == core(text) for item, text in base if item not in touched)
    assert len(result) == len(base) - len(a.deleted | b.deleted) + len(a.inserted) + len(b.inserted)
    for side in (a, b):  # in the order in which each of them has it, and insertions at one place not mixed
        assert [item for item in result if item in dict(side.text)] == [item for item, _ in side.text if item in result]
    assert "".join(blocks.split(join(merged.blocks))) == join(merged.blocks)


@unhurried
@given(two_sides())
def test_it_does_not_matter_who_saves_first(told: tuple[list[Pair], Side, Side]) -> None:
    base, a, b = told
    assert merge_blocks(base, a.text, b.text) == merge_blocks(base, b.text, a.text)


@unhurried
@given(two_sides())
def test_merging_again_changes_nothing(told: tuple[list[Pair], Side, Side]) -> None:
    """A save that arrives twice, because its answer was lost."""
    base, a, b = told
    once = merge_blocks(base, a.text, b.text).blocks
    assert inner(merge_blocks(base, once, b.text).blocks) == inner(once)
    assert merge_blocks(base, base, b.text).blocks == blocks.settled(b.text)
    assert merge_blocks(base, a.text, base).blocks == blocks.settled(a.text)


@unhurried
@given(two_sides(), st.integers(1, 5))
def test_two_people_who_go_on_writing_stay_together(told: tuple[list[Pair], Side, Side], rounds: int) -> None:
    """Each saves in turn, based on what the answer before told: nothing is lost or doubled on the way."""
    base, a, b = told
    stored = merge_blocks(base, a.text, b.text).blocks
    for number in range(rounds):
        mine = [*stored, (f"new{number:05}", "<p>Next</p>")]
        stored = merge_blocks(stored, stored, mine).blocks
    assert sum(core(text) == "<p>Next</p>" for _, text in stored) == rounds


@unhurried
@given(st.data())
def test_moved_blocks_are_where_they_were_put(data: st.DataObject) -> None:
    base = named(*[f"<p>{number}</p>" for number in range(6)])
    moved = data.draw(st.permutations(base))
    edited = [(item, f"<p>edited {item}</p>") for item, _ in base]
    for merged in (merge_blocks(base, moved, edited), merge_blocks(base, edited, moved)):
        assert merged.conflicts == ()
        assert [item for item, _ in merged.blocks] == [item for item, _ in moved]
        assert sorted(text for _, text in merged.blocks) == sorted(text for _, text in edited)


def test_the_same_paragraph_is_a_conflict_and_theirs_stays() -> None:
    base = named("<p>One</p>", "<p>Two</p>")
    theirs = [base[0], (base[1][0], "<p>Two, theirs</p>")]
    mine = [(base[0][0], "<p>One, mine</p>"), (base[1][0], "<p>Two, mine</p>")]
    merged = merge_blocks(base, theirs, mine)
    assert join(merged.blocks) == "<p>One, mine</p><p>Two, theirs</p>"
    assert merged.conflicts == (BlockConflict(base[1][0], "<p>Two, mine</p>", "<p>Two, theirs</p>"),)


def test_the_same_change_on_both_sides_is_none() -> None:
    base = named("<p>One</p>", "<p>Two</p>\n")
    both = [(base[0][0], "<p>Uno</p>")]
    assert merge_blocks(base, both, [(base[0][0], "<p>Uno</p>\n")]).conflicts == ()


@pytest.mark.parametrize("is_mine", [True, False])
def test_deleting_what_the_other_edits_is_a_conflict(is_mine: bool) -> None:
    base = named("<p>One</p>", "<p>Two</p>")
    edited, deleted = [base[0], (base[1][0], "<p>Two!</p>")], base[:1]
    theirs, mine = (edited, deleted) if is_mine else (deleted, edited)
    merged = merge_blocks(base, theirs, mine)
    assert merged.blocks == theirs
    assert merged.conflicts == (BlockConflict(base[1][0], dict(mine).get("base0001"), dict(theirs).get("base0001")),)


def test_white_space_is_no_conflict() -> None:
    base = named("<p>Last</p>")
    theirs = [*named("<p>Last</p>\n\n"), ("theirs00", "<p>New</p>")]
    mine = named("\n<p>Last, edited</p>\n")
    for merged in (merge_blocks(base, theirs, mine), merge_blocks(base, mine, theirs)):
        assert merged.conflicts == ()
        assert join(merged.blocks) == "\n<p>Last, edited</p>\n\n<p>New</p>"


def test_words_of_two_people_do_not_flow_together() -> None:
    base = named("<p>One</p>")
    merged = merge_blocks(base, [*base, ("aaaaaaaa", "theirs")], [*base, ("bbbbbbbb", "mine")])
    assert join(merged.blocks) == "<p>One</p>theirs\nmine"
    theirs, mine = [*named("One\n\n"), ("aaaaaaaa", "theirs")], [*named("One\n\n"), ("bbbbbbbb", "mine\n")]
    merged = merge_blocks(named("One"), theirs, mine, body_format="markdown")
    assert join(merged.blocks) == "One\n\ntheirs\n\nmine\n"


def test_a_base_that_is_gone_loses_nothing() -> None:
    """Without it nobody knows who changed what: both are told of what differs."""
    theirs, mine = named("<p>One</p>", "<p>Theirs</p>"), named("<p>One</p>", "<p>Mine</p>", "<p>New</p>")
    merged = merge_blocks([], theirs, mine)
    assert join(merged.blocks) == "<p>One</p><p>Theirs</p><p>New</p>"
    assert [conflict.mine for conflict in merged.conflicts] == ["<p>Mine</p>"]


def test_fields() -> None:
    assert merge_value("base", "theirs", "base") == ("theirs", False)
    assert merge_value("base", "base", "mine") == ("mine", False)
    assert merge_value("base", "both", "both") == ("both", False)
    assert merge_value("base", "theirs", "mine") == ("theirs", True)


names = st.lists(st.sampled_from("abcdef"), unique=True)


@unhurried
@given(names, names, names)
def test_names_are_a_set_with_an_order(base: list[str], theirs: list[str], mine: list[str]) -> None:
    merged = merge_names(base, theirs, mine)
    assert len(set(merged)) == len(merged)
    added = (set(theirs) | set(mine)) - set(base)
    assert set(merged) == (set(base) & set(theirs) & set(mine)) | added
    assert merge_names(base, theirs, base) == theirs
    assert merge_names(base, base, mine) == mine
    assert set(merge_names(base, mine, theirs)) == set(merged)
