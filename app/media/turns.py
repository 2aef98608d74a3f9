"""One at a time on this machine: working on pictures takes memory and a processor."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.media.limits import Busy

_LOOK_SECONDS = 0.02


@contextmanager
def take_turn(lock: Path, *, patience_seconds: float) -> Iterator[None]:
    """Work while nobody else on this machine does, in whichever process. Raises ``Busy`` after so much waiting.

    The system ends a turn when its process dies.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _wait(handle, patience_seconds)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, patience_seconds: float) -> None:
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Busy from None
            time.sleep(_LOOK_SECONDS)
