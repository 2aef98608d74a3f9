"""``python -m bench.generator PORT``: the bundled load, in a process of its own. Prints one JSON object.

With ``--rate`` it begins so many requests a second, whatever becomes of those before, and a request's time runs
from the moment it was *planned* for: one that had to wait, because the server was slow or all connections were
in use, is as late as it was for its reader (no coordinated omission). ``lag`` says how much of that is the
generator's own. Without ``--rate`` each connection asks again at once. Paths and header blocks: as in mix.lua.
"""

import argparse
import asyncio
import contextlib
import json
import os
import selectors
import signal
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.browsers import heads
from bench.load import percentile


class Ended(Exception):
    """The server answered with something that is not 2xx or 3xx, or in a way that is not understood here."""


class Job(NamedTuple):
    """A request, and when it should have begun (in seconds of ``perf_counter``)."""

    planned: float
    head: bytes


class Connection(asyncio.Protocol):
    """Asks for one thing at a time and tells the load when the answer is whole."""

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.job: Job | None = None
        self.seen = bytearray()
        self.wanted = -1
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.load.open.add(self)

    def ask(self, job: Job) -> None:
        assert self.transport is not None
        self.job = job
        self.transport.write(job.head)

    def data_received(self, data: bytes) -> None:
        self.seen += data
        if self.wanted < 0 and (end := self.seen.find(b"\r\n\r\n")) >= 0:
            try:
                self.wanted = end + 4 + body_length(bytes(self.seen[:end]))
            except Ended as ended:
                self.load.fail(str(ended))
                return
        if 0 <= self.wanted <= len(self.seen):
            job, self.job, self.wanted = self.job, None, -1
            self.seen.clear()
            assert job is not None
            self.load.answered(self, job)

    def connection_lost(self, _reason: Exception | None) -> None:
        self.load.lost(self)


def body_length(head: bytes) -> int:
    """How many bytes follow this head of an answer."""
    first, *lines = head.decode("latin-1").split("\r\n")
    status = first.split(" ")[1]
    if status[0] not in "23":
        raise Ended(first)
    if status in {"204", "304"}:
        return 0
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    raise Ended(f"no Content-Length: {first}")


class Load:
    """The connections, what waits for one of them, and the times so far."""

    def __init__(self, port: int, requests: Iterator[bytes], *, rate: int | None, connections: int) -> None:
        self.port, self.requests, self.rate, self.size = port, requests, rate, connections
        self.free: list[Connection] = []
        self.open: set[Connection] = set()
        self.waiting: deque[Job] = deque()
        self.times: list[float] = []
        self.lags: list[float] = []
        self.under_way = 0
        self.failed = ""
        self.asks_again = False
        self.reconnecting: set[asyncio.Task[None]] = set()
        self.over = asyncio.Event()

    async def run(self, seconds: float) -> float:
        """Make the load; how long it took."""
        for _ in range(self.size):
            await self._connect()
        began = time.perf_counter()
        if self.rate is None:
            self.asks_again = True
            while self.free:
                self._begin(self.free.pop(), Job(time.perf_counter(), next(self.requests)))
            await self._wait_until(began + seconds)
        else:
            await self._keep_to_the_plan(began, seconds, 1 / self.rate)
        taken = time.perf_counter() - began
        self.over.set()
        if self.rate is not None:  # those that were begun are answered, however late
            deadline = time.perf_counter() + 30
            while (self.under_way or self.waiting) and not self.failed and time.perf_counter() < deadline:
                await asyncio.sleep(0.01)
            if self.under_way or self.waiting:
                self.fail(f"{self.under_way + len(self.waiting)} requests were not answered within 30 seconds")
        return taken

    async def _keep_to_the_plan(self, began: float, seconds: float, gap: float) -> None:
        number = 0
        while not self.over.is_set() and (planned := began + number * gap) < began + seconds:
            while (now := time.perf_counter()) < planned:
                await asyncio.sleep(planned - now)
            self.lags.append((now - planned) * 1000)
            job = Job(planned, next(self.requests))
            if self.free:
                self._begin(self.free.pop(), job)
            else:
                self.waiting.append(job)
            number += 1
            if number % 8 == 0:
                await asyncio.sleep(0)  # when late, answers are read all the same

    async def _wait_until(self, end: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), end - time.perf_counter())

    def answered(self, connection: Connection, job: Job) -> None:
        """An answer is whole: note its time, and take what waits."""
        now = time.perf_counter()
        self.under_way -= 1
        if self.rate is not None or not self.over.is_set():
            self.times.append((now - job.planned) * 1000)
        self._go_on(connection)

    def _go_on(self, connection: Connection) -> None:
        if self.waiting:
            self._begin(connection, self.waiting.popleft())
        elif self.asks_again and not self.over.is_set():
            self._begin(connection, Job(time.perf_counter(), next(self.requests)))
        else:
            self.free.append(connection)

    def lost(self, connection: Connection) -> None:
        """The server closed a connection; a request on it that was not answered waits for another one."""
        self.open.discard(connection)
        if connection in self.free:
            self.free.remove(connection)
        if connection.job is not None:
            self.under_way -= 1
            self.waiting.appendleft(connection.job)
        if not self.over.is_set() or self.waiting:
            task = asyncio.get_running_loop().create_task(self._connect())
            self.reconnecting.add(task)
            task.add_done_callback(self.reconnecting.discard)

    def close(self) -> None:
        """Close all connections; what is under way is forgotten."""
        self.over.set()
        for connection in self.open:
            assert connection.transport is not None
            connection.job = None
            connection.transport.abort()

    def fail(self, why: str) -> None:
        self.failed = self.failed or why
        self.over.set()

    def _begin(self, connection: Connection, job: Job) -> None:
        self.under_way += 1
        connection.ask(job)

    async def _connect(self) -> None:
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(self), "127.0.0.1", self.port
        )
        self._go_on(connection)


def summary(load: Load, seconds: float) -> dict[str, float]:
    """What is printed; times in milliseconds."""
    found = {
        "per_second": len(load.times) / seconds,
        "p50": percentile(load.times, 0.5),
        "p99": percentile(load.times, 0.99),
        "p999": percentile(load.times, 0.999),
        "most": max(load.times),
    }
    return found | ({"lag_p99": percentile(load.lags, 0.99)} if load.lags else {})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.generator", description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--rate", type=int, help="requests a second; without it as many as possible")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--connections", type=int, default=64)
    asked = parser.parse_args()
    paths = Path(os.environ["PATHS"]).read_text().split("\n")
    blocks = [
        f"{block}\r\n" for block in Path(os.environ["BLOCKS"]).read_bytes().decode("latin-1").split("\r\n\r\n") if block
    ]
    # select() waits to the microsecond; epoll rounds up to the next millisecond, which is longer than an answer takes.
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())

    async def run() -> None:
        load = Load(asked.port, heads(paths, blocks), rate=asked.rate, connections=asked.connections)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, load.over.set)
        seconds = await load.run(asked.seconds)
        if load.failed or not load.times:
            raise SystemExit(load.failed or "nothing was answered")
        print(json.dumps(summary(load, seconds)))

    loop.run_until_complete(run())


if __name__ == "__main__":
    main()
