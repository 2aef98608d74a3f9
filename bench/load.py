"""Making requests: as many as possible (``hammer``), or one after another with their times (``measure``)."""

import http.client
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CONNECTIONS = 8
WRK = shutil.which("wrk")
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Rate:
    """Requests a second, and the 50th and 99th percentile of their times in milliseconds."""

    per_second: float
    p50: float
    p99: float


class Failed(Exception):
    """An answer was not what was asked for; a figure of such requests means nothing."""


def hammer(port: int, paths: list[str], *, seconds: float) -> Rate:
    """Eight connections, kept open, ask for these paths in turn. Takes wrk, or else threads of our own."""
    return _with_wrk(port, paths, seconds) if WRK else _with_threads(port, paths, seconds)


def measure(ask: Callable[[int], None], *, times: int) -> Rate:
    """Call ``ask(number)`` one time after another; the first two are not counted."""
    taken = []
    for number in range(times + 2):
        started = time.perf_counter()
        ask(number)
        taken.append((time.perf_counter() - started) * 1000)
    return _rate(taken[2:], sum(taken[2:]) / 1000)


class Client:
    """One browser: a connection that stays open, a cookie."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"User-Agent": BROWSER} | ({"Cookie": cookie} if cookie else {})

    def get(self, path: str, *, status: int = 200) -> str:
        return self._ask("GET", path, status)

    def post(self, path: str, body: str, *, status: int) -> str:
        return self._ask("POST", path, status, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def close(self) -> None:
        self.connection.close()

    def _ask(
        self, method: str, path: str, status: int, body: str | None = None, more: dict[str, str] | None = None
    ) -> str:
        self.connection.request(method, path, body, self.headers | (more or {}))
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.headers["Cookie"] = cookie.partition(";")[0]  # the session's: the site sets no other
        if answer.status != status:
            raise Failed(f"{method} {path}: {answer.status}\n{text[:2000]}")
        return text


def _rate(taken: list[float], seconds: float) -> Rate:
    ordered = sorted(taken)
    return Rate(
        len(ordered) / seconds,
        statistics.median(ordered),
        ordered[int(len(ordered) * 0.99) - 1 if len(ordered) > 1 else 0],
    )


def _with_wrk(port: int, paths: list[str], seconds: float) -> Rate:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "paths.lua"
        listed = ", ".join(f'"{path}"' for path in paths)
        script.write_text(
            f"local paths, at = {{{listed}}}, 0\n"
            "request = function() at = at % #paths + 1; return wrk.format('GET', paths[at]) end\n"
        )
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{int(seconds)}s", "--latency", "-s", str(script)]
        command += ["-H", f"User-Agent: {BROWSER}", f"http://127.0.0.1:{port}/"]
        said = subprocess.run(command, text=True, capture_output=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise Failed(said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    parts = {name: _milliseconds(value) for name, value in re.findall(r"(50|99)%\s+([\d.]+\w+)", said)}
    assert rate, said
    return Rate(float(rate[1]), parts["50"], parts["99"])


def _milliseconds(value: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", value).groups()  # type: ignore[union-attr]
    return float(number) * _UNITS[unit]


def _with_threads(port: int, paths: list[str], seconds: float) -> Rate:
    taken: list[float] = []
    until = time.perf_counter() + seconds

    def ask(start: int) -> None:
        client, at = Client(port), start
        while (started := time.perf_counter()) < until:
            client.get(paths[at % len(paths)])
            taken.append((time.perf_counter() - started) * 1000)
            at += 1
        client.close()

    threads = [threading.Thread(target=ask, args=(number * 131,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _rate(taken, seconds)
