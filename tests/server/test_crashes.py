"""Counting by real processes that die: nothing answered is lost, nothing is counted twice.

What dies: workers at random, the process that is folding at any of its steps, the whole server.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from app.db import Database
from app.pageviews import journal, reading
from tests.server.conftest import PAGE, views_in
from tests.server.load import Load
from tests.servers import Server, wait_for

WORKERS = 4
PROCESSES = WORKERS + 1
"""One of them folds."""
FOLDINGS = 12
TURNING_POINTS = {"commit", "committed", "unlink", "unlinked"}
KILLS = [*["worker"] * 14, *["folding"] * FOLDINGS, *["server"] * 3]


class Killer:
    """Kills, by an order that is written down in a seed, and sees to it that all are back."""

    def __init__(self, server: Server, instance_dir: Path) -> None:
        self.server, self.instance_dir = server, instance_dir
        self.chance = random.Random(3)
        self.deaths: list[str] = []

    def kill(self, whom: str) -> None:
        if whom == "server":
            self.kill_server()
            self.server.start()
        elif whom == "worker":
            self.kill_worker()
        else:
            self.kill_folding()
        wait_for(lambda: len(self.server.worker_pids()) == PROCESSES, lambda: "workers are missing")

    def kill_worker(self, *, has_counted: bool = False) -> None:
        workers = self.server.worker_pids()
        if has_counted:
            names = journal.list_files(self.instance_dir / "journal")
            workers = {pid for pid in workers if any(f"-{pid}-" in name for name in names)} or workers
        os.kill(self.chance.choice(sorted(workers)), signal.SIGKILL)
        self.deaths.append("worker")

    def kill_folding(self) -> None:
        """The process that folds, at a step where none has died yet if there is one.

        A worker that has counted dies as well, so that there is a finished journal to remove.
        """
        steps, died = (set(self.read(name)) for name in ("steps", "deaths"))
        order = self.instance_dir / "die.new"
        order.write_text(self.chance.choice(sorted((steps & TURNING_POINTS) - died or steps - died or steps)))
        order.rename(self.instance_dir / "die")
        self.kill_worker(has_counted=True)
        wait_for(lambda: not (self.instance_dir / "die").exists(), lambda: "no folding came to the step")
        self.deaths.append("folding")

    def read(self, name: str) -> list[str]:
        """What the foldings have noted."""
        return (self.instance_dir / name).read_text().split("\n")[:-1] if (self.instance_dir / name).exists() else []

    def kill_server(self) -> None:
        """Master and workers, at once: a master that is stopped makes no new ones in between."""
        assert self.server.process is not None
        self.server.process.send_signal(signal.SIGSTOP)
        workers = self.server.worker_pids()
        self.server.process.kill()
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        self.server.process.wait()
        self.deaths += ["server", *["worker"] * len(workers)]


def folded(database: Database) -> int:
    with database.reader() as session:
        return reading.list_totals(session, [1])[1]


def test_killed_workers_foldings_and_servers_lose_nothing_and_double_nothing(
    start_server: Callable[..., Server], database_url: str, article_id: int, tmp_path: Path
) -> None:
    instance_dir = tmp_path / "instance"
    server = start_server(app="tests.server.mortal:app", WEB_CONCURRENCY=str(WORKERS))
    killer = Killer(server, instance_dir)
    order = killer.chance.sample(KILLS, len(KILLS))
    wait_for(lambda: len(server.worker_pids()) == PROCESSES)
    with Load(server, clients=6) as load:
        wait_for(lambda: bool(killer.read("steps")))
        for whom in order:
            before = sum(load.answered)
            wait_for(lambda at=before: sum(load.answered) > at + 50, lambda: str(load.wrong[:5]))  # type: ignore[misc]
            time.sleep(killer.chance.uniform(0.0, 0.2))
            killer.kill(whom)
    answered, cut_off = sum(load.answered), sum(load.cut_off)
    assert load.wrong == []
    assert len(killer.deaths) >= 30
    died = killer.read("deaths")
    assert len(died) == FOLDINGS and set(died) >= TURNING_POINTS
    shown = views_in(server.get(PAGE, User_Agent="curl/8")[1])
    assert answered <= shown <= answered + cut_off, (answered, cut_off)
    assert 0 < cut_off < answered / 10
    check_the_rest_is_right(server, database_url, instance_dir, shown)


def check_the_rest_is_right(server: Server, database_url: str, instance_dir: Path, shown: int) -> None:
    """What was shown is what gets folded, by the hour too, and the journals of the dead are gone in the end."""
    database = Database(database_url)
    try:
        wait_for(lambda: folded(database) == shown, lambda: f"{folded(database)} instead of {shown}")
        wait_for(lambda: len(journal.list_files(instance_dir / "journal")) <= WORKERS)
        assert views_in(server.get(PAGE, User_Agent="curl/8")[1]) == shown
        server.stop()
        assert journal.list_files(instance_dir / "journal") == []
        with database.reader() as session:
            assert reading.list_totals(session, [1]) == {1: shown}
            assert reading.list_classes(session, 1) == {"browser": shown, "bot": 2}
    finally:
        database.close()
