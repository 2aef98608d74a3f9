"""Which block of a text is which block of an earlier one, where nobody said so. Pure; its time is bounded.

What is equal is the same, in the order of the text, as far as that goes; then what is alike, then what stands alone
between two that are the same, and at last what was moved.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Sequence

MOST_COMPARED = 2500
"""Pairs of blocks in one gap that are compared word for word."""
MOST_WORDS = 200
LEAST_ALIKE = 0.4
"""The part of the words that two versions of a paragraph share at least."""
_WORD = re.compile(r"\w+")


def align(former: Sequence[str], now: Sequence[str]) -> list[int | None]:
    """For each of ``now`` the place in ``former`` of the block that it is, each once; None for a new one."""
    found: list[int | None] = [None] * len(now)
    gaps = [(0, len(former), 0, len(now))]
    while gaps:
        gaps += _align_gap(former, now, gaps.pop(), found)
    _find_moved(former, now, found)
    return found


def longest_rising(places: Sequence[int]) -> list[int]:
    """The indexes of a longest rising part of ``places``, which are different numbers."""
    ends: list[int] = []
    indexes: list[int] = []
    before: list[int] = []
    for index, place in enumerate(places):
        at = bisect_left(ends, place)
        before.append(indexes[at - 1] if at else -1)
        ends[at : at + 1] = [place]
        indexes[at : at + 1] = [index]
    rising: list[int] = []
    index = indexes[-1] if indexes else -1
    while index >= 0:
        rising.append(index)
        index = before[index]
    return rising[::-1]


def _align_gap(
    former: Sequence[str], now: Sequence[str], gap: tuple[int, int, int, int], found: list[int | None]
) -> list[tuple[int, int, int, int]]:
    """Align what can be told at once; the gaps between are left to be looked at."""
    a, a_end, b, b_end = gap
    while a < a_end and b < b_end and former[a] == now[b]:
        found[b] = a
        a, b = a + 1, b + 1
    while a < a_end and b < b_end and former[a_end - 1] == now[b_end - 1]:
        a_end, b_end = a_end - 1, b_end - 1
        found[b_end] = a_end
    if a == a_end or b == b_end:
        return []
    anchors = _find_anchors(former, now, (a, a_end, b, b_end))
    if not anchors:
        anchors = _find_alike(former, now, (a, a_end, b, b_end))
        _pair(anchors, (a, a_end, b, b_end), found)
        return []
    gaps = []
    for at, place in anchors:
        found[at] = place
        gaps.append((a, place, b, at))
        a, b = place + 1, at + 1
    return [*gaps, (a, a_end, b, b_end)]


def _find_anchors(former: Sequence[str], now: Sequence[str], gap: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """Blocks that stand once on either side of the gap, as many as are in the same order."""
    a, a_end, b, b_end = gap
    in_former, in_now = Counter(former[a:a_end]), Counter(now[b:b_end])
    place_of = {former[place]: place for place in range(a, a_end)}
    once = [
        (at, place_of[now[at]]) for at in range(b, b_end) if in_now[now[at]] == 1 and in_former.get(now[at], 0) == 1
    ]
    return [once[index] for index in longest_rising([place for _, place in once])]


def _find_alike(former: Sequence[str], now: Sequence[str], gap: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """Blocks in the same order that are most alike, taken together."""
    a, a_end, b, b_end = gap
    rows, columns = a_end - a, b_end - b
    if rows * columns > MOST_COMPARED:
        return []
    old, new = [_words(text) for text in former[a:a_end]], [_words(text) for text in now[b:b_end]]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            alike = _alikeness(former[a + row], now[b + column], old[row], new[column])
            joined = best[row + 1][column + 1] + alike if alike else 0.0
            best[row][column] = max(joined, best[row + 1][column], best[row][column + 1])
    found, row, column = [], 0, 0
    while row < rows and column < columns:
        if best[row][column] == best[row + 1][column]:
            row += 1
        elif best[row][column] == best[row][column + 1]:
            column += 1
        else:
            found.append((b + column, a + row))
            row, column = row + 1, column + 1
    return found


def _pair(anchors: list[tuple[int, int]], gap: tuple[int, int, int, int], found: list[int | None]) -> None:
    """Note the anchors, and take what stands between two of them for edited where it is as many on both sides."""
    a, a_end, b, b_end = gap
    for at, place in [*anchors, (b_end, a_end)]:
        if at - b == place - a:
            found[b:at] = range(a, place)
        if at < b_end:
            found[at] = place
        a, b = place + 1, at + 1


def _find_moved(former: Sequence[str], now: Sequence[str], found: list[int | None]) -> None:
    taken = set(found)
    left: defaultdict[str, deque[int]] = defaultdict(deque)
    for place, text in enumerate(former):
        if place not in taken:
            left[text].append(place)
    for at, text in enumerate(now):
        if found[at] is None and left.get(text):
            found[at] = left[text].popleft()


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text[: MOST_WORDS * 20])[:MOST_WORDS])


def _alikeness(before: str, after: str, old: Counter[str], new: Counter[str]) -> float:
    """From ``LEAST_ALIKE`` to 1 for blocks that may be versions of one, 2 for equal ones, else 0."""
    if before == after:
        return 2.0
    all_words = old.total() + new.total()
    shared = 2 * (old & new).total() / all_words if all_words else 0.0
    return shared if shared >= LEAST_ALIKE else 0.0
