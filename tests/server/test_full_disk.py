"""A disk that is full: readers are served, what the disk took is counted, and it goes on once there is room."""

import re
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from app.db import Database
from app.pageviews import reading
from tests.conftest import missing
from tests.server.conftest import PAGE, views_in
from tests.servers import Server, gunicorn_command, wait_for

DISK = "160k"
LOST = re.compile(r"ERROR a view could not be noted: .*(No space left|cut short)")


def private_mounts() -> list[str]:  # noqa: RET503
    """The command that gives a process mounts of its own, which are gone with it."""
    for command in (["unshare", "-rm"], ["unshare", "-m"]):
        try:
            subprocess.run([*command, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=True)
        except (FileNotFoundError, subprocess.CalledProcessError):
            continue
        return command
    missing("right to mount a small disk (unshare -rm)")


@pytest.fixture
def server(start_server: Callable[..., Server], article_id: int, tmp_path: Path) -> Server:
    """A server whose journals are on a disk of their own, a small one."""
    folder = tmp_path / "instance" / "journal"
    folder.mkdir(parents=True)
    mount = f'mount -t tmpfs -o size={DISK},mode=700 tmpfs "$0" && exec "$@"'
    return start_server(lambda _port: [*private_mounts(), "sh", "-c", mount, str(folder), *gunicorn_command()])


def disk(server: Server, tmp_path: Path) -> Path:
    """The server's journals, as they are seen from here."""
    assert server.process is not None
    return Path(f"/proc/{server.process.pid}/root{tmp_path / 'instance' / 'journal'}")


def fill(path: Path) -> None:
    """Take all the room that is left."""
    with path.open("ab", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            return


def read(server: Server, *, times: int) -> list[int]:
    """What so many readers are shown, one after another; all of them are served."""
    shown = []
    for _ in range(times):
        status, page = server.get(PAGE)
        assert status == 200
        shown.append(views_in(page))
    return shown


def folded(database_url: str) -> int:
    database = Database(database_url)
    with database.reader() as session:
        found = reading.list_totals(session, [1])[1]
    database.close()
    return found


@pytest.mark.any_database
def test_readers_are_served_and_what_the_disk_took_is_counted(
    server: Server, database_url: str, tmp_path: Path
) -> None:
    before = read(server, times=20)
    assert before == list(range(1, 21))
    filler = disk(server, tmp_path) / "filler"
    shown = before
    while not LOST.search(server.log):
        fill(filler)  # again and again: a journal that is folded and removed makes room
        shown = [shown[-1], *read(server, times=20)]
        assert all(later - earlier in {0, 1} for earlier, later in pairwise(shown)), str(shown)
    lost = [earlier for earlier, later in pairwise(shown) if earlier == later]
    assert lost, "no view was lost: the disk was not full"
    wait_for(lambda: folded(database_url) == shown[-1], lambda: f"{folded(database_url)} instead of {shown[-1]}")
    filler.unlink()
    again = read(server, times=300)
    assert again == list(range(shown[-1] + 1, shown[-1] + 301))
    wait_for(lambda: folded(database_url) == again[-1], lambda: f"{folded(database_url)} instead of {again[-1]}")
    server.stop()
    assert folded(database_url) == again[-1]
