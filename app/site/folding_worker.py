"""A gunicorn worker of which one in the server folds instead of answering.

Folding in a thread of a worker holds up that worker's readers: each of their system calls gives the interpreter
away, and a thread that computes gives it back milliseconds later. So the server starts one worker more than it
was asked for, and whichever first takes the post folds for all. Should it die, its successor takes the post; in
between, and on any other server, the workers' own threads fold.
"""

import os
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from app.pageviews.counter import Counter
from app.pageviews.post import take_post

NICENESS = 10
"""Readers first: numbers on pages are live without folding."""


class FoldingWorker(ThreadWorker):  # type: ignore[misc]
    """``gthread``, but for the one that folds."""

    def run(self) -> None:
        counter: Counter | None = getattr(self.wsgi, "extensions", {}).get("typecase.counter")
        post = take_post(counter.journal_dir) if counter is not None and counter.fold_seconds is not None else None
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
