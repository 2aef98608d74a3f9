"""Which items of one sequence are found again in another, in the same order. Pure, and bounded in time."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

MOST_WORK = 1_000_000
"""Steps of one comparison, all its sequences together: about a second at the worst."""
FURTHEST = 400
"""How many items may differ for the shortest way to be looked for; beyond it, items that occur once are the guide."""


class Budget:
    """What a comparison may still cost. Once it is used up, what is left is told as replaced, in one piece."""

    def __init__(self, work: int = MOST_WORK) -> None:
        self.left = work

    def spend(self, steps: int) -> bool:
        """Count some work; whether there was enough for it."""
        self.left -= steps
        return self.left >= 0


@dataclass(frozen=True)
class Piece:
    """A run of items: ``same`` in both, or ``removed`` from the first, or ``added`` in the second."""

    kind: str
    old: range
    new: range


def compare_sequences(old: Sequence[Hashable], new: Sequence[Hashable], budget: Budget) -> list[Piece]:
    """What leads from one sequence to the other; between two runs that are the same, removed comes before added."""
    pieces: list[Piece] = []
    at_old = at_new = 0
    for length, old_start, new_start in _runs(match(old, new, budget), len(old), len(new)):
        if old_start > at_old:
            pieces.append(Piece("removed", range(at_old, old_start), range(at_new, at_new)))
        if new_start > at_new:
            pieces.append(Piece("added", range(old_start, old_start), range(at_new, new_start)))
        at_old, at_new = old_start + length, new_start + length
        if length:
            pieces.append(Piece("same", range(old_start, at_old), range(new_start, at_new)))
    return pieces


def match(old: Sequence[Hashable], new: Sequence[Hashable], budget: Budget) -> list[tuple[int, int]]:
    """Pairs of positions of equal items, both growing."""
    numbers: dict[Hashable, int] = {}
    first = [numbers.setdefault(item, len(numbers)) for item in old]
    second = [numbers.setdefault(item, len(numbers)) for item in new]
    pairs: list[tuple[int, int]] = []
    open_parts = [(0, len(first), 0, len(second))]
    while open_parts:
        start, end, new_start, new_end = open_parts.pop()
        while start < end and new_start < new_end and first[start] == second[new_start]:
            pairs.append((start, new_start))
            start, new_start = start + 1, new_start + 1
        while start < end and new_start < new_end and first[end - 1] == second[new_end - 1]:
            end, new_end = end - 1, new_end - 1
            pairs.append((end, new_end))
        if start == end or new_start == new_end:
            continue
        part, new_part = first[start:end], second[new_start:new_end]
        found = _shortest(part, new_part, budget)
        if found is not None:
            pairs += [(start + one, new_start + other) for one, other in found]
            continue
        marks = [(start + one, new_start + other) for one, other in _unique(part, new_part, budget)]
        if marks:
            pairs += marks
            edges = [(start - 1, new_start - 1), *marks, (end, new_end)]
            open_parts += [(one + 1, next_one, other + 1, next_other)
                           for (one, other), (next_one, next_other) in pairwise(edges)]  # fmt: skip
    return sorted(pairs)


def _shortest(old: list[int], new: list[int], budget: Budget) -> list[tuple[int, int]] | None:
    """The pairs on a shortest way (Myers' greedy one); None where it is too far or there is no time for it."""
    reached = {1: 0}
    trail: list[dict[int, int]] = []
    for steps in range(min(len(old) + len(new), FURTHEST) + 1):
        if not budget.spend(steps + 2):
            return None
        trail.append(dict(reached))
        for diagonal in range(-steps, steps + 1, 2):
            down = diagonal == -steps or (diagonal != steps and reached[diagonal - 1] < reached[diagonal + 1])
            x = reached[diagonal + 1] if down else reached[diagonal - 1] + 1
            y = x - diagonal
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            reached[diagonal] = x
            if x >= len(old) and y >= len(new):
                return _walk_back(trail, len(old), len(new))
    return None


def _walk_back(trail: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    pairs = []
    for steps in range(len(trail) - 1, -1, -1):
        reached, diagonal = trail[steps], x - y
        down = diagonal == -steps or (diagonal != steps and reached[diagonal - 1] < reached[diagonal + 1])
        before = diagonal + 1 if down else diagonal - 1
        from_x = reached[before]
        from_y = from_x - before
        while x > max(from_x, 0) and y > max(from_y, 0):
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = from_x, from_y
    return pairs[::-1]


def _unique(old: list[int], new: list[int], budget: Budget) -> list[tuple[int, int]]:
    """Pairs of what occurs once in both, in the longest order that holds in both."""
    if not budget.spend(len(old) + len(new)):
        return []
    once = {item for item, count in Counter(old).items() if count == 1}
    once &= {item for item, count in Counter(new).items() if count == 1}
    places = {item: at for at, item in enumerate(new) if item in once}
    candidates = [(at, places[item]) for at, item in enumerate(old) if item in once]
    ends: list[int] = []
    chain: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(candidates):
        at = bisect_left(ends, place)
        before.append(chain[at - 1] if at else -1)
        ends[at : at + 1] = [place]
        chain[at : at + 1] = [index]
    pairs = []
    index = chain[-1] if chain else -1
    while index >= 0:
        pairs.append(candidates[index])
        index = before[index]
    return pairs[::-1]


def _runs(pairs: list[tuple[int, int]], old_end: int, new_end: int) -> list[tuple[int, int, int]]:
    """Length and both starts of each run of pairs that stand side by side, and an empty run at the end."""
    runs: list[tuple[int, int, int]] = []
    for one, other in pairs:
        if runs and (one, other) == (runs[-1][1] + runs[-1][0], runs[-1][2] + runs[-1][0]):
            runs[-1] = (runs[-1][0] + 1, *runs[-1][1:])
        else:
            runs.append((1, one, other))
    return [*runs, (0, old_end, new_end)]
