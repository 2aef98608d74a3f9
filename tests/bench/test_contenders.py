"""What ours is compared with does what it is said to do."""

import gzip
import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import __main__ as command
from bench import browsers, load, nginx
from bench.client import Client, Failed
from bench.groups.importing import Editor
from bench.groups.lane import fetch_pages, fill_usual, lane_answers
from bench.machine import NGINX, tree
from bench.report import Report
from bench.run import Run
from bench.stage import Stage, granian, plain_gunicorn, running, warm
from bench.usual import make_app
from tests.conftest import missing
from tests.servers import Server


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A site with nine public articles of 12 KB."""
    stage = Stage(tmp_path_factory.mktemp("bench") / "stage", "sqlite")
    run = Run(Report(), stage.instance, ("sqlite",), (10,), seconds=1, rounds=1, connections=2, pages=9, posts=1)
    assert run.load_pages(stage) == [f"/synthetic-{number}" for number in range(1, 10)]
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def pages(stage: Stage) -> dict[str, tuple[bytes, bytes]]:
    """Its articles as it serves them."""
    with running(stage.server()) as ours:
        warm(ours.port, ["/"])
        return fetch_pages(ours.port, [f"/synthetic-{number}" for number in range(1, 4)])


def logged(stage: Stage, path: str) -> int:
    """How many requests for this page stand in the access log."""
    return sum(file.read_text().count(f"path={path} status=200") for file in stage.instance.glob("log/access-*.log"))


def test_the_article_is_of_the_size_that_the_figures_are_about(pages: dict[str, tuple[bytes, bytes]]) -> None:
    assert all(11_000 < len(plain) < 16_000 for plain, _ in pages.values())


def test_nginx_serves_the_same_bytes_and_logs_each_request(
    pages: dict[str, tuple[bytes, bytes]], tmp_path: Path
) -> None:
    if NGINX is None:
        missing("nginx")
    nginx.write_pages(tmp_path, pages)
    for is_tuned in (False, True):
        server = Server(database_url="", instance_dir=tmp_path)
        with running(server, command=nginx.command(server, tmp_path, tuned=is_tuned)) as target:
            assert len(tree(target.pid)) == 2  # its master and one worker
            client = Client(target.port)
            for path, (plain, compressed) in pages.items():
                assert client.raw(path, Accept_Encoding="gzip") == compressed
                assert client.header("Content-Encoding") == "gzip"
                assert client.raw(path, Accept_Encoding="identity") == plain
            client.close()
        log = (tmp_path / f"access-{target.port}.log").read_text()
        assert log.count("GET /synthetic-") == 2 * len(pages)


@pytest.mark.parametrize("kind", ["gunicorn", "granian"])
def test_the_bare_function_and_flask_answer_with_the_page(
    stage: Stage, pages: dict[str, tuple[bytes, bytes]], tmp_path: Path, kind: str
) -> None:
    plain, compressed = pages["/synthetic-1"]
    body = tmp_path / "page.gz"
    body.write_bytes(compressed)
    for app in ("bench.bare:wsgi", "bench.bare:flask"):
        server = stage.server(BARE_PAGE=str(body))
        command = plain_gunicorn(server, app) if kind == "gunicorn" else granian(server, app)
        with running(server, command=command) as target:
            client = Client(target.port)
            assert client.fetch("/synthetic-1", Accept_Encoding="gzip") == plain
            client.close()


def test_on_granian_ours_counts_and_logs(stage: Stage) -> None:
    server = stage.server()
    with running(server, command=granian(server, "bench.logged:app")) as target:
        first, second = (
            gzip.decompress(fetch_pages(target.port, ["/synthetic-5"])["/synthetic-5"][1]) for _ in range(2)
        )
        assert first != second  # the number in it
    assert logged(stage, "/synthetic-5") == 2


def test_the_usual_way_has_the_same_articles_in_pages_of_the_same_size(
    stage: Stage, pages: dict[str, tuple[bytes, bytes]]
) -> None:
    fill_usual(stage, {path: len(plain) for path, (plain, _) in pages.items()})
    app = make_app(stage.url)
    for path, (plain, _) in pages.items():
        assert len(app.test_client().get(path).data) == pytest.approx(len(plain), rel=0.05)
    app.extensions["usual.engine"].dispose()


@pytest.mark.parametrize("kind", ["wrk", "python"])
def test_the_load_asks_for_the_pages_of_the_mix_and_stops_at_a_refusal(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    if kind == "wrk" and load.WRK is None:
        missing("wrk")
    if kind == "python":
        monkeypatch.setattr(load, "WRK", None)
    before = {page: logged(stage, page) for page in ("/synthetic-6", "/synthetic-7")}
    with running(stage.server()) as target:
        rate = load.hammer(target, load.Mix.of_browsers(["/synthetic-6", "/synthetic-7"]), seconds=1, connections=2)
        with pytest.raises(Failed):
            load.hammer(target, load.Mix.of_one("/no-such-page"), seconds=1, connections=2)
    assert rate.per_second > 0
    assert rate.p99 >= rate.p50 > 0
    for page in before:
        assert logged(stage, page) - before[page] > 1


def test_the_reader_lane_answers_every_browser_of_the_mix(stage: Stage) -> None:
    with running(stage.server(app="bench.watched:app")) as target:
        warm(target.port, ["/synthetic-8"])
        before = lane_answers(target.port)
        connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=20)
        for block in browsers.blocks():
            headers = dict(line.split(": ", 1) for line in block.splitlines())
            connection.request("GET", "/synthetic-8", headers=headers)
            assert connection.getresponse().read()
        connection.close()
        assert lane_answers(target.port) - before == browsers.COUNT


def test_an_editor_saves_a_draft_of_their_own(stage: Stage) -> None:
    with running(stage.server()) as target:
        editor = Editor(stage, target.port, 1)
        editor.start()
        editor.over.wait(0.3)
        editor.stop()
    assert editor.taken
    assert editor.article_id > 10


def test_a_run_prints_one_table_and_keeps_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The group that needs no load, on its own, with an application that tells what the cache holds."""
    command.main(["--only", "memory", "--quick", "--sizes", "40", "--results", str(tmp_path / "results")])
    shown = capsys.readouterr().out
    assert "| **Memory** " in shown
    assert "36 pages" in shown
    assert len(list((tmp_path / "results").glob("*.json"))) == 1


def test_a_group_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        command.main(["--only", "lane,lain"])
    assert refused.value.code == 2
    assert "no such group: lain" in capsys.readouterr().err
