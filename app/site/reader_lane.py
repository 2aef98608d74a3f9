"""The reader lane: a gunicorn worker that answers plain requests for kept pages in its event loop.

It stands on ``gthread``: what is not plainly such a request goes to gunicorn's own parser and threads, byte
for byte. Nothing waits here without an end: new connections, half heads and slow readers stay in the loop,
without a thread, for a bounded time and in bounded memory. Why: docs/decisions/0006-reader-lane.md
"""

import errno
import os
import socket
import time
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, NamedTuple

import gunicorn
from gunicorn.config import Config
from gunicorn.util import http_date
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from app import clock, request_log
from app.pageviews.live import NotLearnt
from app.site.connections import Conn, Waiting, is_half
from app.site.plain_requests import Found, PlainRequests

PINNED = "27.0.1"
"""``ThreadWorker`` is no public interface: with any other gunicorn the lane steps aside."""
WAIT_SECONDS = 20.0
READ_BYTES = 8192
"""As much as gunicorn reads at a time."""
BUFFERED_BYTES = 16 * 1024 * 1024
"""What all half heads and unsent answers of a worker may hold together; then the oldest go."""
PIPELINED = 16
"""So many requests of one connection are answered in a turn; the next wait until these answers are taken."""
# Settings that change nothing in how a request is read or answered. One more that is set, and the lane steps aside.
_UNRELATED_NAMES = """
    config wsgi_app bind backlog workers worker_class threads worker_connections max_requests max_requests_jitter
    pythonpath check_config print_config reload reload_engine reload_extra_files timeout graceful_timeout keepalive
    preload_app chdir daemon pidfile worker_tmp_dir user group umask errorlog loglevel capture_output proc_name
    default_proc_name control_socket_disable control_socket forwarded_allow_ips reuse_port on_starting when_ready
    on_reload on_exit pre_fork post_fork post_worker_init worker_int worker_abort worker_exit child_exit
    nworkers_changed pre_exec raw_env
"""
_UNRELATED = frozenset(_UNRELATED_NAMES.split())


def why_not(cfg: Config) -> str:
    """Why the lane cannot promise to answer as gunicorn would; empty if it can."""
    if gunicorn.__version__ != PINNED:
        return f"it is made for gunicorn {PINNED}, this is {gunicorn.__version__}"
    usual = Config().settings
    odd = [name for name, setting in cfg.settings.items() if setting.get() != usual[name].get()]
    odd = sorted(set(odd) - _UNRELATED) + ["forwarded_allow_ips"] * any(cfg.forwarded_allow_ips)
    return f"it does not know these settings of gunicorn: {', '.join(odd)}" if odd else ""


class Turn(NamedTuple):
    """What one read brought: requests to answer here, up to ``end`` of the bytes that came."""

    conn: Conn
    data: bytes
    end: int
    found: list[Found]


class ReaderLane(ThreadWorker):  # type: ignore[misc]
    """``gthread`` with a lane for readers in front. ``answered`` counts what it answered itself."""

    nr: int

    def __new__(cls, *args: Any) -> Any:
        return super().__new__(cls) if not why_not(args[5]) else ThreadWorker(*args)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.keepalived_conns, self.pending_conns = Waiting(), Waiting()
        self.plain: PlainRequests | None = None
        self.answered = self.buffered = 0
        self.turn: list[Turn] = []
        self.again: set[Conn] = set()
        self.started = 0.0
        self.keepalive: int = self.cfg.keepalive
        self._second, self._starts = 0, (b"", b"")

    @classmethod
    def check_config(cls, cfg: Config, log: Any) -> None:
        """Say once, in the master, that the lane steps aside."""
        super().check_config(cfg, log)
        if reason := why_not(cfg):
            log.warning("The reader lane steps aside: %s.", reason)

    def load_wsgi(self) -> None:
        super().load_wsgi()
        extensions = getattr(self.wsgi, "extensions", {})
        if "typecase.page_cache" in extensions:
            extensions["typecase.reader_lane"] = self
            self.plain = PlainRequests(self.wsgi)

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

    def on_readable(self, conn: Conn, sock: socket.socket) -> None:
        """More of a request, of several, or the end."""
        if conn in self.again:  # first what was read before
            return
        try:
            read = sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self.drop(conn)
            return
        if not read:  # nothing more will come; gunicorn knows what half a head deserves
            self.hand_over(conn) if conn.rest else self.drop(conn)
            return
        conn.rest += read
        self._take(conn)

    on_client_socket_readable = on_pending_socket_readable = on_readable

    def _take(self, conn: Conn) -> None:
        """Take what is plain from the front of what was read; answered at the end of this turn."""
        self.again.discard(conn)
        if not self.turn:
            self.started = time.perf_counter()
        found: list[Found] = []
        data, end = conn.rest, 0
        if self._may_answer(conn):
            while len(found) < PIPELINED and self.nr + 1 < self.max_requests:
                after = data.find(b"\r\n\r\n", end) + 4
                plain = self._find(data[end : after - 2], conn) if after > 3 else None
                if plain is None:
                    break
                found.append(plain)
                self.nr, end = self.nr + 1, after
                if plain.block.closes:
                    break
        self.turn.append(Turn(conn, data, end, found))

    def _may_answer(self, conn: Conn) -> bool:
        """Whether gunicorn would keep a connection alive now, and whether the kept pages are known to be true."""
        return bool(
            self.plain and self.alive and conn.peer and self.keepalive
            and len(self.keepalived_conns) <= self.max_keepalived
            and self.plain.cache.freshness.is_current()
        )  # fmt: skip

    def _find(self, head: bytes, conn: Conn) -> Found | None:
        try:
            return self.plain.find(head, conn.peer, trusts_peer=conn.is_trusted) if self.plain else None
        except Exception:
            self._give_up()
            return None

    def _give_up(self) -> None:
        """A mistake of ours costs speed, no answer."""
        self.log.exception("The reader lane failed; this worker goes on without it.")
        self.plain = None

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """One turn of the event loop: its views are in the journal before the first of its answers is sent."""
        super().wait_for_and_dispatch_events(0.0 if self.again else timeout)
        for conn in list(self.again):
            self._take(conn)
        turn, self.turn = self.turn, []
        logged: list[tuple[str, str, int, str]] = []
        try:
            outs = self._answer([found for each in turn for found in each.found], logged)
        except Exception as error:
            if not isinstance(error, NotLearnt):
                self._give_up()
            turn, outs = [Turn(each.conn, each.data, 0, []) for each in turn], iter(())
            logged = []
        for conn, data, end, found in turn:
            conn.rest, conn.unsent = data[end:], b"".join(islice(outs, len(found)))
            conn.closes, conn.has_more = bool(found and found[-1].block.closes), len(found) == PIPELINED
            self._send(conn)
        if logged:
            self.answered += len(logged)
            request_log.note_many(logged, (time.perf_counter() - self.started) * 1000)

    def _answer(self, plain: list[Found], logged: list[tuple[str, str, int, str]]) -> Iterator[bytes]:
        """Count the views of these requests; their answers, byte for byte what gunicorn sends for the page cache."""
        if not plain:
            return iter(())
        assert self.plain is not None
        numbers = self.plain.count(plain)
        ids = os.urandom(8 * len(plain)).hex()
        outs: list[bytes] = []
        start = self._start(clock.now())
        for (kept, line, block, own_id), number in zip(plain, numbers, strict=True):
            body = kept.body(number, gzip=block.gzip)
            coding = "Content-Encoding: gzip\r\n" if block.gzip else ""
            own_id = own_id or ids[16 * len(outs) :][:16]
            last = (
                f'ETag: W/"{kept.tag(number)}"\r\n{coding}Content-Length: {len(body)}\r\nX-Request-ID: {own_id}\r\n\r\n'
            )
            outs.append(b"".join((start[block.closes], kept.head, last.encode(), body)))
            logged.append((own_id, line.logged, len(body), block.network))
        return iter(outs)

    def _start(self, now: datetime) -> tuple[bytes, bytes]:
        """The lines that gunicorn begins an answer with, whether the connection stays open or ends."""
        if (second := int(now.timestamp())) != self._second:
            lines = f"HTTP/1.1 200 OK\r\nServer: gunicorn\r\nDate: {http_date(second)}\r\nConnection: "
            self._second, self._starts = second, (f"{lines}keep-alive\r\n".encode(), f"{lines}close\r\n".encode())
        return self._starts

    def _send(self, conn: Conn) -> None:
        """Send what the reader takes now. The rest waits, without a thread; then the connection goes on."""
        try:
            sent = conn.sock.send(conn.unsent) if conn.unsent else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            self.drop(conn)
            return
        conn.unsent = conn.unsent[sent:]
        if conn.unsent:
            self.poller.modify(conn.sock, EVENT_WRITE, partial(self.on_writable, conn))
            self._wait(conn, self.pending_conns, WAIT_SECONDS)
        elif conn.closes:
            self._leave(conn)
            conn.close(graceful=True)
        elif not conn.rest:
            self._wait(conn, self.keepalived_conns, self.keepalive)
        elif conn.has_more:
            self.again.add(conn)
        elif is_half(self.cfg, conn):
            self._wait(conn, self.pending_conns, WAIT_SECONDS, anew=not conn.weight)
        else:
            self.hand_over(conn)

    def on_writable(self, conn: Conn, sock: socket.socket) -> None:
        """A slow reader takes more."""
        self.poller.modify(sock, EVENT_READ, partial(self.on_readable, conn))
        self._send(conn)

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
            self.keepalived_conns.remove(conn)
            self.pending_conns.remove(conn)
            waiting.append(conn)

    def _leave(self, conn: Conn) -> None:
        """Take a connection out of the loop."""
        self.poller.unregister(conn.sock)
        self.keepalived_conns.remove(conn)
        self.pending_conns.remove(conn)
        self.again.discard(conn)
        self.buffered -= conn.weight
        conn.weight = 0
        self.nr_conns -= 1
