"""Our pages from a single worker on one core: kept, not changed, rendered anew; ratios to a bare function."""

from bench.browsers import HOST
from bench.client import Client
from bench.load import Mix, Target
from bench.report import Row
from bench.run import Run
from bench.stage import Stage, on_one_core, plain_gunicorn, warm

GROUP = "Our pages"
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
LISTS = {"home": "/", "feed": "/feed.xml", "search": "/search?q=lantern"}


def measure(run: Run) -> None:
    base = None
    for kind in run.kinds:
        with run.stage("pages", kind) as stage:
            paths = run.load_pages(stage)
            base = base or _bare(run, stage)
            with on_one_core(stage.server()) as target:
                warm(target.port, paths)
                lists = {name: path for name, path in LISTS.items() if _has(target, path)}
                for name in LISTS.keys() - lists.keys():
                    run.report.note(f"{name}: left out, there is no such page yet")
                mixes = _kept(target, paths, lists) | {
                    "article, signed in": Mix.of_one(paths[0], Cookie=stage.cookie),
                    "home, signed in": Mix.of_one("/", Cookie=stage.cookie),
                }
                _add(run, stage, target, mixes, base)
            with on_one_core(stage.server(PAGE_CACHE_MIB="0")) as target:
                cold = {f"{name}, cold": Mix.of_one(path) for name, path in lists.items() if name != "search"}
                _add(run, stage, target, {"article, counted, cold": Mix.of_browsers(paths)} | cold, base)


def _add(run: Run, stage: Stage, target: Target, mixes: dict[str, Mix], base: Row) -> None:
    for name, rate in run.by_turns({name: (target, mix) for name, mix in mixes.items()}, rounds=1).items():
        run.report.rate(GROUP, name, f"{stage.kind}, 1 core", rate, base=base)


def _bare(run: Run, stage: Stage) -> Row:
    server = stage.server()
    with on_one_core(server, plain_gunicorn(server, "bench.bare:wsgi")) as target:
        return run.report.rate(
            GROUP, "bare WSGI function, gunicorn gthread", "1 core", run.hammer(target, Mix.of_one("/"))
        )


def _has(target: Target, path: str) -> bool:
    client = Client(target.port, host=HOST)
    client.connection.request("GET", path, headers=client.headers)
    answer = client.connection.getresponse()
    answer.read()
    client.close()
    return answer.status == 200


def _kept(target: Target, paths: list[str], lists: dict[str, str]) -> dict[str, Mix]:
    return {
        "article, counted, not compressed": Mix.of_browsers(paths, gzip=False),
        "article, counted": Mix.of_browsers(paths),
        "home, 304": _unchanged(target, "/"),
        "article, 304 to a crawler": _unchanged(target, paths[0], User_Agent=CRAWLER),
        **{name: Mix.of_one(path) for name, path in lists.items()},
    }


def _unchanged(target: Target, path: str, **headers: str) -> Mix:
    """Asking for a page that one has already. Raises ``Failed`` if it is sent again all the same."""
    client = Client(target.port, host=HOST)
    client.raw(path, Accept_Encoding="gzip", **headers)
    etag = client.header("ETag")
    client.raw(path, status=304, Accept_Encoding="gzip", If_None_Match=etag, **headers)
    client.close()
    return Mix.of_one(path, If_None_Match=etag, **headers)
