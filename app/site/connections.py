"""Connections that wait in the event loop: a gunicorn worker in which who says or takes nothing holds no thread.

New connections, half heads, slow readers and those who linger after the last answer wait for a bounded time and
in bounded memory. The reader lane stands on this.
"""

import errno
import select
import socket
import time
from collections.abc import Callable, Iterator
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

from gunicorn.config import Config
from gunicorn.http.message import Request
from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn

from app.site.folding_worker import FoldingWorker

WAIT_SECONDS = 20.0
SWEEP_SECONDS = 0.25
READ_BYTES = 8192
"""As much as gunicorn reads at a time."""
BUFFERED_BYTES = 16 * 1024 * 1024
"""What all half heads and unsent answers of a worker may hold together; then the oldest go."""
HALF_BYTES = 32768
"""A longer half of a head is gunicorn's: looking at it again and again would cost the readers time."""


class Conn(TConn):  # type: ignore[misc]
    """A connection. ``rest`` is read but not answered yet, ``unsent`` what its reader has not taken yet."""

    def __init__(self, worker: Any, *args: Any) -> None:
        super().__init__(worker.cfg, *args)
        self.worker = worker
        self.peer: str = self.client[0] if isinstance(self.client, tuple) else ""
        self.is_trusted = worker.plain is not None and worker.plain.proxies.trusts(self.peer)
        self.rest = self.unsent = b""
        self.taken = self.end = 0
        """How many requests of ``rest`` this turn answers, and where the last of them ends."""
        self.closes = False
        self.weight = 0
        self.waits_in: Waiting | None = None

    def close(self, graceful: bool = False) -> None:
        """Close; gracefully without holding up the loop, as gunicorn's own way would for two seconds."""
        if not (graceful and self.worker.linger(self)):
            super().close()


class Waiting:
    """What gunicorn keeps in a deque: connections, the one that came first in front. Quick to remove."""

    def __init__(self) -> None:
        self._conns: dict[Conn, None] = {}

    def __len__(self) -> int:
        return len(self._conns)

    def __iter__(self) -> Iterator[Conn]:
        return iter(self._conns)

    def __getitem__(self, _first: int) -> Conn:
        return next(iter(self._conns))

    def append(self, conn: Conn) -> None:
        self._conns.pop(conn, None)
        self._conns[conn] = None
        conn.waits_in = self

    def remove(self, conn: Conn) -> None:
        if self._conns.pop(conn, self) is None:
            conn.waits_in = None


class Poller:
    """What gunicorn asks of a selector, on ``epoll`` itself: ``selectors`` takes two microseconds for each event."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self.poll = self._epoll.poll
        self.targets: dict[int, tuple[Callable[[Any], object], Any]] = {}
        """Whom to call, and with what, by file."""

    def register(self, fileobj: Any, events: int, data: Callable[[Any], object]) -> None:
        file = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        self._epoll.register(file, _MASKS[events])
        self.targets[file] = data, fileobj

    def modify(self, fileobj: Any, events: int, data: Callable[[Any], object]) -> None:
        self._epoll.modify(fileobj.fileno(), _MASKS[events])
        self.targets[fileobj.fileno()] = data, fileobj

    def unregister(self, fileobj: Any) -> None:
        file = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        del self.targets[file]
        self._epoll.unregister(file)

    def close(self) -> None:
        self._epoll.close()


_MASKS = {EVENT_READ: 0x1, EVENT_WRITE: 0x4}
"""EPOLLIN and EPOLLOUT, whose names are missing where epoll is."""


class PatientWorker(FoldingWorker):
    """``gthread``, but for where connections wait. ``on_readable`` is told when one has something to say."""

    nr: int
    poller: Poller

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.keepalived_conns, self.pending_conns = Waiting(), Waiting()
        self.buffered = 0
        self.again: set[Conn] = set()
        """Connections of which more was read than one turn answers."""
        self.keepalive: int = self.cfg.keepalive
        self._next_sweep = 0.0

    def run(self) -> None:
        self.poller.close()
        self.poller = Poller()
        super().run()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait, and tell those whom what happened concerns."""
        targets = self.poller.targets
        for file, _ in self.poller.poll(timeout):
            if (target := targets.get(file)) is not None:  # else it was closed in this very turn
                target[0](target[1])

    def on_readable(self, conn: Conn, sock: socket.socket) -> None:
        """Something came, or the end."""
        raise NotImplementedError

    def accept(self, listener: socket.socket) -> None:
        """A new connection waits here for its first bytes, not in a thread."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in {errno.EAGAIN, errno.ECONNABORTED}:
                return
            raise
        self.nr_conns += 1
        conn = Conn(self, client, address, listener.getsockname())
        self._wait(conn, self.pending_conns, WAIT_SECONDS)
        self.poller.register(client, EVENT_READ, partial(self.on_readable, conn))

    def hand_over(self, conn: Conn) -> None:
        """Let gunicorn's parser begin with what was read, in a thread."""
        self._leave(conn)
        self.nr_conns += 1
        conn.init()
        conn.parser.unreader.unread(conn.rest)
        conn.rest, conn.data_ready = b"", True
        self.enqueue_req(conn)

    def linger(self, conn: Conn) -> bool:
        """Wait until the other side has read the last answer (RFC 9112, 9.6), in the loop; False if it is gone."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
        except OSError:
            return False
        self.nr_conns += 1
        self._wait(conn, self.pending_conns, WAIT_SECONDS)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_lingering, conn))
        return True

    def on_lingering(self, conn: Conn, sock: socket.socket) -> None:
        """Throw away what comes after the last answer, until the end."""
        try:
            if sock.recv(READ_BYTES):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self.drop(conn)

    def drop(self, conn: Conn) -> None:
        """Close at once."""
        self._leave(conn)
        conn.close()

    def murder_keepalived(self, force: bool = False) -> None:
        """Drop who waited too long, looked for a few times a second: no order has to be kept at each answer."""
        now = time.monotonic()
        if force or now >= self._next_sweep:
            self._next_sweep = now + SWEEP_SECONDS
            for conn in [conn for conn in self.keepalived_conns if force or conn.timeout <= now]:
                self.drop(conn)

    def murder_pending(self) -> None:
        """Drop who waited too long; the oldest also when there is no room for others."""
        now = time.monotonic()
        while self.pending_conns and (
            self.pending_conns[0].timeout <= now
            or self.buffered > BUFFERED_BYTES
            or self.nr_conns >= self.worker_connections
        ):
            self.drop(self.pending_conns[0])

    def _cap_keepalive(self, deadline: float) -> None:
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            if not conn.unsent:
                conn.timeout = min(conn.timeout, deadline)

    def _wait(self, conn: Conn, waiting: Waiting, seconds: float, *, anew: bool = True) -> None:
        """Let a connection wait in the loop for so long; half a head's time is not begun anew with each byte."""
        weight = len(conn.rest) + len(conn.unsent)
        self.buffered += weight - conn.weight
        conn.weight = weight
        if anew:
            conn.timeout = time.monotonic() + (
                seconds if self.alive or conn.unsent else min(seconds, STOP_KEEPALIVE_LINGER)
            )
            if conn.waits_in is not None:
                conn.waits_in.remove(conn)
            waiting.append(conn)

    def _leave(self, conn: Conn) -> None:
        """Take a connection out of the loop."""
        self.poller.unregister(conn.sock)
        if conn.waits_in is not None:
            conn.waits_in.remove(conn)
        self.again.discard(conn)
        self.buffered -= conn.weight
        conn.weight = 0
        self.nr_conns -= 1


def is_half(cfg: Config, conn: Conn) -> bool:
    """Whether gunicorn's parser would wait for more of this head, instead of answering or refusing it now."""
    if len(conn.rest) > HALF_BYTES or b"\r\n\r\n" in conn.rest:
        return False
    try:
        Request(cfg, _Read(conn.rest), conn.client)
    except _MoreNeeded:
        return True
    except Exception:
        return False
    return False


class _MoreNeeded(Exception):
    """The bytes that were read are not a whole head."""


class _Read(Unreader):  # type: ignore[misc]
    """For gunicorn's parser: these bytes, and no waiting for others."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.unread(data)

    def chunk(self, size_hint: int | None = None) -> bytes:
        raise _MoreNeeded
