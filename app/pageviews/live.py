"""The live number without the database: what every worker of this machine appends to its journal is read along.

A number is learnt once from the database, for a stated place in every journal, and grows with what stands
behind. So it includes each view that this machine answered, whoever folds it and when. What else changes it is
learnt again: other machines' views every other second, a balance or a correction when it is told (``forget``).
"""

import os
import threading
from collections.abc import Callable, Collection, Mapping
from itertools import islice
from pathlib import Path

from app.pageviews.classes import ViewClass
from app.pageviews.journal import BEGUN, Damaged, list_files, parse
from app.pageviews.unfolded import FoldedAway, Tail, Unfolded
from app.stamp import Stamp

CHUNK = 256 * 1024
KNOWN = 100_000
"""So many numbers are kept; then the oldest are let go."""
_BROWSER = ViewClass.BROWSER.code


class NotLearnt(Exception):
    """The number of an article is not known here yet: ask the database."""


class Live:
    """The numbers that one process knows. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self.numbers: dict[int, int] = {}
        """By article. Who looks at it without the lock sees what was followed so far."""
        self._files: dict[str, int] = {}
        self._places: dict[str, int] = {}
        self._begun: Stamp | None = None
        self._seen = b""
        self._shown: set[int] = set()
        self._old: dict[int, int] = {}
        """Where other machines count as well: what was not asked for lately, and so lacks what those counted."""
        self.forgotten = 0
        """How often ``forget`` was called: what was read before the last time is not to be learnt."""

    def __del__(self) -> None:
        for file in getattr(self, "_files", {}).values():
            os.close(file)

    def get(self, article_id: int) -> int | None:
        """The number as far as it was followed; None if it was not learnt yet."""
        return self.numbers.get(article_id)

    def note(self, views: list[tuple[int, bytes]], write: Callable[[bytes], tuple[str, int]]) -> list[int]:
        """Let ``write`` append the records of these views (article and record); the number to show in each.

        Raises ``NotLearnt`` before anything is written, and what ``write`` raises.
        """
        with self._lock:
            numbers = self.numbers
            for article_id, _ in views:
                if article_id not in numbers:
                    if article_id not in self._old:
                        raise NotLearnt
                    numbers[article_id] = self._old.pop(article_id)  # the database is away
            records = b"".join([record for _, record in views])
            name, end = write(records)
            start = end - len(records)
            # The others' views first, and what other threads of this process wrote: theirs came before.
            self._read_on(name, start)
            if self._places.get(name) != start:
                # A disk that filled up left the records in two journals: then the last number must do.
                self._read_on()
                return [numbers[article_id] for article_id, _ in views]
            self._places[name] = end  # its own records need not be read to be known
            seen: list[int] = []
            for article_id, record in views:
                number = numbers[article_id]
                if record[1] == _BROWSER:
                    number += 1
                    numbers[article_id] = number
                seen.append(number)
                self._shown.add(article_id)
            return seen

    def follow(self, ids: list[int]) -> list[int]:
        """The numbers of these articles without a view of one's own, with all that the others wrote; 0 if not known."""
        with self._lock:
            self._read_on()
            return [self.numbers.get(article_id, 0) for article_id in ids]

    def learn(
        self,
        totals: Mapping[int, int],
        offsets: Mapping[str, int],
        unfolded: Unfolded,
        tails: list[Tail],
        *,
        forgotten: int,
    ) -> None:
        """Take numbers from the database, folded up to ``offsets``.

        ``tails`` were the journals, and ``forgotten`` the live numbers' own, before it was asked.
        Raises ``FoldedAway`` if these do not belong together.
        """
        with self._lock:
            if forgotten != self.forgotten:
                raise FoldedAway
            self._read_on()
            if not {tail.name for tail in tails}.issuperset(self._places):
                raise FoldedAway  # begun since: the database may have been asked before or after it was folded
            counts = unfolded.count(tails, totals, offsets, self._places)
            for oldest in list(islice(self.numbers, max(0, len(self.numbers) + len(totals) - KNOWN))):
                del self.numbers[oldest]
            for article_id in totals:
                self._old.pop(article_id, None)
            self.numbers.update({article_id: totals[article_id] + counts[article_id] for article_id in totals})

    def forget(self, ids: Collection[int] | None) -> None:
        """Something else than views has changed these numbers (None: all): they must be learnt again."""
        with self._lock:
            self.forgotten += 1
            for article_id in list(self.numbers) if ids is None else ids:
                self.numbers.pop(article_id, None)
            self._old.clear()

    def take_shown(self, *, has_others: bool) -> set[int]:
        """The articles whose numbers were asked for since the last call, to be learnt again now.

        Where other machines count as well, any other article's is to be learnt when it is next asked for.
        """
        with self._lock:
            shown, self._shown = self._shown, set()
            if has_others:
                for article_id in [article_id for article_id in self.numbers if article_id not in shown]:
                    self._old[article_id] = self.numbers.pop(article_id)
                for oldest in list(islice(self._old, max(0, len(self._old) - KNOWN))):
                    del self._old[oldest]
        return shown

    def _read_on(self, own: str = "", upto: int = 0) -> None:
        """Take in what was written since; of the journal ``own`` only what is before ``upto``."""
        if len(self._places) != len(self._files):
            self._places = {name: self._places[name] for name in self._files}
        gone = self._list()
        places = self._places
        for journal, file in self._files.items():
            place = places[journal]
            size = max(0, upto - place) if journal == own else CHUNK
            while size and (data := os.pread(file, min(size, CHUNK), place)):
                taken = self._take(data)
                if not taken:
                    break
                place += taken
                size = max(0, upto - place) if journal == own else CHUNK
            places[journal] = place
        for journal in gone:
            os.close(self._files.pop(journal))

    def _list(self) -> list[str]:
        """Open the journals that are new; the names of those that were removed, to be read to their end."""
        if self._begun is None:
            try:
                self._begun = Stamp(self.folder / BEGUN)
            except FileNotFoundError:
                return []  # not even the folder
        if (begun := self._begun.read()) == self._seen:
            return []
        self._seen = begun
        names = list_files(self.folder)
        for name in names:
            if name not in self._files:
                try:
                    self._files[name] = os.open(self.folder / name, os.O_RDONLY)
                except FileNotFoundError:
                    continue
                self._places[name] = 0
        return [name for name in self._files if name not in set(names)]

    def _take(self, data: bytes) -> int:
        taken, numbers, old = 0, self.numbers, self._old
        try:
            for article_id, code, _, taken in parse(data):  # noqa: B007 (it is the answer)
                if code == _BROWSER and article_id in numbers:
                    numbers[article_id] += 1
                elif code == _BROWSER and article_id in old:
                    old[article_id] += 1
        except Damaged:
            pass  # folding stops at the same place, and says so
        return taken
