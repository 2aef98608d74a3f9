"""The post of whoever folds for all processes of a machine: a file whose lock is held."""

import fcntl
import os
from pathlib import Path


def take_post(folder: Path) -> int | None:
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
