"""One worker folds for all. Should it die its successor does; without one the workers do it themselves."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from app.config import ROOT
from app.db import Database
from app.pageviews import reading
from app.pageviews.classes import ViewClass
from app.pageviews.counter import APART, Counter
from tests.server.conftest import PAGE
from tests.servers import FIREFOX, Server, wait_for


def folded(database_url: str) -> int:
    database = Database(database_url)
    try:
        with database.reader() as session:
            return reading.list_totals(session, [1])[1]
    finally:
        database.close()


def test_the_one_that_folds_answers_nobody_and_has_a_successor(
    start_server: Callable[..., Server], database_url: str, article_id: int, tmp_path: Path
) -> None:
    server = start_server(WEB_CONCURRENCY="1")
    for _ in range(3):
        server.get(PAGE, User_Agent=FIREFOX)
    wait_for(lambda: folded(database_url) == 3)
    first = server.folding_pid()
    assert first in server.worker_pids() and len(server.worker_pids()) == 2
    journals = list((tmp_path / "instance" / "journal").glob("*.views"))
    assert not any(f"-{first}-" in path.name for path in journals)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: server.folding_pid() != first)
    server.get(PAGE, User_Agent=FIREFOX)
    wait_for(lambda: folded(database_url) == 4)
    assert (tmp_path / "instance" / "journal" / APART).exists()
    server.stop()
    assert not (tmp_path / "instance" / "journal" / APART).exists()


def stops_between_two_foldings(server: Server) -> bool:
    """Stop the one that folds: it holds its post and does nothing. False if it was at it."""
    os.kill(server.folding_pid(), signal.SIGSTOP)
    with (Path(server.environment["INSTANCE_DIR"]) / "journal" / "fold.lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.kill(server.folding_pid(), signal.SIGCONT)
            return False
    return True


def test_without_one_the_workers_fold_themselves(
    start_server: Callable[..., Server], database_url: str, article_id: int
) -> None:
    server = start_server(WEB_CONCURRENCY="1")
    wait_for(lambda: stops_between_two_foldings(server))
    try:
        server.get(PAGE, User_Agent=FIREFOX)
        wait_for(lambda: folded(database_url) == 1)
    finally:
        os.kill(server.folding_pid(), signal.SIGCONT)


def test_a_command_folds_for_all_until_it_is_stopped(database_url: str, article_id: int, tmp_path: Path) -> None:
    """As beside another server than gunicorn."""
    instance = tmp_path / "instance"
    instance.mkdir(exist_ok=True)
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "INSTANCE_DIR": str(instance),
        "SECRET_KEY": "a key for tests only",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "pageviews", "fold", "--keep-on"]
    folder = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        wait_for((instance / "journal" / APART).exists)
        again = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert (again.returncode, "folds for all already" in again.stderr) == (1, True)
        database = Database(database_url)
        counter = Counter(instance / "journal", database, None)  # folds nothing itself
        counter.count(article_id, ViewClass.BROWSER)
        wait_for(lambda: folded(database_url) == 1)
        counter.close()
        database.close()
    finally:
        folder.terminate()
        assert folder.wait(30) == 0
    assert not (instance / "journal" / APART).exists()
