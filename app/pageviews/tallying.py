"""What one transaction of the folding adds, tallied from the journals' records before the database is asked. Pure.

The threads that answer readers want the interpreter too, which these loops would hold: they pause every few
hundred turns, and do as little as they can in each.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from app.pageviews.classes import ViewClass, name_of
from app.pageviews.journal import HEAD, Damaged, scan
from app.pageviews.models import SITE
from app.pageviews.visits import VISITOR, read_origin

K = TypeVar("K")
T = TypeVar("T")
PIECE = 128
PAUSE_SECONDS = 0.0002
"""After each piece somebody else may compute: another thread, or on the same core a worker with a reader waiting.
``sleep(0)`` would take the interpreter right back."""
REMEMBERED = 200_000
_BROWSER = ViewClass.BROWSER.code
_VISITOR = (1 << 64) - 1

Pair = int
"""An article and a visitor key in one number, ``article << 64 | key``: smaller than a tuple, and exact."""
Row = tuple[str, str, str]
"""Dimension, label and detail of a ``PageviewDetail``."""


class Memory:
    """Numbers that were seen lately, bounded: of so many the older half is forgotten."""

    def __init__(self) -> None:
        self.newer: set[int] = set()
        self.older: set[int] = set()

    def __contains__(self, number: int) -> bool:
        return number in self.newer or number in self.older

    def add(self, numbers: Iterable[int]) -> None:
        for piece in pieces(numbers):
            if len(self.newer) >= REMEMBERED // 2:
                self.newer, self.older = set(), self.newer
            self.newer.update(piece)


class Known:
    """What of one day is in the database for certain, so that it need not be asked again."""

    def __init__(self) -> None:
        self.day = ""
        self.begin("")

    def begin(self, day: str) -> None:
        """Forget everything unless it is of this day."""
        if day != self.day or not day:
            self.day = day
            self.readers = Memory()
            """Pairs."""
            self.details = Memory()
            """Hashes of details' keys."""


@dataclass(frozen=True)
class Now:
    """The moment of a folding, in the site's own time. Days are in ISO form, minutes since 1970."""

    zone: ZoneInfo
    minute: int
    day: str
    first_day: str
    """Readers of earlier days are not counted any more: their keys are gone."""


class _Span(NamedTuple):
    """What is tallied of one minute."""

    day: str
    hour: int
    views: dict[tuple[int, int], int]
    """By article and code of the class."""
    origins: dict[tuple[int, int], int]
    """By article and number of the origin."""
    readers: set[Pair] | None
    """The day's that are not known yet; None where they are not counted."""
    newer: set[Pair]
    older: set[Pair]


@dataclass
class Batch:
    """The sums of what one transaction adds, and how far it moves each journal's offset."""

    now: Now
    known: Known
    moves: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_full: bool = False
    """Whether a journal had more than one transaction takes."""
    records: int = 0
    totals: dict[int, int] = field(default_factory=dict)
    hours: dict[tuple[int, str, int, str], int] = field(default_factory=dict)
    """By article, day, hour and class."""
    days: dict[tuple[int, str, str], int] = field(default_factory=dict)
    """By article, day and class."""
    minutes: dict[tuple[int, int], int] = field(default_factory=dict)
    """By minute and article."""
    details: dict[str, dict[int, dict[int, int]]] = field(default_factory=dict)
    """By day, by article, by place in ``rows``."""
    rows: list[Row] = field(default_factory=list)
    readers: dict[str, set[Pair]] = field(default_factory=dict)
    """By day: pairs that are not known yet; those with ``SITE`` too."""
    _spans: dict[int, _Span] = field(default_factory=dict)
    _tails: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    _origins: dict[bytes, int] = field(default_factory=dict)
    _rows_of: list[list[int]] = field(default_factory=list)
    _places: dict[Row, int] = field(default_factory=dict)

    def take(self, name: str, start: int, data: bytes) -> None:
        """Tally the whole records of ``data``, which stands at ``start`` of this journal; stops at damage."""
        begin, head, browser, tails = 0, HEAD.size, _BROWSER, self._tails
        first, last, left = 1, 0, PIECE
        try:
            for article_id, code, microseconds, end in scan(data):
                if not first <= microseconds < last:
                    minute = microseconds // 60_000_000
                    first, last = minute * 60_000_000, (minute + 1) * 60_000_000
                    _, _, views, origins, readers, newer, older = self._spans.get(minute) or self._span(minute)
                key = (article_id, code)
                views[key] = views.get(key, 0) + 1
                if code == browser and end - begin > head:
                    tail = data[begin + head : end]
                    visitor, origin = tails.get(tail) or self._split(tail)
                    key = (article_id, origin)
                    origins[key] = origins.get(key, 0) + 1
                    if visitor and readers is not None:
                        pair = article_id << 64 | visitor
                        if pair not in newer and pair not in older and pair not in readers:
                            readers.add(pair)
                            if visitor not in newer and visitor not in older:
                                readers.add(visitor)
                begin = end
                left -= 1
                if not left:
                    self.records += PIECE
                    left = PIECE
                    time.sleep(PAUSE_SECONDS)
        except Damaged:
            pass  # what is before it counts; the folding sets the file aside
        self.records += PIECE - left
        if begin:
            self.moves[name] = (start, start + begin)

    def finish(self) -> None:
        """Make the sums by article, hour, day, minute and detail of what was tallied, and those of ``SITE``."""
        for minute, span in self._spans.items():
            for views in pieces(drain(span.views)):
                for (article_id, code), count in views:
                    self._add_views(minute, span, article_id, code, count)
            details, everywhere = self.details.setdefault(span.day, {}), [0] * len(self._rows_of)
            for origins in pieces(drain(span.origins)):
                for (article_id, origin), count in origins:
                    everywhere[origin] += count
                    of = details.get(article_id)
                    if of is None:
                        of = details[article_id] = {}
                    for row in self._rows_of[origin]:
                        of[row] = of.get(row, 0) + count
            of = details.setdefault(SITE, {})
            for origin, count in enumerate(everywhere):
                for row in self._rows_of[origin] if count else ():
                    of[row] = of.get(row, 0) + count

    def forget(self) -> None:
        """Let go of what is left, little by little: at one go that takes the interpreter for milliseconds."""
        for of in (self._tails, self._origins, self._places, self.hours, self.days):
            for _ in pieces(drain(of)):
                pass

    def _add_views(self, minute: int, span: _Span, article_id: int, code: int, count: int) -> None:
        view_class = name_of(code)
        for of in (article_id, SITE):
            hour = (of, span.day, span.hour, view_class)
            self.hours[hour] = self.hours.get(hour, 0) + count
            day = (of, span.day, view_class)
            self.days[day] = self.days.get(day, 0) + count
        if code == _BROWSER:
            self.totals[article_id] = self.totals.get(article_id, 0) + count
            if minute > self.now.minute - 60:
                self.minutes[minute, article_id] = count

    def _span(self, minute: int) -> _Span:
        moment = datetime.fromtimestamp(minute * 60, self.now.zone)
        day = moment.date().isoformat()
        readers = self.readers.setdefault(day, set()) if day >= self.now.first_day else None
        known = self.known.readers if day == self.known.day else Memory()
        span = self._spans[minute] = _Span(day, moment.hour, {}, {}, readers, known.newer, known.older)
        return span

    def _split(self, tail: bytes) -> tuple[int, int]:
        """The visitor key of a tail, without its sign, and the number of its origin."""
        visitor = VISITOR.unpack_from(tail)[0] & _VISITOR if len(tail) >= VISITOR.size else 0
        packed = tail[VISITOR.size :]
        origin = self._origins.get(packed)
        if origin is None:
            origin = self._origins[packed] = len(self._rows_of)
            self._rows_of.append([self._place(row) for row in _rows(packed)])
        self._tails[tail] = visitor, origin
        return visitor, origin

    def _place(self, row: Row) -> int:
        place = self._places.get(row)
        if place is None:
            place = self._places[row] = len(self.rows)
            self.rows.append(row)
        return place


def rank(rows: list[Row]) -> list[int]:
    """The place of each row among the sorted ones: what is added in the order of the index is added sooner."""
    ranks = [0] * len(rows)
    for number, place in enumerate(sorted(range(len(rows)), key=rows.__getitem__)):
        ranks[place] = number
    return ranks


def pieces(items: Iterable[T]) -> Iterator[list[T]]:
    """The items, some hundred at a time, with a pause in between."""
    iterator = iter(items)
    while piece := list(islice(iterator, PIECE)):
        yield piece
        time.sleep(PAUSE_SECONDS)


def drain(items: dict[K, T]) -> Iterator[tuple[K, T]]:
    """The items, each taken out as it is yielded."""
    while items:
        yield items.popitem()


def split(pair: Pair) -> tuple[int, int]:
    """The article and the visitor key, signed as databases keep it."""
    visitor = pair & _VISITOR
    return pair >> 64, visitor - (1 << 64) if visitor >> 63 else visitor


def _rows(packed: bytes) -> list[Row]:
    """What is kept of an origin: the source, the campaign if there is one, the device."""
    origin = read_origin(packed)
    rows = []
    if origin.dimension:
        rows.append((origin.dimension, origin.label, origin.detail))
    if origin.campaign_source or origin.campaign_medium or origin.campaign_name:
        told = f"{origin.campaign_medium}\t{origin.campaign_name}" if any(origin[5:]) else ""
        rows.append(("campaign", origin.campaign_source, told))
    if origin.device:
        rows.append(("device", origin.device, ""))
    return rows
