"""What a worker needs while somebody reads every page of the site: bounded by PAGE_CACHE_MIB, older pages go."""

import json
import time

from bench.browsers import HOST
from bench.client import Client
from bench.load import rate_of
from bench.machine import memory_mib, tree
from bench.report import Row, bar, compare
from bench.run import Run
from bench.stage import addresses, running

GROUP = "Memory"
SHIPPED_MIB, SMALL_MIB = 64, 2
"""Of the page cache; the small one for runs with so few articles that the other would not fill."""
MANY = 20_000
QUARTERS = 4


def measure(run: Run) -> None:
    """On the first kind of database: what is kept does not depend on it."""
    size, stage = run.sizes[-1], run.grown(run.kinds[0])
    stage.load(size)
    mib = SHIPPED_MIB if size >= MANY else SMALL_MIB
    pages = addresses(size, most=None)
    on = f"{stage.kind}, {len(pages):,} pages, PAGE_CACHE_MIB={mib}"
    server = stage.server(app="bench.watched:app", PAGE_CACHE_MIB=str(mib))
    with running(server) as target:
        (worker,) = server.worker_pids() - {server.folding_pid()}
        client = Client(target.port, host=HOST)
        client.get(pages[0])
        run.report.add(Row(GROUP, "a worker before the crawl (PSS)", on, value=memory_mib([worker]), unit="MiB"))
        rows, times = [], []
        for quarter in range(QUARTERS):
            times += _crawl(client, pages[quarter * len(pages) // QUARTERS : (quarter + 1) * len(pages) // QUARTERS])
            name = f"a worker after {(quarter + 1) * 100 // QUARTERS} % of the crawl (PSS)"
            rows.append(run.report.add(Row(GROUP, name, on, value=memory_mib([worker]), unit="MiB")))
        kept = json.loads(client.get("/bench/kept"))
        client.close()
        run.report.add(Row(GROUP, "all of the server (PSS)", on, value=memory_mib(tree(target.pid)), unit="MiB"))
    cold = rate_of(times, sum(times) / 1000)
    run.report.add(Row(GROUP, "a cold page, rendered, compressed and kept", on, p50=cold.p50, p99=cold.p99))
    _say_kept(run, on, len(pages), mib, kept)
    if kept["pages"] < len(pages) // 2:  # the room was full long before half of the crawl
        compare(rows[-1], rows[QUARTERS // 2 - 1], at_most=1.1)


def _crawl(client: Client, paths: list[str]) -> list[float]:
    """Read these pages, one after another; milliseconds each."""
    times = []
    for path in paths:
        started = time.perf_counter()
        client.raw(path, Accept_Encoding="gzip")
        times.append((time.perf_counter() - started) * 1000)
    return times


def _say_kept(run: Run, on: str, crawled: int, mib: int, kept: dict[str, int]) -> None:
    run.report.add(Row(GROUP, "pages kept after it", on, value=kept["pages"], unit="pages"))
    run.report.add(Row(GROUP, "pages let go", on, value=crawled - kept["pages"], unit="pages"))
    row = Row(GROUP, "room of the kept pages", on, value=kept["bytes"] / 2**20, unit="MiB")
    bar(row, f"≤ {mib} MiB", met=kept["bytes"] <= mib * 2**20)
    run.report.add(row)
