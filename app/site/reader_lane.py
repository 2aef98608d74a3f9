"""The reader lane: a gunicorn worker that answers plain requests for kept pages in its event loop.

It stands on ``gthread``: what is not plainly such a request goes to gunicorn's own parser and threads, byte
for byte. Nothing waits here without an end: new connections, half heads and slow readers stay in the loop,
without a thread, for a bounded time and in bounded memory. Why: docs/decisions/0006-reader-lane.md
"""

import select
import socket
import time
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

import gunicorn
from gunicorn.config import Config
from gunicorn.util import http_date

from app import clock, request_log
from app.pageviews.live import NotLearnt
from app.site.connections import READ_BYTES, WAIT_SECONDS, Conn, PatientWorker, is_half
from app.site.folding_worker import FoldingWorker
from app.site.plain_requests import Found, PlainRequests

PINNED = "27.0.1"
"""``ThreadWorker`` is no public interface: with any other gunicorn the lane steps aside."""
BUSY_SECONDS = 0.05
"""So long turn follows turn before gunicorn looks after its own: heartbeat, parent, connections whose time is up."""
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
    if not hasattr(select, "epoll"):
        return "this system has no epoll"
    if gunicorn.__version__ != PINNED:
        return f"it is made for gunicorn {PINNED}, this is {gunicorn.__version__}"
    usual = Config().settings
    odd = [name for name, setting in cfg.settings.items() if setting.get() != usual[name].get()]
    odd = sorted(set(odd) - _UNRELATED) + ["forwarded_allow_ips"] * any(cfg.forwarded_allow_ips)
    return f"it does not know these settings of gunicorn: {', '.join(odd)}" if odd else ""


class ReaderLane(PatientWorker):
    """``gthread`` with a lane for readers in front. ``answered`` counts what it answered itself."""

    def __new__(cls, *args: Any) -> Any:
        return super().__new__(cls) if not why_not(args[5]) else FoldingWorker(*args)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.plain: PlainRequests | None = None
        self.answered = 0
        self.ready: list[Conn] = []
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
        conn.rest = conn.rest + read if conn.rest else read
        self.ready.append(conn)

    on_client_socket_readable = on_pending_socket_readable = on_readable

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Turns of the event loop: what is readable is read, then answered; for a moment while there is work."""
        until = time.monotonic() + min(timeout, BUSY_SECONDS)
        wait = timeout
        while True:
            super().wait_for_and_dispatch_events(0.0 if self.again else wait)
            if self.again:
                self.ready += self.again
                self.again.clear()
            if not self.ready:
                return
            self._serve()
            wait = until - time.monotonic()
            if wait <= 0 or not self.alive:
                return

    def _serve(self) -> None:
        """Answer what was read in this turn; its views are in the journal before the first answer is sent."""
        ready, self.ready = self.ready, []
        started = time.perf_counter()
        found: list[Found] = []
        try:
            may_answer = self._may_answer()
            for conn in ready:
                conn.taken = conn.end = 0
                if may_answer and conn.peer:
                    self._take(conn, found)
            outs = self._answer(found, started) if found else []
        except Exception as error:
            if not isinstance(error, NotLearnt):
                self._give_up()
            for conn in ready:
                conn.taken = conn.end = 0
            outs = []
        at, now = 0, time.monotonic()
        for conn in ready:
            if (taken := conn.taken) == 1:
                self._send(conn, outs[at], now)
            else:
                self._send(conn, b"".join(outs[at : at + taken]), now)
            at += taken

    def _take(self, conn: Conn, found: list[Found]) -> None:
        """Take what is plain from the front of what was read."""
        assert self.plain is not None
        data, size = conn.rest, len(conn.rest)
        while conn.end < size and conn.taken < PIPELINED and self.nr + 1 < self.max_requests:
            plain = self.plain.find(data, conn.end, conn.peer, conn.is_trusted)
            if plain is None:
                return
            found.append(plain)
            self.nr += 1
            conn.taken += 1
            conn.end = plain[4]
            conn.closes = plain[2].closes
            if conn.closes:
                return

    def _may_answer(self) -> bool:
        """Whether gunicorn would keep a connection alive now, and whether the kept pages are known to be true."""
        return bool(
            self.plain and self.alive and self.keepalive
            and len(self.keepalived_conns) <= self.max_keepalived
            and self.plain.is_ready()
        )  # fmt: skip

    def _give_up(self) -> None:
        """A mistake of ours costs speed, no answer."""
        self.log.exception("The reader lane failed; this worker goes on without it.")
        self.plain = None

    def _answer(self, found: list[Found], started: float) -> list[bytes]:
        """Count the views of these requests; their answers, byte for byte what gunicorn sends for the page cache."""
        assert self.plain is not None
        numbers = self.plain.count(found)
        outs: list[bytes] = []
        logged: list[tuple[str, str, int, str]] = []
        starts = self._starts_now()
        for (kept, line, said, own_id, _), number in zip(found, numbers, strict=True):
            given = own_id or request_log.new_id()
            answer, size = kept.answer(starts[said.closes], number, given, gzip=said.gzip)
            outs.append(answer)
            logged.append((given, line.logged, size, said.network))
        self.answered += len(outs)
        request_log.note_many(logged, (time.perf_counter() - started) * 1000)
        return outs

    def _starts_now(self) -> tuple[bytes, bytes]:
        """The lines that gunicorn begins an answer with, whether the connection stays open or ends."""
        if (second := clock.microseconds() // 1_000_000) != self._second:
            lines = f"HTTP/1.1 200 OK\r\nServer: gunicorn\r\nDate: {http_date(second)}\r\nConnection: "
            self._second, self._starts = second, (f"{lines}keep-alive\r\n".encode(), f"{lines}close\r\n".encode())
        return self._starts

    def _send(self, conn: Conn, out: bytes, now: float) -> None:
        """Send what the reader takes now. The rest waits, without a thread; then the connection goes on."""
        if out:
            try:
                sent = conn.sock.send(out)
            except BlockingIOError:
                sent = 0
            except OSError:
                self.drop(conn)
                return
            if (
                sent == len(out)
                and conn.end == len(conn.rest)
                and not conn.closes
                and conn.waits_in is self.keepalived_conns
            ):
                conn.rest, conn.timeout = b"", now + self.keepalive  # the usual: it stays where it is
                return
            out = out[sent:]
        conn.rest, conn.unsent = conn.rest[conn.end :], out
        if out:
            self.poller.modify(conn.sock, EVENT_WRITE, partial(self.on_writable, conn))
            self._wait(conn, self.pending_conns, WAIT_SECONDS)
        elif conn.closes:
            self._leave(conn)
            conn.close(graceful=True)
        elif not conn.rest:
            self._wait(conn, self.keepalived_conns, self.keepalive)
        elif conn.taken == PIPELINED:
            self.again.add(conn)
        elif is_half(self.cfg, conn):
            self._wait(conn, self.pending_conns, WAIT_SECONDS, anew=not conn.weight)
        else:
            self.hand_over(conn)

    def on_writable(self, conn: Conn, sock: socket.socket) -> None:
        """A slow reader takes more."""
        self.poller.modify(sock, EVENT_READ, partial(self.on_readable, conn))
        conn.end = 0
        self._send(conn, conn.unsent, time.monotonic())
