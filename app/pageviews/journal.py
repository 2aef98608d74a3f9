"""The view journal: an append-only file a process, written before the answer is sent.

What ``os.write`` took, the kernel has: it survives a ``kill -9`` of the process, not a power cut. A lock on
the file proves a living writer. Why it is made like this: docs/decisions/0003-view-journal.md
"""

import errno
import fcntl
import os
import secrets
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from app.appending import append
from app.stamp import Stamp

SUFFIX = ".views"
BEGUN = "begun"
"""The file beside the journals that changes whenever one begins: a ``Stamp``."""
VERSION = 2
MAX_BYTES = 16 * 1024 * 1024
MAX_SECONDS = 60 * 60
"""No journal grows older, so that the visitor keys in it are folded, and gone, soon after they are no use."""

# Version, class, length of the whole record, article, microseconds since 1970. Later versions only add
# behind these fields, so that any version can count what another wrote. Version 1 ends here; what follows
# since version 2, the tail, is in ``visits``.
HEAD = struct.Struct("<BBHqq")
BEHIND_ARTICLES = 2**31
EARLIEST, BEHIND_TIMES = 946_684_800_000_000, 7_258_118_400_000_000
"""The years 2000 to 2199. A record that says otherwise no database would take, and no later folding either."""


class Damaged(Exception):
    """There is something in a journal that is no record, as after a power cut."""


class View(NamedTuple):
    """A record as it is read back; ``end`` is the position behind it, from the start of what was parsed."""

    article_id: int
    code: int
    microseconds: int
    end: int


def pack(article_id: int, code: int, microseconds: int, tail: bytes = b"") -> bytes:
    """The record of one view; the time is in microseconds since 1970, the tail is a ``Visit``'s."""
    return HEAD.pack(VERSION, code, HEAD.size + len(tail), article_id, microseconds) + tail


def parse(data: bytes) -> Iterator[View]:
    """The whole records of ``data``, which begins with one; half a record at its end is left out."""
    return map(View._make, scan(data))


def scan(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """``parse``, with the fields of ``View`` in a bare tuple: half as long, where each microsecond matters.

    Raises ``Damaged`` for what is no record, or one of no article or of no time that can be.
    """
    at, size, head, unpack = 0, len(data), HEAD.size, HEAD.unpack_from
    behind_articles, earliest, behind_times = BEHIND_ARTICLES, EARLIEST, BEHIND_TIMES
    while size - at >= head:
        version, code, length, article_id, microseconds = unpack(data, at)
        if not (
            version and length >= head and 0 < article_id < behind_articles and earliest <= microseconds < behind_times
        ):
            raise Damaged(f"no record at {at}")
        at += length
        if at > size:
            return
        yield article_id, code, microseconds, at


def list_files(folder: Path) -> list[str]:
    """The names of the journals in the folder, oldest first. A name is never used twice."""
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(SUFFIX))  # noqa: PTH208 (ten times as quick)
    except (FileNotFoundError, NotADirectoryError):
        return []


def machine_id(folder: Path) -> str:
    """The id under which this machine's offsets are kept; made at the first call."""
    path = folder / "machine"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = folder / f"machine-{secrets.token_hex(8)}"
    made.write_text(secrets.token_hex(16))
    try:
        # A link appears whole and only once: of two processes starting together both read the same id.
        path.hardlink_to(made)
    except FileExistsError:
        pass
    finally:
        made.unlink()
    return path.read_text().strip()


class Journal:
    """The journal of one process: opened at its first view, so never shared over a fork."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._file: int | None = None
        self._name = ""
        self._size = 0
        self._opened = 0.0

    def write(self, records: bytes) -> tuple[str, int]:
        """Append whole records; once this returns they are counted. The file's name and the place behind them.

        Raises OSError if not all of them could be written.
        """
        with self._lock:
            if self._file is None or self._size >= MAX_BYTES or time.monotonic() - self._opened > MAX_SECONDS:
                self._renew()
            written = self._append(records)
            if written == len(records):
                return self._name, self._size
            # The disk is (nearly) full. What is half written stays the tail of that file: nothing may follow it.
            self._renew()
            rest = records[max((view.end for view in parse(records[:written])), default=0) :]
            if self._append(rest) != len(rest):
                self._close()
                raise OSError(errno.ENOSPC, "the record of a view was cut short")
            return self._name, self._size

    def close(self) -> None:
        """Finish the file; a later view would open another."""
        with self._lock:
            self._close()

    def close_old(self) -> None:
        """Finish the file if it is an hour old, also where no view comes that would."""
        with self._lock:
            if self._file is not None and time.monotonic() - self._opened > MAX_SECONDS:
                self._close()

    def abandon(self) -> None:
        """Let go of the file, without a lock: in the child of a fork, where the parent's lock stays the parent's."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __del__(self) -> None:
        self.abandon()

    def _append(self, record: bytes) -> int:
        assert self._file is not None
        written = append(self._file, record)
        self._size += written
        return written

    def _renew(self) -> None:
        self._close()
        self._file, self._name = _create(self.folder)
        self._size, self._opened = 0, time.monotonic()

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _create(folder: Path) -> tuple[int, str]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        path = folder / f"{time.time_ns():020d}-{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file).st_nlink:
            Stamp(folder / BEGUN).renew()  # before its first record: who reads along looks for it
            return file, path.name
        os.close(file)  # a folder found it unlocked and empty in between, and removed it
