"""A crawl through many more pages than the cache has room for. The same through 100,000 is in the bench."""

import http.client
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.db import Database
from bench import synthetic
from tests.servers import FIREFOX, Server

ARTICLES, SITES, POPULAR = 120, 6, 3
MEBIBYTE = 1024 * 1024


class Crawler:
    """One connection. The names of a machine are as good as so many sites: each has pages of its own."""

    def __init__(self, server: Server) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)

    def get(self, path: str, host: str = "localhost") -> bytes:
        self.connection.request("GET", path, headers={"User-Agent": FIREFOX, "Host": host, "Accept-Encoding": "gzip"})
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status)
        return body

    def cache(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.get("/-cache"))
        return found


def private_bytes(pid: int) -> int:
    """The memory that a process shares with no other."""
    said = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * sum(int(size) for size in re.findall(r"(?m)^Private_\w+: +(\d+) kB", said))


@pytest.mark.any_database
def test_a_crawl_evicts_keeps_what_is_popular_and_never_grows(
    start_server: Callable[..., Server], database_url: str
) -> None:
    database = Database(database_url)
    with database.writer() as session:
        synthetic.load(session, total=ARTICLES)
    database.close()
    server = start_server(app="tests.server.wrapped:app", WEB_CONCURRENCY="1", PAGE_CACHE_MIB="1")
    (worker,) = server.worker_pids() - {server.folding_pid()}
    crawler = Crawler(server)
    paths = [f"/synthetic-{number}" for number in range(1, ARTICLES) if number % 10]
    popular, others = paths[:POPULAR], paths[POPULAR:]
    seen: set[str] = set()
    made: set[tuple[int, ...]] = set()
    memory = []
    for site in range(SITES):
        for number, path in enumerate(others):
            crawler.get(path, host=f"site-{site}.localhost")
            for liked in popular if number % 10 == 0 else ():
                crawler.get(liked)
            if number % 20 == 0:
                cache = crawler.cache()
                assert cache["bytes"] == cache["said"] <= MEBIBYTE
                seen |= cache["pages"].keys()
                made.add(tuple(cache["pages"][f"localhost{liked}"] for liked in popular))
        memory.append(private_bytes(worker))
    assert len(made) == 1, "a popular page was let go and rendered anew"
    assert len(seen) > 5 * len(cache["pages"]), "hardly anything was evicted"
    crawler.connection.close()
    # What is kept for good of each page would be some 20 kB, of all of them 10 MiB.
    assert memory[-1] - memory[0] < 3 * MEBIBYTE, memory
