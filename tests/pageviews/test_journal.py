"""The journal's file: whole records, a lock while its writer lives, a new file where the old one must end."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.config import ROOT
from app.pageviews import journal
from app.pageviews.journal import Damaged, Journal, machine_id, pack, parse

NOON = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)
AT_NOON = int(NOON.timestamp() * 1_000_000)
RECORD = pack(7, 1, AT_NOON)


def files(folder: Path) -> list[Path]:
    return [folder / name for name in journal.list_files(folder)]


def is_locked(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def test_a_record_comes_back_as_it_was_packed() -> None:
    (view,) = parse(pack(2**31 - 1, 6, AT_NOON))
    assert (view.article_id, view.code, view.end) == (2**31 - 1, 6, 20)
    assert view.microseconds == AT_NOON


def test_zeros_are_no_records() -> None:
    with pytest.raises(Damaged):
        list(parse(bytes(100)))


@pytest.mark.parametrize(
    ("article_id", "year"), [(0, 2026), (-1, 2026), (2**31, 2026), (7, 1999), (7, 2200), (7, 1970)]
)
def test_a_record_of_no_article_or_of_no_time_that_can_be_is_none(article_id: int, year: int) -> None:
    at = int(datetime(year, 6, 1, tzinfo=UTC).timestamp() * 1_000_000)
    read = parse(RECORD + pack(article_id, 1, at) + RECORD)
    assert next(read).article_id == 7
    with pytest.raises(Damaged):
        next(read)


@pytest.mark.parametrize("at", [datetime(2000, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, 23, 59, tzinfo=UTC)])
def test_the_first_and_the_last_time_are_times(at: datetime) -> None:
    assert len(list(parse(pack(1, 1, int(at.timestamp() * 1_000_000))))) == 1


def test_nothing_is_made_before_the_first_view(tmp_path: Path) -> None:
    Journal(tmp_path / "journal").close()
    assert not (tmp_path / "journal").exists()
    assert journal.list_files(tmp_path / "journal") == []


def test_its_lock_says_whether_the_writer_lives(tmp_path: Path) -> None:
    written = Journal(tmp_path)
    written.write(RECORD)
    assert is_locked(files(tmp_path)[0])
    written.close()
    assert not is_locked(files(tmp_path)[0])


def test_a_killed_writer_leaves_every_record_and_no_lock(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, time\n"
        "from app.pageviews.journal import Journal, pack\n"
        "written = Journal(pathlib.Path(sys.argv[1]))\n"
        "while True:\n"
        "    written.write(pack(7, 1, time.time_ns() // 1000)); sys.stdout.write('x'); sys.stdout.flush()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT) as writer:
        assert writer.stdout is not None
        answered = len(writer.stdout.read(5000))
        writer.send_signal(signal.SIGKILL)
        answered += len(writer.stdout.read())
    (path,) = files(tmp_path)
    assert not is_locked(path)
    assert answered <= len(list(parse(path.read_bytes()))) <= answered + 1


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_writes_its_own(tmp_path: Path) -> None:
    written = Journal(tmp_path)
    written.write(RECORD)
    child = os.fork()
    if child == 0:
        written.abandon()
        Journal(tmp_path).write(RECORD)
        os._exit(0)
    os.waitpid(child, 0)
    mine, childs = files(tmp_path)
    assert is_locked(mine)
    assert not is_locked(childs)
    assert mine.read_bytes() == childs.read_bytes() == RECORD
    written.close()


def test_it_goes_on_in_a_new_file_when_the_old_one_is_long_or_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MAX_BYTES", 100)
    written = Journal(tmp_path)
    for _ in range(12):
        written.write(RECORD)
    assert [len(path.read_bytes()) for path in files(tmp_path)] == [100, 100, 40]
    assert [is_locked(path) for path in files(tmp_path)] == [False, False, True]
    monkeypatch.setattr(journal, "MAX_SECONDS", -1)
    written.write(RECORD)
    assert len(files(tmp_path)) == 4
    written.close()


def test_threads_do_not_tear_each_others_records(tmp_path: Path) -> None:
    written = Journal(tmp_path)

    def write(article_id: int) -> None:
        for _ in range(500):
            written.write(pack(article_id, 1, AT_NOON))

    threads = [threading.Thread(target=write, args=[number]) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written.close()
    read = [view.article_id for path in files(tmp_path) for view in parse(path.read_bytes())]
    assert sorted(read) == sorted(list(range(1, 9)) * 500)


def test_a_full_disk_leaves_its_tail_and_goes_on_in_a_new_file(tmp_path: Path) -> None:
    # RLIMIT_FSIZE cuts a write short exactly as a full disk does; SIGXFSZ is ignored by Python.
    program = (
        "import resource, sys, pathlib, time\n"
        "from app.pageviews.journal import Journal, pack\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (90, 90))\n"
        "written, done = Journal(pathlib.Path(sys.argv[1])), 0\n"
        "for _ in range(10):\n"
        "    written.write(pack(7, 1, time.time_ns() // 1000))\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, cwd=ROOT)
    assert [path.stat().st_size for path in files(tmp_path)] == [90, 90, 40]
    assert sum(len(list(parse(path.read_bytes()))) for path in files(tmp_path)) == 10


def test_a_machine_has_one_id(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(machine_id(tmp_path / "journal"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "journal").iterdir()] == ["machine"]
