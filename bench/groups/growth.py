"""What a site costs as it grows: the same questions at each number of articles, with ratios to the smallest."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from app.config import ROOT
from bench import load, posts, synthetic
from bench.client import Client, Failed
from bench.load import Mix, Rate, Target
from bench.machine import memory_mib, tell, tree
from bench.report import Row, bar, compare
from bench.run import Run
from bench.stage import SECRET_KEY, TOKEN, Stage, on_one_core, running, warm

GROUP = "Growth"
FLAT = 1.1
KEPT = ("article, kept", "home, kept")
BARS = {
    "article, not kept": (5, True),
    "home, first page": (5, True),
    "home, last page": (10, True),
    "tag": (20, True),
    "feed": (20, True),
    "sitemap": (100, False),
    "admin list, search": (100, False),
    "admin list": (50, True),
    "save a draft": (30, True),
    "publish": (30, True),
}
"""What is asked for at the largest size, by how a name begins: median milliseconds, and whether it may not grow."""
LISTS = {
    "first page": "",
    "last page": "?before=",
    "by title": "?sort=title",
    "by views": "?sort=views",
    "drafts": "?status=draft",
    "scheduled": "?status=scheduled",
    "withdrawn": "?status=withdrawn",
    "published, by title": "?status=published&sort=title",
    "of an author": "?author=1001",
    "search, a rare word": f"?q={synthetic.RARE}",
    "search, a common word": "?q=lantern",
    "search, no hit": "?q=nosuchwordanywhere",
}


class Found:
    """The rows by what they measure, so that the sizes of one thing can stand below each other."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {}
        self.on = ""

    def rate(self, name: str, rate: Rate) -> None:
        self.add(Row(GROUP, name, self.on, per_second=rate.per_second, p50=rate.p50, p99=rate.p99))

    def time(self, name: str, ask: Callable[[int], object], *, times: int) -> None:
        """As one person waits who asks for one thing after another."""
        rate = load.measure(ask, times=times)
        self.add(Row(GROUP, name, self.on, p50=rate.p50, p99=rate.p99))

    def add(self, row: Row) -> None:
        tell(f"{row.on}: {row.name}")
        self.rows.setdefault(row.name, []).append(row)


def measure(run: Run) -> None:
    for kind in run.kinds:
        stage, found = run.grown(kind), Found()
        for size in run.sizes:
            articles = stage.load(size)
            found.on = f"{kind}, {size:,} articles"
            _kept(run, stage, articles, found)
            with running(stage.server(PAGE_CACHE_MIB="0")) as target:
                _readers(target, articles, size, found)
                _staff(target, stage.cookie, size, found)
                found.add(_memory(found.on, target))
        _import(stage, found)
        _report(run, found.rows)


def _report(run: Run, found: dict[str, list[Row]]) -> None:
    """The sizes of one thing below each other; what is asked for concerns the largest."""
    for rows in found.values():
        for row in rows:
            if row is not rows[0]:
                compare(row, rows[0])
                row.of = rows[0].on.partition(", ")[2]
        _judge(rows[-1], has_grown=len(rows) > 1)
        for row in rows:
            run.report.add(row)


def _judge(row: Row, *, has_grown: bool) -> None:
    if row.name in KEPT and has_grown:
        bar(row, f"≥ {1 / FLAT:.2f} ×", met=(row.ratio or 0) >= 1 / FLAT)
    for start, (most, is_flat) in BARS.items():
        if row.name.startswith(start) and row.p50 is not None:
            bar(row, f"p50 < {most} ms", met=row.p50 < most)
            if is_flat and has_grown:
                # Where all is quick, a tenth more is noise: up to half a millisecond is no growth.
                is_same = (row.ratio or 0) <= FLAT or row.p50 - row.p50 / (row.ratio or 1) < 0.5
                bar(row, f"≤ {FLAT} ×", met=is_same)
            return


def _kept(run: Run, stage: Stage, articles: list[str], found: Found) -> None:
    """The same number of pages at each size: else the mix alone would make a difference."""
    some = articles[:: max(1, len(articles) // 90)][:90]
    with on_one_core(stage.server()) as target:
        warm(target.port, [*some, "/"])
        mixes = {"article, kept": Mix.of_browsers(some), "home, kept": Mix.of_one("/")}
        for name, rate in run.by_turns({name: (target, mix) for name, mix in mixes.items()}).items():
            found.rate(name, rate)


def _readers(target: Target, articles: list[str], size: int, found: Found) -> None:
    client, last = Client(target.port), max(1, size * 9 // 100)
    pages: dict[str, Callable[[int], str]] = {
        "article, not kept": lambda number: articles[number % len(articles)],
        "home, first page, not kept": lambda _: "/",
        "home, last page": lambda _: f"/?page={last}",
        "tag": lambda _: "/tag/synthetic-tag-1",
        "archive": lambda _: "/archive/",
        "feed": lambda _: "/feed.xml",
        "sitemap index": lambda _: "/sitemap.xml",
    }
    for name, path in pages.items():
        found.time(name, partial(_get, client, path), times=60)
    client.close()


def _get(client: Client, path: Callable[[int], str], number: int) -> None:
    client.raw(path(number))


def _staff(target: Target, cookie: str, size: int, found: Found) -> None:
    client = Client(target.port, cookie)
    for name, query in LISTS.items():
        found.time(f"admin list, {name}", partial(_get, client, partial(_same, f"/admin/articles{query}")), times=15)
    token = TOKEN.search(client.get("/admin/articles/new"))
    assert token, "the form has no token"
    found.time("save a draft", lambda each: save(client, token[1], each + 1, f"Saved {size} {each}"), times=30)
    found.time("publish", lambda each: _publish(client, token[1], each + 1), times=20)
    client.close()


def _same(path: str, _number: int) -> str:
    return path


def save(client: Client, token: str, article_id: int, title: str) -> None:
    """Save a working copy, as the form does."""
    body = f"<p>{' '.join(synthetic.WORDS)} {title}</p>" * 3
    client.post(f"/admin/articles/{article_id}", urlencode({"csrf_token": token, "body": body, "title": title}))


def _publish(client: Client, token: str, article_id: int) -> None:
    client.post(f"/admin/articles/{article_id}/publish", urlencode({"csrf_token": token}))


def _memory(on: str, target: Target) -> Row:
    """After all of this; master and worker together."""
    row = Row(GROUP, "memory of the server (PSS)", on, value=memory_mib(tree(target.pid)), unit="MiB")
    bar(row, "< 300 MiB", met=(row.value or 0) < 300)
    return row


def _import(stage: Stage, found: Found, number: int = 300) -> None:
    folder = posts.write(stage.instance / "posts", number)
    environ = os.environ | {"DATABASE_URL": stage.url, "INSTANCE_DIR": str(stage.instance), "SECRET_KEY": SECRET_KEY}
    started = time.perf_counter()
    result = subprocess.run(import_command(folder), cwd=ROOT, env=environ, text=True, capture_output=True)
    if result.returncode:
        raise Failed(result.stderr)
    row = Row(
        GROUP, f"import of {number} posts", found.on, value=number / (time.perf_counter() - started), unit="posts/s"
    )
    bar(row, "≥ 100", met=(row.value or 0) >= 100)
    found.add(row)


def import_command(folder: Path) -> list[str]:
    """The importer, as an operator calls it."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", "articles", "import", str(folder)]
