"""A thousand requests a second of readers, whatever else goes on: on a quiet site, then during import and autosaves."""

import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from app.config import ROOT
from bench import posts
from bench.client import Client
from bench.groups.growth import import_command, save
from bench.load import Mix, Steady, percentile
from bench.report import Row, bar
from bench.run import Run
from bench.stage import SECRET_KEY, TOKEN, Stage, running, warm

GROUP = "At 1,000 requests a second"
RATE = 1000
EDITORS = 10
MOST = 300.0
"""Seconds that are waited for an import; then it is stopped, and the note says how far it came."""


def measure(run: Run) -> None:
    folder = posts.write(run.folder / "posts", run.posts)
    for kind in run.kinds:
        with run.stage("importing", kind) as stage:
            paths = run.load_pages(stage)
            with running(stage.server(workers=2)) as target:
                mix = Mix.of_browsers(paths)
                warm(target.port, paths)
                run.warm_up(target, mix)
                quiet = Steady(target.port, mix, rate=RATE, seconds=max(5, run.seconds * 5)).result()
                editors = [Editor(stage, target.port, number) for number in range(EDITORS)]
                readers = Steady(target.port, mix, rate=RATE)
                try:
                    imported, saves = _disturb(run, stage, editors, folder)
                finally:
                    busy = readers.stop()
            _report(run, kind, quiet, busy, imported, saves)


def _disturb(run: Run, stage: Stage, editors: list["Editor"], folder: Path) -> tuple[float, list[float]]:
    """An import and ten editors who save each second; posts a second, and how long each save took (ms)."""
    for editor in editors:
        editor.start()
    environ = os.environ | {"DATABASE_URL": stage.url, "INSTANCE_DIR": str(stage.instance), "SECRET_KEY": SECRET_KEY}
    began = time.perf_counter()
    process = subprocess.Popen(
        import_command(folder), cwd=ROOT, env=environ, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        process.wait(MOST)
    except subprocess.TimeoutExpired:
        process.kill()
        run.report.note(f"{stage.kind}: the import was stopped after {MOST:.0f} seconds")
    taken = time.perf_counter() - began
    assert process.stderr is not None
    if complaint := process.stderr.read():
        run.report.note(f"{stage.kind}: the import said: {complaint.strip()[-300:]}")
    process.stderr.close()
    for editor in editors:
        editor.stop()
    return run.posts / taken if process.returncode == 0 else 0.0, [each for editor in editors for each in editor.taken]


class Editor(threading.Thread):
    """Somebody who writes: the working copy of a draft of their own is saved each second."""

    def __init__(self, stage: Stage, port: int, number: int) -> None:
        super().__init__()
        self.client = Client(port, stage.sign_in(f"editor{number}@example.org"))
        self.taken: list[float] = []
        self.failure: Exception | None = None
        self.over = threading.Event()
        token = TOKEN.search(self.client.get("/admin/articles/new"))
        assert token, "the form has no token"
        self.token = token[1]
        self.client.post("/admin/articles", f"csrf_token={self.token}&title=Draft+{number}&body=")
        self.article_id = int(self.client.header("Location").partition("?")[0].rpartition("/")[2])

    def run(self) -> None:
        number = 0
        try:
            while not self.over.is_set():
                started = time.perf_counter()
                save(self.client, self.token, self.article_id, f"Draft {number}")
                self.taken.append((time.perf_counter() - started) * 1000)
                number += 1
                self.over.wait(max(0.0, 1.0 - (time.perf_counter() - started)))
        except Exception as failure:
            self.failure = failure

    def stop(self) -> None:
        """Raises what went wrong."""
        self.over.set()
        self.join()
        self.client.close()
        if self.failure is not None:
            raise self.failure


def _report(
    run: Run, kind: str, quiet: dict[str, Any], busy: dict[str, Any], imported: float, saves: list[float]
) -> None:
    on = f"{kind}, all cores, 2 workers"
    rows = []
    for name, said in {"readers, quiet site": quiet, "readers, import and autosaves": busy}.items():
        rows.append(Row(GROUP, name, on, per_second=said["per_second"], p50=said["p50"], p99=said["p99"]))
    rows[1].ratio, rows[1].of = busy["p99"] / quiet["p99"], "the quiet site's p99"
    allowed = max(3 * quiet["p99"], 10.0)
    bar(rows[1], f"p99 ≤ {allowed:.1f} ms", met=busy["p99"] <= allowed)
    for row in rows:
        run.report.add(row)
    for name, said in {"quiet site": quiet, "import and autosaves": busy}.items():
        run.report.add(Row(GROUP, f"99.9th percentile, {name}", on, value=said["p999"], unit="ms"))
        run.report.add(
            Row(GROUP, f"of it the generator's own delay (p99), {name}", on, value=said["lag_p99"], unit="ms")
        )
    if saves:
        p50, p99 = percentile(saves, 0.5), percentile(saves, 0.99)
        run.report.add(Row(GROUP, f"{EDITORS} editors' saves meanwhile", on, p50=p50, p99=p99))
    run.report.add(Row(GROUP, f"import of {run.posts:,} posts meanwhile", on, value=imported, unit="posts/s"))
