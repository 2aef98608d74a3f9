"""``python -m bench``: starts servers on temporary installations, on both databases, and prints one table.

Every figure of a run is measured on the same machine within minutes, so that ratios mean something.
"""

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from app.config import ROOT
from bench import machine
from bench.groups import beside, editor, freshness, growth, importing, lane, memory, middleware, pages, questions
from bench.report import Report
from bench.run import Run

GROUPS: dict[str, Callable[[Run], None]] = {
    "lane": lane.measure,
    "middleware": middleware.measure,
    "pages": pages.measure,
    "beside": beside.measure,
    "import": importing.measure,
    "freshness": freshness.measure,
    "growth": growth.measure,
    "memory": memory.measure,
    "statistics": questions.measure,
    "editor": editor.measure,
}
QUICK = {"sizes": "100,1000", "databases": "sqlite", "seconds": 1, "rounds": 1, "pages": 100, "posts": 300}
FULL = {"sizes": "100,10000,100000", "databases": "sqlite,postgresql", "seconds": 4, "rounds": 3, "pages": 1000,
        "posts": 10000}  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    asked = _read(arguments)
    report = Report()
    said = machine.describe()
    print(machine.line(said), flush=True)
    for warning in machine.warnings(said):
        print(f"Warning: {warning}", flush=True)
    try:
        with tempfile.TemporaryDirectory(prefix="typecase-bench-") as folder:
            run = Run(
                report,
                Path(folder),
                kinds=tuple(asked.databases.split(",")),
                sizes=tuple(int(size) for size in asked.sizes.split(",")),
                seconds=asked.seconds,
                rounds=asked.rounds,
                connections=asked.connections,
                pages=asked.pages,
                posts=asked.posts,
            )
            failed = _measure(run, [name for name in GROUPS if name in asked.only.split(",")])
    finally:  # also what was measured before somebody lost patience
        path = report.keep(
            Path(asked.results), said, {name: str(value) for name, value in vars(asked).items() if name != "results"}
        )
        print(f"\n{report.table()}\n\n{report.asked()}\nKept as {path.name} in {path.parent.name}/")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _measure(run: Run, groups: list[str]) -> list[str]:
    """One group after another; the names of those that failed, which take nothing from the others."""
    failed = []
    for name in groups:
        machine.tell(f"group {name}")
        try:
            GROUPS[name](run)
        except Exception as failure:
            traceback.print_exc()
            run.report.note(f"{name}: FAILED, so that figures are missing: {failure}"[:600])
            failed.append(name)
    for stage in run.large.values():
        stage.close()
    return failed


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", default=",".join(GROUPS), help="groups, comma between them (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help=f"small enough for a look: {QUICK}")
    parser.add_argument("--sizes", help="numbers of articles, growing")
    parser.add_argument("--databases", help="sqlite, postgresql or both")
    parser.add_argument("--seconds", type=int, help="of load for each rate")
    parser.add_argument("--rounds", type=int, help="of which the median is taken, where things are compared")
    parser.add_argument("--connections", type=int, default=16, help="of a load (default: %(default)s)")
    parser.add_argument("--pages", type=int, help="articles in the mix")
    parser.add_argument("--posts", type=int, help="to be imported while readers read")
    parser.add_argument("--results", default=ROOT / "bench" / "results", help="the folder that keeps each run as JSON")
    asked = parser.parse_args(arguments)
    for name, value in (QUICK if asked.quick else FULL).items():
        if getattr(asked, name) is None:
            setattr(asked, name, value)
    if unknown := set(asked.only.split(",")) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    return asked


if __name__ == "__main__":
    main()
