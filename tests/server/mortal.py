"""The application with a folding that dies on request: at the step that the file ``die`` names."""

import contextlib
import os
import signal
from collections.abc import Callable

from app import create_app
from app.config import from_env
from app.pageviews.folding import fold

app = create_app(from_env())
_counter = app.extensions["typecase.counter"]
_order, _steps, _deaths = (_counter.journal_dir.parent / name for name in ("die", "steps", "deaths"))
_seen: set[str] = set()


def _step(name: str) -> None:
    """Note that there is such a step; kill this process, as ``kill -9`` does, if it is the one to die at."""
    if name not in _seen:
        _seen.add(name)
        _append(_steps, name)
    with contextlib.suppress(FileNotFoundError):
        if _order.read_text() == name:
            _order.unlink()
            _append(_deaths, name)
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()


def _append(path: os.PathLike[str], name: str) -> None:
    with open(path, "a") as file:
        file.write(f"{name}\n")


def _fold(*, step: Callable[[str], object] = lambda _name: None) -> int | None:
    def both(name: str) -> None:
        step(name)
        _step(name)

    return fold(_counter.database, _counter.journal_dir, step=both)


_counter.fold = _fold
