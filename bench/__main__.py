"""``python -m bench``: starts gunicorn on temporary instances, on both databases, and prints one table.

Every figure of a run is measured on the same machine within minutes, so that ratios mean something.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from app import create_app, migrating
from app.accounts.joining import add_person
from app.accounts.signing_in import open_session
from app.config import ROOT, Config
from app.db import Database
from bench import load, synthetic
from bench.load import Client, Rate
from tests.postgres import find_postgres, new_database
from tests.servers import Server

SECRET_KEY = "a key for benchmarks only"
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
POST = "---\ntitle: {title}\ndate: 2024-03-01\ntags: [paper, ink]\nauthor: Jane Roe\n---\n{body}\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--sizes", default="100,10000,100000", help="numbers of articles, growing (default: %(default)s)"
    )
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument(
        "--seconds", type=int, default=4, help="of load for each figure a second (default: %(default)s)"
    )
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.sizes.split(",")]
    table = Table()
    print(_machine())
    if load.WRK is None:
        print("wrk is not installed: the load comes from Python threads, which are slower than the server may be.")
    with tempfile.TemporaryDirectory(prefix="typecase-bench-") as folder:
        _bare(table, Path(folder), asked.seconds)
        for kind in asked.databases.split(","):
            _site(table, Path(folder), kind, sizes, asked.seconds)
    print(table)


class Table:
    """Rows by name, columns by name, in the order in which they first appear."""

    def __init__(self) -> None:
        self.cells: dict[str, dict[str, str]] = {}
        self.columns: list[str] = []
        self.bare: float | None = None

    def rate(self, row: str, column: str, rate: Rate) -> None:
        """Requests a second of one worker process, and the ratio to the bare WSGI function of the same run."""
        self.bare = self.bare or rate.per_second
        share = f"{rate.per_second / self.bare:.2f}"
        self._set(f"{row} (req/s, × bare)", column, f"{rate.per_second:,.0f} {share}")

    def time(self, row: str, column: str, rate: Rate) -> None:
        self._set(f"{row} (ms, p50 / p99)", column, f"{rate.p50:.1f} / {rate.p99:.1f}")

    def _set(self, row: str, column: str, cell: str) -> None:
        if column not in self.columns:
            self.columns.append(column)
        self.cells.setdefault(row, {})[column] = cell
        print(f"  {column}: {row}: {cell}", file=sys.stderr, flush=True)

    def number(self, row: str, column: str, value: float) -> None:
        self._set(row, column, f"{value:,.0f}")

    def __str__(self) -> str:
        lines = [["", *self.columns]]
        lines += [[row, *(cells.get(column, "") for column in self.columns)] for row, cells in self.cells.items()]
        widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
        shown = [
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
            for line in lines
        ]
        rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
        return "\n".join([shown[0], rule, *shown[1:]])


def _machine() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True, capture_output=True
    ).stdout.strip()
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, commit {commit or 'unknown'}, one worker process"
    )


def _bare(table: Table, folder: Path, seconds: int) -> None:
    """A bare WSGI function and a bare Flask, on gunicorn as the site has it."""
    for row, app in {"bare WSGI function": "bench.bare:wsgi", "Flask returning bytes": "bench.bare:flask"}.items():
        instance = folder / app.rpartition(":")[2]
        instance.mkdir()
        server = Server(database_url="", instance_dir=instance, WEB_CONCURRENCY="1")
        # The settings of gunicorn.conf.py, which gunicorn would find by itself, without what is ours in it.
        settings = instance / "gunicorn.conf.py"
        settings.write_text(
            f"bind = '127.0.0.1:{server.port}'\nworkers = 1\nworker_class = 'gthread'\nthreads = 8\n"
            "control_socket_disable = True\nloglevel = 'warning'\n"
        )
        server.start_command([sys.executable, "-m", "gunicorn", "--config", str(settings), app])
        table.rate(row, "any", load.hammer(server.port, ["/"], seconds=seconds))
        server.stop()


def _site(table: Table, folder: Path, kind: str, sizes: list[int], seconds: int) -> None:
    instance = folder / kind
    instance.mkdir()
    url = f"sqlite:///{instance}/typecase.db" if kind == "sqlite" else new_database(find_postgres())
    database = Database(url)
    migrating.upgrade(database)
    with database.writer() as session:
        editor = add_person(session, name="Bench", email="bench@example.org", role="admin")
        token = open_session(session, editor)
        session.commit()
    config = Config(database_url=url, secret_key=SECRET_KEY, instance_dir=instance, fold_seconds=None)
    cookie = _cookie(config, token)
    for size in sizes:
        column = f"{kind} {size:,}"
        print(f"  {column}: loading", file=sys.stderr, flush=True)
        with database.writer() as session:
            synthetic.load(session, total=size)
        serve = partial(Server, database_url=url, instance_dir=instance, WEB_CONCURRENCY="1", SECRET_KEY=SECRET_KEY)
        with running(serve(PAGE_CACHE_MIB="0")) as port:
            _readers(table, column, port, size, seconds)
            _staff(table, column, port, cookie, size)
        for row, lane in {"article, counted, kept": "0", "article, counted, kept, in the reader lane": "1"}.items():
            with running(serve(READER_LANE=lane)) as port:
                load.hammer(port, _articles(size), seconds=1)  # so that the pages are kept
                table.rate(row, column, load.hammer(port, _articles(size), seconds=seconds))
    _import(table, f"{kind} {sizes[-1]:,}", folder / f"{kind}-posts", url, instance)
    database.close()


@contextmanager
def running(server: Server) -> Iterator[int]:
    """A server for as long as it is needed; its port."""
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def _articles(size: int) -> list[str]:
    """The addresses of up to 1,000 public articles."""
    return [f"/synthetic-{number}" for number in range(1, size + 1) if number % 10][:: max(1, size // 1000)]


def _cookie(config: Config, token: str) -> str:
    """The cookie of a browser in which this session is signed in."""
    app = create_app(config)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"session={serializer.dumps({'_user_id': token, '_fresh': True})}"


def _readers(table: Table, column: str, port: int, size: int, seconds: int) -> None:
    articles = _articles(size)
    table.rate("article, counted, not kept", column, load.hammer(port, articles, seconds=seconds))
    table.rate("home", column, load.hammer(port, ["/"], seconds=seconds))
    table.rate("feed", column, load.hammer(port, ["/feed.xml"], seconds=seconds))
    client, last = Client(port), max(1, size * 9 // 100)
    pages = {
        "article": lambda number: articles[number % len(articles)],
        "home, first page": "/",
        "home, last page": f"/?page={last}",
        "tag": "/tag/synthetic-tag-1",
        "archive": "/archive/",
        "feed": "/feed.xml",
        "sitemap index": "/sitemap.xml",
    }
    for row, path in pages.items():
        table.time(row, column, load.measure(lambda number, path=path: _get(client, path, number), times=40))
    client.close()


def _get(client: Client, path: str | Callable[[int], str], number: int) -> None:
    client.get(path if isinstance(path, str) else path(number))


def _staff(table: Table, column: str, port: int, cookie: str, size: int) -> None:
    client = Client(port, cookie)
    lists = {
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
    for row, query in lists.items():
        rate = load.measure(lambda _, query=query: _get(client, f"/admin/articles{query}", 0), times=15)
        table.time(f"admin list, {row}", column, rate)
    token = TOKEN.search(client.get("/admin/articles/new"))
    assert token, "the form has no token"
    table.time("save a draft", column, load.measure(lambda number: _save(client, token[1], number, size), times=30))
    table.time("publish", column, load.measure(lambda number: _publish(client, token[1], number), times=20))
    client.close()


def _save(client: Client, token: str, number: int, size: int) -> None:
    body = f"<p>{' '.join(synthetic.WORDS)} {number}</p>" * 3
    fields = {"csrf_token": token, "body": body, "title": f"Saved {size} {number}"}
    client.post(f"/admin/articles/{number + 1}", urlencode(fields), status=303)


def _publish(client: Client, token: str, number: int) -> None:
    client.post(f"/admin/articles/{number + 1}/publish", urlencode({"csrf_token": token}), status=303)


def _import(table: Table, column: str, folder: Path, url: str, instance: Path, posts: int = 300) -> None:
    folder.mkdir()
    for number in range(posts):
        body = "\n\n".join(f"## Section {part}\n\n{' '.join(synthetic.WORDS)} {number}" for part in range(3))
        (folder / f"post-{number}.md").write_text(POST.format(title=f"Imported {number}", body=body))
    environ = os.environ | {"DATABASE_URL": url, "INSTANCE_DIR": str(instance), "SECRET_KEY": SECRET_KEY}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "articles", "import", str(folder)]
    started = time.perf_counter()
    result = subprocess.run(command, cwd=ROOT, env=environ, text=True, capture_output=True)
    if result.returncode:
        raise load.Failed(result.stderr)
    table.number("import (posts/s)", column, posts / (time.perf_counter() - started))


if __name__ == "__main__":
    main()
