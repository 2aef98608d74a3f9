"""A program for test_deaths: folds in processes that die at a given point, as many as it is asked for.

``python -m tests.pageviews.dying URL``; each line it reads is a folder and the point to die at (-1: none).
For each it prints the points that were passed, as JSON. Points are all steps that the folding tells of, and
independently of these: before and after every statement, before every commit, and before every change of a folder.
"""

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import event

from app.db import Database
from app.pageviews import folding

FILES = {"os.remove", "os.rename"}


def main() -> None:
    url = sys.argv[1]
    folding.CHUNK = 600
    for line in sys.stdin:
        folder, _, point = line.strip().rpartition(" ")
        passed, dying = os.pipe()
        child = os.fork()
        if child == 0:
            fold(url, Path(folder), int(point), partial(note, dying))
            os._exit(0)
        os.close(dying)
        with open(passed) as names:
            print(json.dumps(names.read().splitlines()), flush=True)
        os.waitpid(child, 0)


def note(pipe: int, name: str) -> None:
    os.write(pipe, f"{name}\n".encode())


def fold(url: str, folder: Path, point: int, noted: Callable[[str], None]) -> None:
    left = point

    def pass_by(name: str) -> None:
        nonlocal left
        noted(name)
        if left == 0:
            os._exit(9)
        left -= 1

    database = Database(url)
    with database.reader() as session:
        session.connection()  # what is prepared for a connection is no step of the folding
    engine = database.engine
    event.listen(engine, "before_cursor_execute", lambda *said: pass_by(f"before {said[2][:40]!r}"))
    event.listen(engine, "after_cursor_execute", lambda *said: pass_by(f"after {said[2][:40]!r}"))
    event.listen(engine, "commit", lambda _connection: pass_by("before COMMIT"))
    sys.addaudithook(lambda name, said: pass_by(f"before {name} {Path(said[0]).suffix}") if name in FILES else None)
    folding.fold(database, folder, step=lambda name: pass_by(f"step {name}"))


if __name__ == "__main__":
    main()
