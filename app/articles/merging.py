"""Merging what two people wrote at the same time: three ways, by block, by field, by name. Pure.

``base`` is what both began with, ``theirs`` what was saved meanwhile, ``mine`` what is to be saved now. What only one
of them changed is taken; what both changed in the same way, too. A block that both changed, or one deleted and the
other edited, is a conflict: theirs stays and both are told. Two insertions at one place stand one after the other, in
the same order whoever saved first.
"""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.articles.aligning import longest_rising
from app.articles.blocks import Pair, around, core, is_run, settled

Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True)
class BlockConflict:
    """A block that both changed; None for the one who deleted it."""

    id: str
    mine: str | None
    theirs: str | None


@dataclass(frozen=True)
class Merged:
    """What has become of two texts, and what they do not agree on."""

    blocks: list[Pair]
    conflicts: tuple[BlockConflict, ...] = ()


def merge_blocks(
    base: Sequence[Pair], theirs: Sequence[Pair], mine: Sequence[Pair], *, body_format: str = "html"
) -> Merged:
    """One text of two. Ids are unique in each of the three."""
    if base == theirs:
        return Merged(settled(mine, body_format))
    before, other, own = dict(base), dict(theirs), dict(mine)
    texts: dict[str, str] = {}
    conflicts = []
    for item in dict.fromkeys([*other, *own]):
        text, is_conflict = _merge_text(before.get(item), other.get(item), own.get(item))
        if text is not None:
            texts[item] = text
        if is_conflict:
            conflicts.append(BlockConflict(item, own.get(item), other.get(item)))
    order = _merge_order(list(before), list(other), list(own), texts.keys())
    blocks = _kept_apart([(item, texts[item]) for item in order], body_format)
    return Merged(settled(blocks, body_format), tuple(conflicts))


def merge_value(base: Value, theirs: Value, mine: Value) -> tuple[Value, bool]:
    """One value of two, and whether that is a conflict (then it is theirs)."""
    if mine in (base, theirs):
        return theirs, False
    return (mine, False) if theirs == base else (theirs, True)


def merge_names(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> list[str]:
    """Names in order, like tags: what either added is in, what either took away is not. Never a conflict."""
    kept = {name for name in (*theirs, *mine) if name not in base or (name in theirs and name in mine)}
    before, other, own = (list(dict.fromkeys(names)) for names in (base, theirs, mine))
    return _merge_order(before, other, own, kept)


def _merge_text(base: str | None, theirs: str | None, mine: str | None) -> tuple[str | None, bool]:
    """The text of one block, None if it is gone; and whether that is a conflict."""
    if theirs is None or mine is None:
        left = theirs if mine is None else mine
        assert left is not None, "one of them has it"
        if base is None:
            return left, False
        return (None, False) if core(left) == core(base) else (theirs, True)
    inside, is_conflict = merge_value(core(base) if base is not None else None, core(theirs), core(mine))
    spaces = [around(text) for text in (base if base is not None else theirs, theirs, mine)]
    first, last = (_merge_space(*(space[side] for space in spaces)) for side in (0, 1))
    return f"{first}{inside}{last}", is_conflict


def _merge_space(base: str, theirs: str, mine: str) -> str:
    """Nobody sees white space: no conflict, and the same whoever was first."""
    merged, is_conflict = merge_value(base, theirs, mine)
    return max(theirs, mine, key=lambda space: (len(space), space)) if is_conflict else merged


def _merge_order(base: list[str], theirs: list[str], mine: list[str], kept: Collection[str]) -> list[str]:
    """The order of all that is ``kept``: what one of them moved or inserted stands where they put it."""
    moved_by_me, moved_by_them = _moved(base, mine), _moved(base, theirs)
    place_of = {item: place for place, item in enumerate(mine)}
    placed_by_me = {item for item in theirs if item in place_of and item in moved_by_me and item not in moved_by_them}
    others = [item for item in theirs if item in kept and item not in placed_by_me]
    shared = [item for item in others if item in place_of]
    anchors = [shared[index] for index in longest_rising([place_of[item] for item in shared])]
    present, fixed = set(others), set(anchors)
    own = [item for item in mine if item in kept and (item not in present or item in fixed)]
    order: list[str] = []
    for (by_them, anchor), (by_me, _) in zip(_runs(others, fixed), _runs(own, fixed), strict=True):
        # Not by who was first, so that it is the same in either order of saving.
        for run in sorted((by_them, by_me)):
            order += run
        order += anchor
    return order


def _moved(base: list[str], side: list[str]) -> set[str]:
    """What stands elsewhere than it did, seen from most of the others."""
    place_of = {item: place for place, item in enumerate(base)}
    common = [item for item in side if item in place_of]
    return set(common) - {common[index] for index in longest_rising([place_of[item] for item in common])}


def _runs(order: list[str], fixed: set[str]) -> list[tuple[list[str], list[str]]]:
    """What stands before each of the ``fixed``, and that one; at the end what is after the last, and nothing."""
    runs: list[tuple[list[str], list[str]]] = [([], [])]
    for item in order:
        if item in fixed:
            runs[-1][1].append(item)
            runs.append(([], []))
        else:
            runs[-1][0].append(item)
    return runs


def _kept_apart(blocks: list[Pair], body_format: str) -> list[Pair]:
    """Words of two people that have come together must not flow into one another."""
    apart: list[Pair] = []
    for item, text in blocks:
        if apart and (gap := _missing_gap(apart[-1][1], text, body_format)):
            apart[-1] = (apart[-1][0], apart[-1][1] + gap)
        apart.append((item, text))
    return apart


def _missing_gap(before: str, after: str, body_format: str) -> str:
    between = around(before)[1] + around(after)[0]
    if body_format == "markdown":
        return "\n" * max(0, 2 - between.count("\n"))
    return "\n" if not between and is_run(before) and is_run(after) else ""
