"""Spikes: hours with far more views than the same article usually has, and whether people made them.

Nothing here changes a count. A spike that few readers made is *offered* for a correction, which an editor makes
or not; one that many readers made is news, and only marked. The core is pure; ``spikes_asked`` feeds it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import NamedTuple

HISTORY = 28
"""Days before, which say what is usual."""
FEWEST = 100
"""An hour with fewer views above the usual is no spike, however quiet the article is."""
TIMES = 3
DEVIATIONS = 6
"""An hour is unusual that is above the usual by so many times the usual, and by so many deviations."""
MANY_VIEWS = 10
"""Views for each reader that nobody reads: then few readers made them."""
SOME_VIEWS = 4
"""Views for each reader that are suspicious where they also all came in one way."""
TIMES_RATIO = 3
"""Both only where they are also so many times the article's usual."""
NEARLY_ALL = 0.9
_BIG = ("search", "social", "assistant")
"""Where people come from in crowds: no sign of a machine."""


class Spike(NamedTuple):
    """Hours of one day, both included, whose views are unusual."""

    article_id: int
    first: tuple[date, int]
    last: tuple[date, int]
    views: int
    usual: int
    """What these hours have on other days."""
    why: str
    """Plain text with words from outside in it: a screen escapes it."""
    is_offered: bool
    """Whether a correction is offered, of ``excess`` views; else many readers made it, or readers are not known."""

    @property
    def excess(self) -> int:
        """The views above the usual."""
        return self.views - self.usual


class Share(NamedTuple):
    """Views of a day by a source, campaign or device: dimension and label as in ``PageviewDetail``."""

    dimension: str
    label: str
    views: int


@dataclass(frozen=True)
class Facts:
    """What is known of an article on a day, and of the ``HISTORY`` days before it."""

    article_id: int
    day: date
    hours: Sequence[int]
    """The views of the 24 hours."""
    readers: int
    usual_hours: Sequence[Sequence[int]]
    """The 24 hours of each day before; a day without views may be left out if ``days_before`` counts it."""
    usual_readers: Sequence[int]
    """The readers of the same days as ``usual_hours``."""
    days_before: int = HISTORY
    shares: Sequence[Share] = ()
    usual_shares: Sequence[Share] = ()


def find_spikes(facts: Iterable[Facts]) -> list[Spike]:
    """The spikes of these days, those that are offered first, then by how many views are above the usual."""
    found = [spike for day in facts for spike in _spikes_of(day)]
    return sorted(found, key=lambda spike: (not spike.is_offered, -spike.excess, spike.article_id, spike.first))


def _spikes_of(facts: Facts) -> list[Spike]:
    usual = [_usual(facts, hour) for hour in range(24)]
    unusual = [hour for hour in range(24) if _is_unusual(facts.hours[hour], *usual[hour])]
    spikes = []
    for first, last in _runs(unusual):
        views = sum(facts.hours[first : last + 1])
        expected = round(sum(middle for middle, _ in usual[first : last + 1]))
        is_offered, signs = _judge(facts, views)
        if not is_offered and not any(map(any, facts.usual_hours)):
            continue  # a new article that people read: there is no usual yet
        why = " ".join([_say_how_many(views, expected, last - first + 1), *signs])
        spikes.append(Spike(facts.article_id, (facts.day, first), (facts.day, last), views, expected, why, is_offered))
    return spikes


def _usual(facts: Facts, hour: int) -> tuple[float, float]:
    """The median of this hour and its neighbours on the days before, and the deviation (MAD, scaled to a sigma)."""
    near = range(max(hour - 1, 0), min(hour + 1, 23) + 1)
    values = [hours[other] for hours in facts.usual_hours for other in near]
    values += [0] * (max(facts.days_before - len(facts.usual_hours), 0) * len(near))
    if not values:
        return 0.0, 0.0
    middle = median(values)
    return middle, 1.4826 * median(abs(value - middle) for value in values)


def _is_unusual(views: int, middle: float, deviation: float) -> bool:
    return views - middle >= max(FEWEST, TIMES * middle, DEVIATIONS * deviation)


def _runs(hours: list[int]) -> list[tuple[int, int]]:
    """Hours that follow on each other, as first and last; one hour between does not part them."""
    runs: list[tuple[int, int]] = []
    for hour in hours:
        if runs and hour - runs[-1][1] <= 2:
            runs[-1] = (runs[-1][0], hour)
        else:
            runs.append((hour, hour))
    return runs


def _judge(facts: Facts, views: int) -> tuple[bool, list[str]]:
    """Whether a correction is offered, and what speaks for and against, in sentences."""
    if not facts.readers:
        return False, ["How many readers made them is not known."]
    usual = _usual_ratio(facts)
    rest = sum(facts.hours) - views
    # The day's readers, less those that the other hours' views would have.
    readers = max(1, round(facts.readers - rest / usual))
    ratio = views / readers
    one_way = _say_one_way(facts)
    is_much = ratio >= max(MANY_VIEWS, TIMES_RATIO * usual)
    is_some = ratio >= max(SOME_VIEWS, TIMES_RATIO * usual)
    if is_much or (is_some and one_way):
        who = "One reader" if readers == 1 else f"Some {readers:,} readers"
        return True, [f"{who} made them, {ratio:,.0f} views each; usual are {usual:.1f}.", *one_way]
    return False, [f"That is unusual, but some {readers:,} readers made them.", *one_way]


def _usual_ratio(facts: Facts) -> float:
    """Views for each reader, on the days before where both are known; at least 1."""
    known = zip(facts.usual_hours, facts.usual_readers, strict=True)
    ratios = [sum(hours) / readers for hours, readers in known if readers]
    return max(1.0, median(ratios)) if ratios else 1.5


def _say_one_way(facts: Facts) -> list[str]:
    """Sentences on what nearly all of the day's views share, and usual ones do not."""
    said = []
    for kind, dimensions in (
        ("source", ("direct", "own", "site")), ("campaign", ("campaign",)), ("device", ("device",)),
    ):  # fmt: skip
        of_kind = (*dimensions, *_BIG) if kind == "source" else dimensions
        total = sum(share.views for share in facts.shares if share.dimension in of_kind)
        if kind == "campaign":
            total = max(total, sum(facts.hours))  # most views belong to none
        largest = max((s for s in facts.shares if s.dimension in dimensions), key=lambda s: s.views, default=None)
        if largest is None or largest.views < NEARLY_ALL * total:
            continue
        if _usual_part(facts, largest, of_kind) < NEARLY_ALL / 2:
            said.append(_SAID[kind].format(largest.label or _NAMES.get(largest.dimension, ""), largest.views / total))
    return said


_SAID = {
    "source": "{1:.0%} of the day's views came from one source: {0}.",
    "campaign": "{1:.0%} of the day's views came with one campaign: {0}.",
    "device": "{1:.0%} of the day's views were made on one kind of device: {0}.",
}
_NAMES = {"direct": "none was told", "own": "this site"}


def _usual_part(facts: Facts, wanted: Share, of_kind: Sequence[str]) -> float:
    same = sum(s.views for s in facts.usual_shares if (s.dimension, s.label) == (wanted.dimension, wanted.label))
    total = sum(share.views for share in facts.usual_shares if share.dimension in of_kind)
    return same / total if total else 0.0


def _say_how_many(views: int, usual: int, hours: int) -> str:
    within = "an hour" if hours == 1 else f"{hours} hours"
    normal = f"{usual:,} {'is' if usual == 1 else 'are'}" if usual else "hardly any are"
    return f"{views:,} views in {within} where {normal} usual."
