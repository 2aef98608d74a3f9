"""The access log's files: whole lines of a day, nobody's address, nothing older than promised."""

import os
import resource
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.access_log import AccessLog, network_of
from tests.conftest import Clock

NOON = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1234:5678::9", "2001:db8:1234::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", "-"),
        ("203.0.113", "-"),
        ("a\nb", "-"),
    ],
)
def test_an_address_is_shortened_to_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_the_entries_of_a_write_are_lines_with_its_time(tmp_path: Path, the_clock: Clock) -> None:
    the_clock.set(NOON)
    AccessLog(tmp_path / "log", days=7).write(["id=1", "id=2"])
    written = (tmp_path / "log" / "access-2026-05-01.log").read_text()
    assert written == "2026-05-01T12:00:00+0000 id=1\n2026-05-01T12:00:00+0000 id=2\n"


def test_a_day_has_a_file_of_its_own_and_days_beyond_the_last_are_removed(tmp_path: Path, the_clock: Clock) -> None:
    log = AccessLog(tmp_path, days=3)
    (tmp_path / "access-notes.log").write_text("somebody's own")
    for day in range(6):
        the_clock.set(NOON + timedelta(days=day))
        log.write([f"id={day}"])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "access-2026-05-04.log", "access-2026-05-05.log", "access-2026-05-06.log", "access-notes.log",
    ]  # fmt: skip
    the_clock.set(NOON + timedelta(days=9))
    log.remove_old()
    assert [path.name for path in tmp_path.iterdir()] == ["access-notes.log"], "also where nobody comes"


def test_the_addresses_that_were_shortened_on_a_day_are_forgotten_with_it(tmp_path: Path, the_clock: Clock) -> None:
    log = AccessLog(tmp_path, days=7)
    the_clock.set(NOON)
    log.write(["one"])
    network_of("203.0.113.7")
    log.write(["two"])
    assert network_of.cache_info().currsize == 1
    the_clock.set(NOON + timedelta(days=1))
    log.write(["three"])
    assert network_of.cache_info().currsize == 0


def test_no_days_means_no_log(tmp_path: Path, the_clock: Clock) -> None:
    the_clock.set(NOON)
    AccessLog(tmp_path, days=1).write(["id=1"])
    log = AccessLog(tmp_path, days=0)
    log.remove_old()
    log.write(["id=2"])
    assert list(tmp_path.iterdir()) == []


def test_several_processes_and_threads_write_whole_lines(tmp_path: Path, the_clock: Clock) -> None:
    the_clock.set(NOON)
    log = AccessLog(tmp_path, days=7)
    log.write(["id=parent"])

    def write_many(name: str) -> None:
        threads = [
            threading.Thread(target=lambda: [log.write([f"id={name}" + "x" * 500]) for _ in range(100)])
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    child = os.fork()
    if not child:
        write_many("b")
        os._exit(0)
    write_many("a")
    assert os.waitpid(child, 0)[1] == 0
    lines = (tmp_path / "access-2026-05-01.log").read_text().splitlines()
    start = "2026-05-01T12:00:00+0000 id="
    assert sorted(lines) == sorted(
        [f"{start}{name}{'x' * 500}" for name in "ab" for _ in range(300)] + [f"{start}parent"]
    )


def test_a_file_that_was_moved_away_is_begun_anew(tmp_path: Path, the_clock: Clock) -> None:
    log = AccessLog(tmp_path, days=7)
    the_clock.set(NOON)
    log.write(["id=1"])
    path = tmp_path / "access-2026-05-01.log"
    path.rename(tmp_path / "moved")
    the_clock.set(NOON + timedelta(seconds=1))
    log.write(["id=2"])
    assert path.read_text() == "2026-05-01T12:00:01+0000 id=2\n"


def test_a_folder_that_cannot_be_written_costs_lines_and_no_answer(tmp_path: Path, the_clock: Clock) -> None:
    (tmp_path / "log").write_text("a file in the way")
    log = AccessLog(tmp_path / "log", days=7)
    the_clock.set(NOON)
    log.write(["id=1"])
    (tmp_path / "log").unlink()
    the_clock.set(NOON + timedelta(seconds=1))
    log.write(["id=2"])
    assert (tmp_path / "log" / "access-2026-05-01.log").read_text() == "2026-05-01T12:00:01+0000 id=2\n"


def test_a_line_that_a_full_disk_cut_short_is_ended_first(tmp_path: Path, the_clock: Clock) -> None:
    the_clock.set(NOON)
    log = AccessLog(tmp_path, days=7)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30, hard))  # the kernel takes no more of a file
    try:
        log.write(["id=1234567"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    log.write(["id=2"])
    assert (tmp_path / "access-2026-05-01.log").read_text() == (
        "2026-05-01T12:00:00+0000 id=12\n2026-05-01T12:00:00+0000 id=2\n"
    )
