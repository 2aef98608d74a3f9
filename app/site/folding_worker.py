"""A gunicorn worker of which one in the server folds instead of answering.

Folding in a thread of a worker holds up that worker's readers: each of their system calls gives the interpreter
away, and a thread that computes gives it back milliseconds later. So the server starts one worker more than it
was asked for, and whichever first takes the post folds for all. Should it die, its successor takes the post; in
between, and on any other server, the workers' own threads fold.
"""

import fcntl
import os
from pathlib import Path
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from app.pageviews.counter import Counter

NICENESS = 10
"""Readers first: numbers on pages are live without folding."""


class FoldingWorker(ThreadWorker):  # type: ignore[misc]
    """``gthread``, but for the one that folds."""

    def run(self) -> None:
        counter: Counter | None = getattr(self.wsgi, "extensions", {}).get("typecase.counter")
        post = _take_post(counter.journal_dir) if counter is not None and counter.fold_seconds is not None else None
        if counter is None or post is None:
            super().run()
            return
        try:
            os.nice(NICENESS)
            counter.fold_apart(self._goes_on)
        finally:
            os.close(post)

    def _goes_on(self) -> Any:
        """Tell the master that all is well, and whether to go on."""
        self.notify()
        return self.alive and self.ppid == os.getppid()


def _take_post(folder: Path) -> int | None:
    """The file whose lock is the post, for as long as it is open; None if somebody else has it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(folder / "post.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    os.ftruncate(file, 0)
    os.write(file, f"{os.getpid()}\n".encode())  # for people who wonder which one it is
    return file
