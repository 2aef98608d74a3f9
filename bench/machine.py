"""The machine: what it is, whether it is quiet, which core does what, and what processes cost."""

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.config import ROOT

WRK = shutil.which("wrk")
NGINX = shutil.which("nginx") or next((path for path in ["/usr/sbin/nginx"] if Path(path).is_file()), None)
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
SERVER_CORE, CLIENT_CORE = {CORES[0]}, {CORES[-1]}
"""For the rows of one core: the server has one to itself, and the load comes from another."""
TICKS = os.sysconf("SC_CLK_TCK")
_PARTS = ("gunicorn", "granian", "Flask", "SQLAlchemy")


def describe() -> dict[str, Any]:
    """What a reader of the figures has to know of where they come from."""
    said = {
        "commit": _said(["git", "rev-parse", "--short", "HEAD"], r"(\w+)")
        + ("+" if _said(["git", "status", "--porcelain", "--untracked-files=no"], r"(.)") else ""),
        "cores": len(CORES),
        "model": _model(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "kernel": platform.release(),
        "load": round(os.getloadavg()[0], 2),
        "Python": platform.python_version(),
        **{name: version(name) for name in _PARTS},
        "nginx": _said([NGINX, "-v"], r"nginx/([\d.]+)") if NGINX else "",
        "wrk": _said([WRK, "-v"], r"wrk (\S+)") if WRK else "",
    }
    return {name: value for name, value in said.items() if value != ""}


def line(said: dict[str, Any]) -> str:
    """The description in one line."""
    own = ("commit", "cores", "model", "memory_mib", "kernel", "load")
    versions = ", ".join(f"{name} {value}" for name, value in said.items() if name not in own)
    return (
        f"commit {said.get('commit', 'unknown')}; {said['cores']} cores, {said.get('model', 'unknown model')},"
        f" {said['memory_mib']:,} MiB, Linux {said['kernel']}, load average {said['load']} at the start; {versions}"
    )


def warnings(said: dict[str, Any]) -> list[str]:
    """What makes the figures less than they seem, and what is missing and how to get it."""
    found = []
    if said["load"] > 0.3:
        found.append(f"This machine is NOT QUIET (load average {said['load']}): the figures are too low, and uneven.")
    if len(CORES) == 1:
        found.append("There is one core only: server and load share it, so that all figures are too low.")
    missing = [name for name, path in {"wrk": WRK, "nginx-light": NGINX}.items() if path is None]
    if missing:
        found.append(f"Not everything is here; on Debian and Ubuntu: apt-get install {' '.join(missing)}")
    if WRK is None:
        found.append("Without wrk the load comes from Python, which is slower than the server: no rate is its limit.")
    if NGINX is None:
        found.append("Without nginx there is nothing to compare the reader lane with: its ratios are left out.")
    return found


@contextmanager
def pinned(cores: set[int] | None) -> Iterator[None]:
    """What is started within runs on these cores, with all that it starts itself; None changes nothing."""
    if cores is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def tree(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            text = children.read_text()
        except OSError:  # the thread has just ended
            continue
        for child in text.split():
            found += tree(int(child))
    return found


def processor_seconds(pid: int) -> float:
    """What a process and its descendants have used so far, in the kernel and outside."""
    ticks = 0
    for each in tree(pid):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def memory_mib(pids: list[int]) -> float:
    """Proportional set size: each shared page is divided among those who share it."""
    kib = 0
    for pid in pids:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        kib += int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)[1])  # type: ignore[index]
    return kib / 1024


def tell(text: str) -> None:
    """How far the run has come: on stderr, so that the report on stdout stays whole."""
    print(f"  {text}", file=sys.stderr, flush=True)


def _model() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.machine()


def _said(command: list[str | None], pattern: str) -> str:
    """What a command says of itself, wherever it says it."""
    try:
        result = subprocess.run(
            [word for word in command if word is not None], cwd=ROOT, text=True, capture_output=True, timeout=10
        )
    except OSError:
        return ""
    found = re.search(pattern, result.stdout + result.stderr)
    return found[1] if found else ""
