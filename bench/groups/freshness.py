"""How long an old page is served after a change: two servers of two workers each on one PostgreSQL."""

import re
import threading
import time
from urllib.parse import urlencode

from sqlalchemy import select

from app.articles.models import Article
from bench.browsers import HOST
from bench.client import Client, Failed
from bench.load import percentile
from bench.report import Row, bar
from bench.run import Run
from bench.stage import TOKEN, Stage, running

GROUP = "Freshness"
READERS = 2
WATCHED = 1.2
"""Seconds for which a page is watched after each change."""
_NUMBER = re.compile(rb"<title>Edition (\d+)")


def measure(run: Run) -> None:
    if "postgresql" not in run.kinds:
        run.report.note("Freshness across two servers needs PostgreSQL: left out")
        return
    with run.stage("freshness", "postgresql") as stage:
        path = stage.load(20)[0]
        one, other = stage.server(workers=2), stage.server(workers=2, instance=stage.instance / "other")
        with running(one) as near, running(other) as far:
            editor = Client(near.port, stage.cookie, host=HOST)
            token = TOKEN.search(editor.get("/admin/articles/new"))
            assert token, "the form has no token"
            _publish(editor, token[1], 0)
            watchers = {
                name: Watcher(target.port, path) for name, target in {"its own": near, "the other": far}.items()
            }
            commits, own = Commits(stage), 0
            for edition in range(1, max(5, run.seconds * 5) + 1):
                _publish(editor, token[1], edition)
                own += _edition(editor.fetch(path)) != edition
                time.sleep(WATCHED)
                for watcher in watchers.values():
                    watcher.close_edition(edition, commits.before(edition))
            for each in (commits, *watchers.values()):
                each.stop()
            editor.close()
    for name, watcher in watchers.items():
        _report(run, name, watcher.staleness)
    row = Row(GROUP, "old pages in the editor's own next request", "postgresql, 2 × 2 workers", value=own, unit="pages")
    bar(row, "none", met=own == 0)
    run.report.add(row)


class Commits:
    """Asks the database itself, all the time, which edition it holds."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.seen: dict[int, float] = {}
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()

    def before(self, edition: int) -> float:
        """When the database was last asked that still held the edition before: its commit came after that."""
        return self.seen[edition - 1]

    def stop(self) -> None:
        self.over.set()
        self.thread.join()

    def _watch(self) -> None:
        while not self.over.is_set():
            asked = time.perf_counter()
            with self.stage.database.reader() as session:
                title = session.scalar(select(Article.title).where(Article.id == 1)) or ""
            if title.startswith("Edition "):
                self.seen[int(title.split()[1])] = asked
            time.sleep(0.001)


class Watcher:
    """Readers of one page on one server: which edition was in each answer, and when it was asked for."""

    def __init__(self, port: int, path: str) -> None:
        self.port, self.path = port, path
        self.seen: list[tuple[float, int]] = []
        self.staleness: list[float] = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._read) for _ in range(READERS)]
        for thread in self.threads:
            thread.start()

    def close_edition(self, edition: int, committed: float) -> None:
        """Note for how long an older edition was served after this one's commit."""
        self.staleness.append(staleness(list(self.seen), edition, committed))
        self.seen.clear()

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _read(self) -> None:
        while not self.over.is_set():
            client = Client(self.port, host=HOST)  # new ones all the time: a connection belongs to one worker
            for _ in range(10):
                asked = time.perf_counter()
                self.seen.append((asked, _edition(client.fetch(self.path))))
                time.sleep(0.005)
            client.close()


def staleness(seen: list[tuple[float, int]], edition: int, committed: float) -> float:
    """Seconds from a commit to the last request that an older edition answered. Raises ``Failed`` if nobody asked."""
    if not any(asked > committed for asked, _ in seen):
        raise Failed(f"nobody asked for edition {edition}")
    return max([0.0, *(asked - committed for asked, found in seen if found < edition)])


def _publish(editor: Client, token: str, edition: int) -> None:
    """Change the article's title and publish it."""
    fields = {"csrf_token": token, "title": f"Edition {edition}", "body": "<p>New words.</p>"}
    editor.post("/admin/articles/1/publish", urlencode(fields))


def _edition(page: bytes) -> int:
    found = _NUMBER.search(page)
    return int(found[1]) if found else -1


def _report(run: Run, name: str, taken: list[float]) -> None:
    on = f"postgresql, 2 × 2 workers, {len(taken)} changes"
    row = Row(GROUP, f"last old page of {name} server after a commit, at most", on, value=max(taken), unit="s")
    bar(row, "≤ 0.5 s", met=max(taken) <= 0.5)
    run.report.add(row)
    half = percentile(taken, 0.5)
    run.report.add(Row(GROUP, f"last old page of {name} server, median", on, value=half, unit="s"))
