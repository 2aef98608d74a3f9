"""Making requests: as many as possible (``hammer``), a steady number a second (``Steady``), or one after another."""

import contextlib
import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.config import ROOT
from bench import browsers
from bench.client import Failed
from bench.machine import CLIENT_CORE, CORES, WRK, pinned, processor_seconds

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Rate:
    """Requests a second, and the 50th and 99th percentile of their times in milliseconds."""

    per_second: float
    p50: float
    p99: float
    busy: float | None = None
    """How much of its core (or cores) the server used meanwhile; None where nobody looked."""


@dataclass(frozen=True)
class Mix:
    """What is asked for: each request is one of the paths with one of the header blocks."""

    paths: list[str]
    blocks: list[str]

    @classmethod
    def of_browsers(cls, paths: list[str], *, gzip: bool = True) -> "Mix":
        """400 browsers read these pages."""
        return cls(paths, browsers.blocks(gzip=gzip))

    @classmethod
    def of_one(cls, path: str, *, gzip: bool = True, **headers: str) -> "Mix":
        """One browser reads one page; ``If_None_Match`` is If-None-Match."""
        (block,) = browsers.blocks(1, gzip=gzip)
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = [
            line for line in block.splitlines() if line.partition(":")[0].lower() not in {name.lower() for name in more}
        ]
        return cls(
            [path], ["".join(f"{line}\r\n" for line in [*kept, *(f"{name}: {value}" for name, value in more.items())])]
        )


@dataclass(frozen=True)
class Target:
    """A server to be loaded: where it listens, the process whose time is its own, its cores (None: all)."""

    port: int
    pid: int
    cores: set[int] | None = None


def hammer(target: Target, mix: Mix, *, seconds: int, connections: int) -> Rate:
    """So many connections, kept open, ask again at once. With wrk, or else with slower Python.

    A pinned server is loaded from another core. Raises ``Failed`` if an answer was not 2xx or 3xx.
    """
    with tempfile.TemporaryDirectory(prefix="typecase-load-") as folder:
        environ = _write(mix, Path(folder))
        make = _with_wrk if WRK else _with_python
        used = processor_seconds(target.pid)
        with pinned(CLIENT_CORE if target.cores else None):
            rate = make(target.port, environ, seconds, connections)
        busy = (processor_seconds(target.pid) - used) / seconds / len(target.cores or CORES)
    return Rate(rate.per_second, rate.p50, rate.p99, min(busy, 1.0))


def measure(ask: Callable[[int], None], *, times: int) -> Rate:
    """Call ``ask(number)`` one time after another; the first two are not counted."""
    taken = []
    for number in range(times + 2):
        started = time.perf_counter()
        ask(number)
        taken.append((time.perf_counter() - started) * 1000)
    return rate_of(taken[2:], sum(taken[2:]) / 1000)


def percentile(values: list[float], share: float) -> float:
    """The smallest of the values that at least this share of them do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def rate_of(milliseconds: list[float], seconds: float) -> Rate:
    """The rate of requests that took so long each, within these seconds."""
    return Rate(len(milliseconds) / seconds, percentile(milliseconds, 0.5), percentile(milliseconds, 0.99))


class Steady:
    """Requests at a constant rate from a process of its own, until it is stopped or ``seconds`` are over."""

    def __init__(self, port: int, mix: Mix, *, rate: int, seconds: float = 3600.0) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="typecase-load-")
        arguments = ["--rate", str(rate), "--seconds", str(seconds), "--connections", "64", str(port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.generator", *arguments], cwd=ROOT, text=True,
            env=_write(mix, Path(self.folder.name)), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=_hurry,
        )  # fmt: skip

    def stop(self) -> dict[str, Any]:
        """End it; what it measured, see ``bench.generator``."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.result()

    def result(self) -> dict[str, Any]:
        """Wait until it ends by itself; what it measured."""
        said, complaint = self.process.communicate(timeout=600)
        self.folder.cleanup()
        if self.process.returncode:
            raise Failed(complaint or said)
        measured: dict[str, Any] = json.loads(said)
        return measured


def _hurry() -> None:
    """A generator that waits for its turn would blame the server: it goes first, where that is allowed."""
    with contextlib.suppress(OSError):
        os.nice(-10)


def _write(mix: Mix, folder: Path) -> dict[str, str]:
    """The environment of a load that finds its paths and header blocks in files."""
    paths, blocks = folder / "paths", folder / "blocks"
    paths.write_bytes("\n".join(mix.paths).encode())
    blocks.write_bytes("".join(f"{block}\r\n" for block in mix.blocks).encode("latin-1"))
    return os.environ | {"PATHS": str(paths), "BLOCKS": str(blocks)}


def _with_wrk(port: int, environ: dict[str, str], seconds: int, connections: int) -> Rate:
    script = str(ROOT / "bench" / "mix.lua")
    command = [str(WRK), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script]
    result = subprocess.run([*command, f"http://127.0.0.1:{port}/"], env=environ, text=True, capture_output=True)
    said = result.stdout
    if result.returncode or "Non-2xx" in said or "Socket errors" in said:
        raise Failed(said + result.stderr)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    parts = {name: _milliseconds(value) for name, value in re.findall(r"(50|99)%\s+([\d.]+\w+)", said)}
    assert rate, said
    return Rate(float(rate[1]), parts["50"], parts["99"])


def _milliseconds(value: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", value).groups()  # type: ignore[union-attr]
    return float(number) * _UNITS[unit]


def _with_python(port: int, environ: dict[str, str], seconds: int, connections: int) -> Rate:
    command = [sys.executable, "-m", "bench.generator", "--seconds", str(seconds), "--connections", str(connections)]
    result = subprocess.run([*command, str(port)], cwd=ROOT, env=environ, text=True, capture_output=True)
    if result.returncode:
        raise Failed(result.stdout + result.stderr)
    said = json.loads(result.stdout)
    return Rate(said["per_second"], said["p50"], said["p99"])
