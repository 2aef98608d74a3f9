"""The page cache as plain middleware, on servers as they come, beside a bare WSGI function that answers with the
same bytes and counts nothing. Ours writes journal and log.
"""

from collections.abc import Callable
from contextlib import ExitStack

from bench.groups.lane import fetch_pages
from bench.load import Mix, Target
from bench.report import Row, compare
from bench.run import Run
from bench.stage import Stage, granian, on_one_core, plain_gunicorn, warm
from tests.servers import Server, gunicorn_command

GROUP = "Plain middleware"
BARE, FLASK, OURS = "bare WSGI function", "Flask returning bytes", "our page, counted"
BARS = {"gunicorn gthread": 0.8, "granian": 0.65}
COMMANDS: dict[str, Callable[[Server, str], list[str]]] = {"gunicorn gthread": plain_gunicorn, "granian": granian}


def measure(run: Run) -> None:
    for kind in run.kinds:
        with run.stage("middleware", kind) as stage:
            paths = run.load_pages(stage)
            for server in COMMANDS:
                _on(run, stage, paths, server)


def _on(run: Run, stage: Stage, paths: list[str], kind: str) -> None:
    with ExitStack() as servers:
        ours = servers.enter_context(_ours(stage, kind))
        warm(ours.port, paths)
        body = stage.instance / "bare.gz"
        body.write_bytes(fetch_pages(ours.port, paths[:1])[paths[0]][1])
        targets: dict[str, Target] = {}
        for name, app in {BARE: "bench.bare:wsgi", FLASK: "bench.bare:flask"}.items():
            server = stage.server(BARE_PAGE=str(body))
            targets[name] = servers.enter_context(on_one_core(server, COMMANDS[kind](server, app)))
        mix = Mix.of_browsers(paths)
        rates = run.by_turns({name: (target, mix) for name, target in (targets | {OURS: ours}).items()})
    rows: dict[str, Row] = {}
    for name, rate in rates.items():
        rows[name] = run.report.rate(GROUP, f"{name}, {kind}", f"{stage.kind}, 1 core", rate, base=rows.get(BARE))
    compare(rows[OURS], rows[BARE], at_least=BARS[kind])


def _ours(stage: Stage, kind: str):  # type: ignore[no-untyped-def]
    """Our application with our configuration, but for the lane."""
    server = stage.server()
    if kind == "gunicorn gthread":
        return on_one_core(server, [*gunicorn_command("wsgi:app"), "-k", "app.site.folding_worker.FoldingWorker"])
    return on_one_core(server, COMMANDS[kind](server, "bench.logged:app"))
