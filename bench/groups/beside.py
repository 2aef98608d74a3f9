"""Readers of kept pages while four connections keep asking for pages that must be rendered."""

from concurrent.futures import ThreadPoolExecutor

from bench import browsers
from bench.load import Mix
from bench.report import bar, compare
from bench.run import Run
from bench.stage import on_one_core, warm

GROUP = "Beside slow pages"
READERS = 8
SLOW = 4
NOT_KEPT = ["/admin/articles", "/", "/admin/articles?sort=title", "/admin/articles?q=lantern"]


def measure(run: Run) -> None:
    for kind in run.kinds:
        with run.stage("beside", kind) as stage:
            paths = run.load_pages(stage)
            readers = Mix.of_browsers(paths)
            (block,) = browsers.blocks(1)
            slow = Mix(NOT_KEPT, [f"{block}Cookie: {stage.cookie}\r\n"])
            with on_one_core(stage.server()) as target, ThreadPoolExecutor(2) as threads:
                warm(target.port, paths)
                warm(target.port, NOT_KEPT, cookie=stage.cookie)
                run.warm_up(target, readers)
                alone = run.hammer(target, readers, connections=READERS)
                pages = threads.submit(run.hammer, target, slow, connections=SLOW)
                both = threads.submit(run.hammer, target, readers, connections=READERS).result()
                on = f"{kind}, 1 core"
                base = run.report.rate(GROUP, f"{READERS} readers, alone", on, alone)
                row = run.report.rate(GROUP, f"{READERS} readers, beside {SLOW} slow connections", on, both)
                compare(row, base)
                bar(row, "p99 < 10 ms", met=both.p99 < 10)
                run.report.rate(GROUP, "the slow pages meanwhile", on, pages.result())
