"""The live number without the database: what every worker of this machine appends to its journal is read along.

A number is learnt once from the database, for a stated place in every journal, and grows with what stands
behind. So it includes each view that this machine answered, whoever folds it and when. What else changes it
(other machines, a balance set by hand) comes when it is learnt again.
"""

import os
import threading
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

from app import clock
from app.pageviews.classes import ViewClass
from app.pageviews.journal import Damaged, list_files, parse
from app.pageviews.unfolded import FoldedAway, Tail, Unfolded

CHUNK = 256 * 1024
KNOWN = 100_000
"""So many numbers are kept; then the oldest are let go."""
TICK = 0.05
"""Seconds within which two changes of a folder may bear the same time."""
_BROWSER = ViewClass.BROWSER.code


class NotLearnt(Exception):
    """The number of an article is not known here yet: ask the database."""


class Live:
    """The numbers that one process knows. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._numbers: dict[int, int] = {}
        self._files: dict[str, int] = {}
        self._places: dict[str, int] = {}
        self._changed = 0
        self._shown: set[int] = set()

    def __del__(self) -> None:
        for file in getattr(self, "_files", {}).values():
            os.close(file)

    def get(self, article_id: int) -> int | None:
        """The number as far as it was followed; None if it was not learnt yet."""
        return self._numbers.get(article_id)

    def note(self, ids: list[int], size: int, write: Callable[[], tuple[str, int]]) -> list[int]:
        """Let ``write`` append the records of views of these articles, ``size`` bytes; the number to show in each.

        Raises ``NotLearnt`` before anything is written, and what ``write`` raises.
        """
        with self._lock:
            if not self._numbers.keys() >= set(ids):
                raise NotLearnt
            self._shown.update(ids)
            name, end = write()
            seen = self._read_on(name, end - size, end)
            # A disk that filled up in between left the records in two journals: then the last number must do.
            return seen if len(seen) == len(ids) else [self._numbers[article_id] for article_id in ids]

    def learn(
        self, totals: Mapping[int, int], offsets: Mapping[str, int], unfolded: Unfolded, tails: list[Tail]
    ) -> None:
        """Take numbers from the database, folded up to ``offsets``; ``tails`` were the journals before it was asked.

        Raises ``FoldedAway`` if these do not belong together.
        """
        with self._lock:
            self._read_on()
            if not {tail.name for tail in tails}.issuperset(self._places):
                raise FoldedAway  # begun since: the database may have been asked before or after it was folded
            counts = unfolded.count(tails, totals, offsets, self._places)
            for oldest in list(islice(self._numbers, max(0, len(self._numbers) + len(totals) - KNOWN))):
                del self._numbers[oldest]
            self._numbers.update({article_id: totals[article_id] + counts[article_id] for article_id in totals})

    def take_shown(self) -> set[int]:
        """The articles whose numbers were asked for since the last call."""
        with self._lock:
            shown, self._shown = self._shown, set()
        return shown

    def _read_on(self, name: str = "", start: int = 0, end: int = 0) -> list[int]:
        """Take in what was written since; the numbers at the records of one place in one journal."""
        if len(self._places) != len(self._files):
            self._places = {name: self._places[name] for name in self._files}
        gone = self._list()
        seen: list[int] = []
        # Its own journal last: the others' views came before.
        for journal, file in sorted(self._files.items(), key=lambda item: item[0] == name):
            while data := os.pread(file, CHUNK, self._places[journal]):
                place = self._places[journal]
                taken = self._take(data, place, seen, (start, end) if journal == name else (0, 0))
                self._places[journal] = place + taken
                if not taken:
                    break
        for journal in gone:
            os.close(self._files.pop(journal))
        return seen

    def _list(self) -> list[str]:
        """Open the journals that are new; the names of those that were removed, to be read to their end."""
        try:
            changed = self.folder.stat().st_mtime_ns
        except FileNotFoundError:
            return []
        if changed == self._changed:
            return []
        # What is still changing may change again without its time telling.
        self._changed = changed if clock.now().timestamp() - changed / 1e9 > TICK else 0
        names = list_files(self.folder)
        for name in names:
            if name not in self._files:
                try:
                    self._files[name] = os.open(self.folder / name, os.O_RDONLY)
                except FileNotFoundError:
                    continue
                self._places[name] = 0
        return [name for name in self._files if name not in set(names)]

    def _take(self, data: bytes, place: int, seen: list[int], asked: tuple[int, int]) -> int:
        taken, numbers = 0, self._numbers
        try:
            for view in parse(data):
                begin, taken = place + taken, view.end
                known = numbers.get(view.article_id)
                if known is not None and view.code == _BROWSER:
                    known += 1
                    numbers[view.article_id] = known
                if asked[0] <= begin < asked[1]:
                    seen.append(known or 0)
        except Damaged:
            pass  # folding stops at the same place, and says so
        return taken
