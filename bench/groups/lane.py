"""The reader lane beside nginx, which serves the same bytes from files and counts nothing, and beside the usual way
of counting. One core for the server, another for the load; access logs on for both.
"""

import gzip
import json
from contextlib import ExitStack

from sqlalchemy import func, select

from app.articles.models import Article, LiveText
from app.pageviews.models import PageviewTotal
from bench import nginx
from bench.browsers import HOST
from bench.client import Client
from bench.load import Mix, Target
from bench.machine import NGINX
from bench.report import Row, bar, compare
from bench.run import Run
from bench.stage import Stage, on_one_core, plain_gunicorn, running, warm
from bench.usual import Base, UsualArticle, connect
from tests.servers import Server

GROUP = "Reader lane"
MIX, ONE = "mix", "one address"
YARDSTICK, TUNED, OURS = "nginx, static files", "nginx, tuned", "reader lane, counted"
USUAL = "UPDATE per view"


def measure(run: Run) -> None:
    for kind in run.kinds:
        with run.stage("lane", kind) as stage:
            paths = run.load_pages(stage)
            mixes = {MIX: Mix.of_browsers(paths), ONE: Mix.of_one(paths[0])}
            lane = _beside_nginx(run, stage, paths, mixes)
            _beside_usual(run, stage, paths, mixes[MIX], lane)
            _workers(run, stage, paths, mixes[MIX])


def _beside_nginx(run: Run, stage: Stage, paths: list[str], mixes: dict[str, Mix]) -> Row:
    """All of them by turns; the row of the lane's mix."""
    counted = _count_views(stage)
    with ExitStack() as servers:
        ours = servers.enter_context(on_one_core(stage.server(app="bench.watched:app")))
        warm(ours.port, paths)
        targets: dict[str, Target] = {}
        if NGINX:
            folder = stage.instance / "nginx"
            nginx.write_pages(folder, fetch_pages(ours.port, paths))
            for name, is_tuned in {YARDSTICK: False, TUNED: True}.items():
                server = Server(database_url="", instance_dir=folder)
                command = nginx.command(server, folder, tuned=is_tuned)
                targets[name] = servers.enter_context(on_one_core(server, command))
        targets[OURS] = ours
        contenders = {(name, what): (target, mix) for what, mix in mixes.items() for name, target in targets.items()}
        rates = run.by_turns({f"{name}, {what}": each for (name, what), each in contenders.items()})
        in_lane = lane_answers(ours.port)
    on = f"{stage.kind}, 1 core"
    _prove(run, on, in_lane, count_logged(stage), _count_views(stage) - counted)
    rows = {name: run.report.rate(GROUP, name, on, rate) for name, rate in rates.items()}
    for what, at_least in {MIX: 0.45, ONE: 0.6}.items():
        if NGINX:
            compare(rows[f"{OURS}, {what}"], rows[f"{YARDSTICK}, {what}"], at_least=at_least)
            compare(rows[f"{TUNED}, {what}"], rows[f"{YARDSTICK}, {what}"])
    mixed = rows[f"{OURS}, {MIX}"]
    bar(mixed, "p99 < 2 ms", met=(mixed.p99 or 0.0) < 2.0)
    if NGINX:
        for what in mixes:
            again = Row(GROUP, f"{OURS}, {what}", on, per_second=rows[f"{OURS}, {what}"].per_second)
            run.report.add(compare(again, rows[f"{TUNED}, {what}"]))
        _for_its_time(run, on, rows)
    return mixed


def _prove(run: Run, on: str, in_lane: int, logged: int, counted: int) -> None:
    """That the rows are what they are called: answered in the lane, each logged, each counted."""
    row = Row(GROUP, "article pages answered in the lane, of those logged", on, value=100 * in_lane / logged, unit="%")
    bar(row, "≥ 99 %", met=in_lane >= 0.99 * logged)
    run.report.add(row)
    row = Row(GROUP, "views counted, of article pages logged", on, value=100 * counted / logged, unit="%")
    bar(row, "all", met=counted == logged)
    run.report.add(row)


def count_logged(stage: Stage) -> int:
    """How many article pages stand in the access log."""
    total = 0
    for file in stage.instance.glob("log/access-*.log"):
        with file.open("rb") as lines:
            total += sum(b"path=/synthetic-" in line for line in lines)
    return total


def _count_views(stage: Stage) -> int:
    with stage.database.reader() as session:
        return int(session.scalar(select(func.sum(PageviewTotal.counted))) or 0)


def lane_answers(port: int) -> int:
    """How many requests the lane of the one worker at this port has answered so far."""
    client = Client(port, host=HOST)
    answered: int = json.loads(client.get("/bench/lane"))["answered"]
    client.close()
    return answered


def _for_its_time(run: Run, on: str, rows: dict[str, Row]) -> None:
    """Requests for a second of the server's own time: what remains true where the load was the limit."""
    for what in (MIX, ONE):
        base = None
        for name in (YARDSTICK, TUNED, OURS):
            rate = rows[f"{name}, {what}"]
            row = Row(GROUP, f"{name}, {what}", f"{on}, for a second of its own time", unit="requests",
                      value=(rate.per_second or 0.0) / max(rate.busy or 1.0, 0.01))  # fmt: skip
            base = base or row
            run.report.add(row if row is base else compare(row, base))


def fetch_pages(port: int, paths: list[str]) -> dict[str, tuple[bytes, bytes]]:
    """Each page as it is and as it goes over the wire, with the number of views that it has now."""
    client, pages = Client(port, host=HOST), {}
    for path in paths:
        compressed = client.raw(path, Accept_Encoding="gzip")
        pages[path] = (gzip.decompress(compressed), compressed)
    client.close()
    return pages


def _beside_usual(run: Run, stage: Stage, paths: list[str], mix: Mix, lane: Row) -> None:
    server = stage.server(app="bench.usual:app")
    with on_one_core(stage.server()) as ours:
        sizes = {path: len(plain) for path, (plain, _) in fetch_pages(ours.port, paths).items()}
    fill_usual(stage, sizes)
    server.environment["DATABASE_URL"] = stage.url
    with on_one_core(server, plain_gunicorn(server, "bench.usual:app")) as target:
        run.warm_up(target, mix)
        # Writers of SQLite that wait for each other sleep in between: it gets the number of connections it likes best.
        rates = [run.hammer(target, mix, connections=connections) for connections in (run.connections, 4, 1)]
        best = max(rates, key=lambda rate: rate.per_second)
        base = run.report.rate(GROUP, f"{USUAL}, {MIX}", f"{stage.kind}, 1 core", best)
    row = Row(GROUP, f"{OURS}, {MIX}", f"{stage.kind}, 1 core", per_second=lane.per_second)
    run.report.add(compare(row, base, at_least=80))


def fill_usual(stage: Stage, sizes: dict[str, int]) -> None:
    """Give the usual way the same articles, with pages of the same sizes (by address, in bytes)."""
    engine = connect(stage.url)
    Base.metadata.create_all(engine)
    with stage.database.reader() as session:
        wanted = [path.lstrip("/") for path in sizes]
        found = session.execute(select(Article, LiveText).join(LiveText).where(Article.slug.in_(wanted))).all()
        rows = [
            {
                "slug": article.slug, "title": article.title, "excerpt": article.summary, "body": text.rendered,
                "author": article.authors[0].name, "views": 0,
                "tail": f"<!--{'-' * max(0, sizes[f'/{article.slug}'] - len(text.rendered) - 500)}-->",
            }
            for article, text in found
        ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(UsualArticle.__table__.insert(), rows)  # type: ignore[attr-defined]
    engine.dispose()


def _workers(run: Run, stage: Stage, paths: list[str], mix: Mix) -> None:
    """Not pinned: server and load share all cores, as the kernel likes."""
    base = None
    for workers in (1, 2):
        with running(stage.server(workers=workers)) as target:
            warm(target.port, paths, connections=4 * workers)
            run.warm_up(target, mix)
            on = f"{stage.kind}, all cores, {workers} worker{'s' * (workers > 1)}"
            row = run.report.rate(GROUP, f"{OURS}, {MIX}", on, run.hammer(target, mix), base=base)
            base = base or row
