"""The views that are in this machine's journals and not yet in the database: what makes the number live.

The journals themselves are read, each byte once a process, so there is no second copy of the truth that a
killed process could leave behind wrong. Positions are kept by article, to be held against any offset.
"""

import os
import threading
from array import array
from bisect import bisect_left
from collections.abc import Collection, Mapping
from pathlib import Path

from app.pageviews.classes import ViewClass
from app.pageviews.journal import Damaged, list_files, parse

CHUNK = 256 * 1024
KEPT = 1024 * 1024
"""How many bytes of folded positions are remembered before they are let go."""


class FoldedAway(Exception):
    """A journal was folded and removed while it was being asked about: ask the database again."""


class Unfolded:
    """The journals of a folder, held open by one process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._tails: dict[str, Tail] = {}

    def open_all(self) -> list["Tail"]:
        """Every journal there is. To be called before the database is asked for its offsets."""
        with self._lock:
            tails = {}
            for name in list_files(self.folder):
                try:
                    tails[name] = self._tails.get(name) or Tail(self.folder / name)
                except FileNotFoundError:
                    continue  # removed since it was listed: all of it is folded
            self._tails = tails
            return list(tails.values())

    def count(
        self,
        tails: list["Tail"],
        ids: Collection[int],
        offsets: Mapping[str, int],
        places: Mapping[str, int] | None = None,
    ) -> dict[int, int]:
        """The counted views behind ``offsets`` by article, up to ``places`` if given; raises ``FoldedAway``."""
        counts = dict.fromkeys(ids, 0)
        for tail in tails:
            offset = offsets.get(tail.name)
            if offset is None and tail.is_removed():
                # The offset of a removed journal is gone too: this may be all folded, or not at all.
                raise FoldedAway
            with self._lock:
                tail.read(offset or 0)
                for article_id in ids:
                    upto = places.get(tail.name) if places else None
                    counts[article_id] += tail.count(article_id, offset or 0, upto)
        return counts


class Tail:
    """One journal, from some position on. It stays open, and so readable, as long as somebody asks about it."""

    def __init__(self, path: Path) -> None:
        self.name, self.path = path.name, path
        self._file = os.open(path, os.O_RDONLY)
        self._start_at(0)

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            os.close(self._file)

    def is_removed(self) -> bool:
        return not self.path.exists()

    def read(self, offset: int) -> None:
        """Take in what was written since the last call; at the least everything from ``offset`` on."""
        if offset < self._start or offset - self._start > KEPT:
            self._start_at(offset)
        while data := os.pread(self._file, CHUNK, self._end):
            taken = self._take(data)
            if not taken:
                return
            self._end += taken

    def count(self, article_id: int, offset: int, upto: int | None) -> int:
        ends = self._ends.get(article_id)
        if not ends:
            return 0
        last = len(ends) if upto is None else bisect_left(ends, upto + 1)
        return max(0, last - bisect_left(ends, offset + 1))

    def _start_at(self, offset: int) -> None:
        self._start = self._end = offset
        self._ends: dict[int, array[int]] = {}

    def _take(self, data: bytes) -> int:
        taken = 0
        try:
            for view in parse(data):
                taken = view.end
                if view.code == ViewClass.BROWSER.code:
                    self._ends.setdefault(view.article_id, array("q")).append(self._end + taken)
        except Damaged:
            pass  # folding stops at the same place, and says so
        return taken
