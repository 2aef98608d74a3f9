"""The reader lane's manners: it waits for nobody, drops nobody who reads, and ends in peace."""

import http.client
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copyfile

import pytest
from gunicorn.config import Config

from app.site import reader_lane
from tests.server.conftest import views_in
from tests.server.lane import GET, Side, read_all, read_answer, write_articles
from tests.servers import wait_for

PLAIN = GET.replace(b"Accept-Encoding: gzip, deflate\r\n", b"")


@pytest.fixture(scope="module")
def written(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = copyfile(sqlite_template, tmp_path_factory.mktemp("written") / "typecase.db")
    write_articles(path)
    return path


@pytest.fixture
def start_side(written: Path, tmp_path: Path) -> Iterator[Callable[..., Side]]:
    sides: list[Side] = []

    def start(**options: str) -> Side:
        sides.append(Side(tmp_path / str(len(sides)), written, **options))
        return sides[-1]

    yield start
    for side in sides:
        side.server.stop()


@pytest.fixture(scope="module")
def side(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    side = Side(tmp_path_factory.mktemp("side"), written)
    yield side
    side.server.stop()


def ask_again_and_again(side: Side, times: int) -> list[float]:
    """How long each of so many readers waited, one after another, in seconds."""
    waited = []
    with side.connect() as connection:
        for _ in range(times):
            started = time.perf_counter()
            connection.sendall(GET)
            assert read_answer(connection).startswith(b"HTTP/1.1 200 OK")
            waited.append(time.perf_counter() - started)
    return waited


def test_each_view_is_counted_and_shown(side: Side) -> None:
    with side.connect() as connection:
        shown = []
        for _ in range(5):
            connection.sendall(PLAIN)
            shown.append(views_in(read_answer(connection).decode()))
        connection.sendall(PLAIN * 5)
        shown += [views_in(part.decode()) for part in [read_answer_of(connection) for _ in range(5)]]
    assert shown == list(range(shown[0], shown[0] + 10))
    wait_for(lambda: "0 views folded." in side.server.flask("pageviews", "fold").stdout)
    told = side.server.flask("pageviews", "show", "an-article").stdout.splitlines()[0]
    assert int(told) == shown[-1]


def read_answer_of(connection: socket.socket) -> bytes:
    """One answer, and not a byte of the next."""
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        received += connection.recv(1)
    length = int(received.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    body = b""
    while len(body) < length:
        body += connection.recv(length - len(body))
    return received + body


def test_two_hundred_half_heads_stop_no_reader(side: Side) -> None:
    halves = [side.connect() for _ in range(200)]
    try:
        for number, half in enumerate(halves):
            half.sendall(
                (b"GET /an-article HTTP/1.1\r\nHo", b"POST /login HTTP/1.1\r\nHost: localhost\r\nX", b"G")[number % 3]
            )
        time.sleep(0.3)
        before = side.answered()
        assert max(ask_again_and_again(side, 30)) < 2
        assert side.answered() == before + 30
        assert side.server.get("/login")[0] == 200  # nor do they hold a thread
        halves[0].sendall(b"st: localhost\r\n\r\n")
        assert read_answer(halves[0]).startswith(b"HTTP/1.1 200 OK")
        assert side.server.get("/-threads")[1] == "1"
    finally:
        for half in halves:
            half.close()


def test_a_reader_who_takes_little_holds_up_nobody_and_gets_everything(side: Side) -> None:
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    slow.settimeout(20)
    with slow:
        slow.connect(("127.0.0.1", side.server.port))
        before = side.answered()
        many = 400
        slow.sendall(PLAIN * many)
        time.sleep(0.5)
        assert side.answered() < before + many  # it does not answer without end what nobody takes
        assert max(ask_again_and_again(side, 30)) < 2
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
        slow.shutdown(socket.SHUT_WR)
        answers = read_all(slow)
    assert answers.count(b"HTTP/1.1 200 OK") == many
    assert answers.endswith(b"</html>\n") or answers.rstrip().endswith(b"</html>")


def test_who_reads_nothing_holds_no_thread(side: Side) -> None:
    stuck = []
    for _ in range(20):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect(("127.0.0.1", side.server.port))
        connection.sendall(PLAIN * 30)
        stuck.append(connection)
    time.sleep(0.5)
    try:
        assert max(ask_again_and_again(side, 30)) < 2
        assert side.server.get("/-threads")[1] == "1"
    finally:
        for connection in stuck:
            connection.close()


def test_who_does_not_close_after_the_last_answer_holds_up_nobody(side: Side) -> None:
    left = [side.connect() for _ in range(5)]
    for number, connection in enumerate(left):
        path = b"/an-article" if number % 2 else b"/login"
        connection.sendall(GET.replace(b"/an-article", path).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert all(read_all(connection).startswith(b"HTTP/1.1 200 OK") for connection in left)
    try:
        assert max(ask_again_and_again(side, 30)) < 1.5
    finally:
        for connection in left:
            connection.close()


def test_readers_do_not_wait_for_slow_pages(side: Side) -> None:
    slow = [threading.Thread(target=side.server.get, args=["/-slow"]) for _ in range(12)]
    for thread in slow:
        thread.start()
    time.sleep(0.3)
    assert max(ask_again_and_again(side, 30)) < 1.5
    for thread in slow:
        thread.join()


def test_a_graceful_stop_cuts_nobody_off(start_side: Callable[..., Side]) -> None:
    side = start_side()
    wrong: list[str] = []
    with side.connect() as idle:
        idle.sendall(GET)
        read_answer(idle)
        readers = [threading.Thread(target=read_until_refused, args=[side, wrong]) for _ in range(4)]
        for reader in readers:
            reader.start()
        time.sleep(0.5)
        assert side.server.process is not None
        side.server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        idle.sendall(GET)  # sent while it stops: answered, and told that this was the last
        assert b"\r\nConnection: close\r\n" in read_all(idle)
        for reader in readers:
            reader.join()
    assert side.server.process.wait(timeout=20) == 0
    assert not wrong
    assert "Traceback" not in side.server.log


def read_until_refused(side: Side, wrong: list[str]) -> None:
    """Ask over and over, a new connection whenever the server ends one; every answer begun must be whole."""
    connection = http.client.HTTPConnection("127.0.0.1", side.server.port, timeout=20)
    while True:
        try:
            connection.request("GET", "/an-article", headers={"Host": "localhost"})
            answer = connection.getresponse()
        except (ConnectionRefusedError, ConnectionResetError):
            return  # it listens no more
        except (OSError, http.client.HTTPException) as error:
            wrong.append(repr(error))
            return
        if not answer.read().rstrip().endswith(b"</html>"):
            wrong.append("an answer is cut off")


def test_max_requests_are_honoured(start_side: Callable[..., Side]) -> None:
    side = start_side(GUNICORN_CMD_ARGS="--max-requests 50")
    first = side.server.worker_pids()
    with side.connect() as connection:
        answers = 0
        while b"\r\nConnection: close\r\n" not in (answer := read_once(connection)):
            assert answer.startswith(b"HTTP/1.1 200 OK")
            answers += 1
        assert answers <= 50
    wait_for(lambda: len(side.server.worker_pids() - first) == 1)
    assert len(ask_again_and_again(side, 5)) == 5


def read_once(connection: socket.socket) -> bytes:
    connection.sendall(GET)
    return read_answer(connection)


def test_it_steps_aside_for_settings_that_it_does_not_know(start_side: Callable[..., Side]) -> None:
    side = start_side(GUNICORN_CMD_ARGS="--limit-request-line 100 --header-map dangerous")
    assert len(ask_again_and_again(side, 3)) == 3
    assert side.server.get("/-lane")[1] == "none"
    assert (
        "The reader lane steps aside: it does not know these settings of gunicorn: header_map, limit_request_line."
        in (side.server.log)
    )


def test_it_steps_aside_for_another_gunicorn(monkeypatch: pytest.MonkeyPatch) -> None:
    cfg = Config()
    cfg.set("forwarded_allow_ips", "")
    assert reader_lane.why_not(cfg) == ""
    monkeypatch.setattr("gunicorn.__version__", "27.0.2")
    assert reader_lane.why_not(cfg) == "it is made for gunicorn 27.0.1, this is 27.0.2"


def test_it_is_made_for_the_gunicorn_that_is_required() -> None:
    assert f"gunicorn=={reader_lane.PINNED}\n" in Path("requirements.txt").read_text()


def test_a_trusted_proxy_is_believed(start_side: Callable[..., Side]) -> None:
    forwarded = b"X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Host: %s\r\nX-Request-ID: one-of-many\r\n\r\n"
    side = start_side(TRUSTED_PROXIES="127.0.0.0/8")
    for host, status in [(b"localhost", b"200"), (b"evil.example", b"400")]:
        before = side.answered()
        with side.connect() as connection:
            for _ in range(2):
                connection.sendall(GET.removesuffix(b"\r\n") + forwarded % host)
                answer = read_answer(connection)
                assert answer[9:12] == status
                assert b"X-Request-ID: one-of-many\r\n" in answer
        assert side.answered() == before + (2 if status == b"200" else 0)


def test_a_mistake_of_ours_costs_speed_and_no_answer(start_side: Callable[..., Side]) -> None:
    side = start_side()
    before = side.answered()
    assert side.server.get("/-break-the-lane")[0] == 200
    assert len(ask_again_and_again(side, 3)) == 3
    assert side.answered() == before
    assert "The reader lane failed; this worker goes on without it." in side.server.log


def test_the_access_log_has_a_line_for_every_answer(side: Side) -> None:
    before = len(side.entries())
    ask_again_and_again(side, 3)
    with side.connect() as connection:
        connection.sendall(GET * 4)
        connection.shutdown(socket.SHUT_WR)
        read_all(connection)
    wait_for(lambda: len(side.entries()) == before + 7)
    assert all(entry.startswith("method=GET path=/an-article status=200 bytes=") for entry in side.entries()[before:])


def test_memory_for_what_is_half_said_is_bounded(side: Side) -> None:
    talkers = [side.connect() for _ in range(60)]
    for talker in talkers:
        talker.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-Long: " + b"x" * 7000 + b"\r\nY: " + b"y" * 7000)
    time.sleep(0.3)
    said = int(side.server.get("/-buffered")[1])
    assert 60 * 14_000 < said < 60 * 15_000
    for talker in talkers:
        talker.close()
    wait_for(lambda: side.server.get("/-buffered")[1] == "0")
