"""The server: it says where it is, finishes what is under way, and is not the only one that will do."""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable

import pytest

from tests.server.conftest import PAGE, views_in
from tests.servers import Server, wait_for

WRAPPED = "tests.server.wrapped:app"


def test_it_prints_its_address_and_the_set_up_link(server: Server) -> None:
    lines = server.log.splitlines()
    assert f"Typecase is at http://localhost:{server.port}" in lines
    (link,) = (line.rpartition(" ")[2] for line in lines if "/setup/" in line)
    path = link.removeprefix(f"http://localhost:{server.port}")
    assert server.get(path)[0] == 200
    assert server.get(path + "x")[0] != 200


def test_it_prints_no_link_once_there_is_an_admin(start_server: Callable[..., Server]) -> None:
    first = start_server()
    added = first.flask(
        "people", "add", "alice@example.org", "--name", "Alice", "--role", "admin", "--password-stdin",
        stdin="a long password, really\n",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    first.stop()
    before = len(first.log)
    again = start_server()
    assert "/setup/" not in again.log[before:]


def test_a_killed_worker_is_replaced(server: Server) -> None:
    wait_for(lambda: len(server.worker_pids()) == 3)
    killed = server.worker_pids()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(server.worker_pids() - killed) == 3)
    wait_for(server.answers)


def test_a_graceful_stop_finishes_what_is_under_way(start_server: Callable[..., Server]) -> None:
    server = start_server(app=WRAPPED)
    answers: list[tuple[int, str]] = []
    asking = threading.Thread(target=lambda: answers.append(server.get("/-slow")))
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as half:
        half.sendall(b"POST /-length HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345")
        asking.start()
        time.sleep(0.7)
        assert server.process is not None
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.7)
        half.sendall(b"67890")
        answer = b""
        while not answer.endswith(b"\r\n\r\n10") and (received := half.recv(4096)):
            answer += received
    asking.join()
    assert answers == [(200, "done")]
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\n10")
    assert server.process.wait(timeout=20) == 0
    assert "Traceback" not in server.log


def test_a_stop_leaves_no_view_unfolded(article_id: int, start_server: Callable[..., Server]) -> None:
    server = start_server()
    for _ in range(5):
        server.get(PAGE)
    assert server.stop() == 0
    assert "0 views folded." in server.flask("pageviews", "fold").stdout
    assert server.flask("pageviews", "show", "an-article").stdout.splitlines()[0] == "5"


def test_a_wrong_setting_stops_it_with_a_sentence(start_server: Callable[..., Server]) -> None:
    with pytest.raises(AssertionError, match="TRUSTED_PROXIES: 'everybody' is not"):
        start_server(TRUSTED_PROXIES="everybody")


@pytest.mark.parametrize("kind", ["granian", "waitress"])
def test_other_servers_serve_and_count_too(article_id: int, start_server: Callable[..., Server], kind: str) -> None:
    commands: dict[str, Callable[[int], list[str]]] = {
        "granian": lambda port: ["--interface", "wsgi", "--workers", "2", "--port", str(port), "wsgi:app"],
        "waitress": lambda port: [f"--listen=127.0.0.1:{port}", "wsgi:app"],
    }
    server = start_server(command=lambda port: [sys.executable, "-m", kind, *commands[kind](port)])
    assert [views_in(server.get(PAGE)[1]) for _ in range(3)] == [1, 2, 3]
    assert views_in(server.get(PAGE, User_Agent="curl/8")[1]) == 3
    assert server.flask("pageviews", "show", "an-article").stdout.splitlines()[0] == "3"


def test_the_access_log_has_networks_and_no_addresses(start_server: Callable[..., Server], article_id: int) -> None:
    server = start_server(TRUSTED_PROXIES="127.0.0.1")
    for _ in range(3):  # the first by the application, the others by the reader lane
        server.get(PAGE, X_Forwarded_For="203.0.113.77")
    wait_for(lambda: server.access_log.count(f" path={PAGE} status=200 ") == 3)
    assert server.access_log.count(" net=203.0.113.0/24\n") == 3
    assert "203.0.113.77" not in server.access_log + server.log
    assert PAGE not in server.log


@pytest.mark.parametrize("lane", ["0", "1"])
def test_what_cannot_be_read_is_logged_without_what_was_sent_and_by_whom(
    start_server: Callable[..., Server], lane: str
) -> None:
    server = start_server(READER_LANE=lane)
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as odd:
        odd.sendall(b"GET /setup/a-secret?private HTTP/1.1 x\r\nHost: localhost\r\n\r\n")
        assert odd.recv(100).startswith(b"HTTP/1.1 400 ")
    wait_for(lambda: "Invalid request: Invalid HTTP" in server.log, lambda: server.log)
    assert not [said for said in ("127.0.0.", "a-secret", "private") if said in server.log]


def test_the_access_log_may_be_on_stderr_or_not_at_all(start_server: Callable[..., Server], article_id: int) -> None:
    on_stderr = start_server(ACCESS_LOG="stderr")
    on_stderr.get(PAGE)
    wait_for(lambda: f" method=GET path={PAGE} status=200 " in on_stderr.log)
    assert "net=" not in on_stderr.log
    on_stderr.stop()
    before = len(on_stderr.log)
    none = start_server(ACCESS_LOG_DAYS="0")
    none.get(PAGE)
    none.stop()
    assert none.access_log == ""
    assert PAGE not in none.log[before:]
