"""The access log's files: ``access-YYYY-MM-DD.log``, a day of UTC each, kept for a few days and then removed.

What a line says of the reader is a shortened network, so it is nobody's address. Every process appends whole
lines to the same file, with one write for each request or turn of the event loop.
"""

import contextlib
import os
import re
import threading
from datetime import date, datetime, timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

from app import clock
from app.appending import append

_NAME = re.compile(r"access-(\d{4}-\d\d-\d\d)\.log")
_IPV4_BITS, _IPV6_BITS = 24, 48
NOBODY = "-"


class AccessLog:
    """The files in one folder. Safe for threads and forks. A full disk loses lines, never an answer."""

    def __init__(self, folder: Path, *, days: int) -> None:
        self.folder = folder
        self.days = days
        """How many days are kept, today among them: so no line is ever older than that. 0: nothing is written."""
        self._lock = threading.Lock()
        self._pid = 0
        self._file = -1
        self._path = folder
        self._second = -1
        self._stamp = ""
        self._was_cut = False

    def write(self, entries: list[str]) -> None:
        """Append these entries, each a line without its end, under the time of now; one write for all of them."""
        if not self.days:
            return
        now = clock.now()
        if int(now.timestamp()) != self._second:
            self._begin_second(now)
        stamp = self._stamp
        lines = (stamp + f"\n{stamp}".join(entries) + "\n").encode()
        if self._was_cut:
            lines = b"\n" + lines  # what a full disk cut short is ended first, so that no two lines become one
        with contextlib.suppress(OSError):
            self._was_cut = append(self._file, lines) < len(lines)

    def remove_old(self) -> None:
        """Remove the files whose day is too long ago."""
        oldest = self._name(clock.now().date() - timedelta(days=self.days - 1))
        for path in self.folder.glob("access-*.log"):
            if _NAME.fullmatch(path.name) and path.name < oldest:
                path.unlink(missing_ok=True)

    def _begin_second(self, now: datetime) -> None:
        if self._pid != os.getpid():
            self._pid, self._lock = os.getpid(), threading.Lock()  # the parent's may have been held at the fork
        with self._lock:
            path = self.folder / self._name(now.date())
            try:
                if path != self._path or self._is_gone():
                    self._open(path)
                    self.remove_old()
            except OSError:
                pass  # no folder, no room: the next second tries again
            self._stamp, self._second = f"{now:%Y-%m-%dT%H:%M:%S}+0000 ", int(now.timestamp())

    def _is_gone(self) -> bool:
        """Whether somebody has moved or removed the file that is written to."""
        if self._file < 0:
            return True
        try:
            return self._path.stat().st_ino != os.fstat(self._file).st_ino
        except OSError:
            return True

    def _open(self, path: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        network_of.cache_clear()  # with the day go its addresses
        if self._file < 0:
            self._file = file
        else:
            # Onto the same number: another thread may be about to write to it.
            os.dup2(file, self._file, inheritable=False)
            os.close(file)
        self._path = path

    @staticmethod
    def _name(day: date) -> str:
        return f"access-{day.isoformat()}.log"


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """The network that an address is shortened to for the log: 24 bits of IPv4, 48 of IPv6; "-" if it is none."""
    try:
        whole = ip_address(address.partition("%")[0])
    except ValueError:
        return NOBODY
    if isinstance(whole, IPv6Address):
        whole = whole.ipv4_mapped or whole
    bits = _IPV6_BITS if isinstance(whole, IPv6Address) else _IPV4_BITS
    return str(ip_network((whole, bits), strict=False))
