"""One line a request with an id, and nothing in it that a reader could forge or that is nobody's business."""

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app, request_log
from app.config import Config

LINE = re.compile(
    r"id=(?P<id>[\w.-]+) method=(?P<method>\S+) path=(?P<path>\S*) status=(?P<status>\d+) "
    r"bytes=(?P<bytes>\d+) ms=\d+\.\d"
)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "typecase")
    return caplog


def only_line(log: pytest.LogCaptureFixture) -> re.Match[str]:
    lines = [record.getMessage() for record in log.records if record.name == "typecase.request"]
    assert len(lines) == 1, lines
    match = LINE.fullmatch(lines[0])
    assert match, lines[0]
    return match


def test_a_request_is_one_line_with_the_answer_s_id(client: FlaskClient, log: pytest.LogCaptureFixture) -> None:
    answer = client.get("/healthz", buffered=True)
    line = only_line(log)
    assert line["id"] == answer.headers["X-Request-ID"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/healthz", "200")
    assert int(line["bytes"]) == len(answer.data)


def test_ids_differ(client: FlaskClient) -> None:
    assert len({client.get("/healthz").headers["X-Request-ID"] for _ in range(20)}) == 20


@pytest.mark.parametrize("path", ["/no-such-page", "/login"])
def test_query_string_address_and_cookies_stay_out(
    client: FlaskClient, path: str, log: pytest.LogCaptureFixture
) -> None:
    client.set_cookie("session", "cookie-secret")
    headers = {
        "Authorization": "Bearer header-secret",
        "User-Agent": "agent-secret",
        "Referer": "https://a.example/r-secret",
    }
    client.get(
        f"{path}?token=query-secret", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.77"}, buffered=True
    )
    assert only_line(log)["path"] == path
    assert "secret" not in log.text
    assert "203.0.113.77" not in log.text


def test_a_form_s_fields_stay_out(client: FlaskClient, log: pytest.LogCaptureFixture) -> None:
    client.post("/login", data={"email": "alice@example.org", "password": "form-secret"}, buffered=True)
    assert only_line(log)["method"] == "POST"
    assert "form-secret" not in log.text
    assert "alice" not in log.text


@pytest.mark.parametrize(
    ("asked", "logged"),
    [
        ("/a%0Aid=0 method=GET path=/admin status=200", "/a%0aid=0%20method=GET%20path=/admin%20status=200"),
        ("/a%0D%0Ab", "/a%0d%0ab"),
        ("/%1B[31mred", "/%1b[31mred"),
        ("/%22quoted%22%5C", "/%22quoted%22%5c"),
        ("/%250A", "/%250A"),
        ("/caf%C3%A9", "/caf%c3%a9"),
        ("/%00", "/%00"),
        ("/" + "x" * 5000, "/" + "x" * 299),
    ],
)
def test_no_line_can_be_forged(client: FlaskClient, asked: str, logged: str, log: pytest.LogCaptureFixture) -> None:
    client.get(asked, buffered=True)
    assert only_line(log)["path"] == logged


@pytest.mark.parametrize("path", ["/setup/", "/welcome/", "/invitation/", "/reset/", "/confirm-address/"])
def test_the_secret_of_a_one_time_link_stays_out(client: FlaskClient, path: str, log: pytest.LogCaptureFixture) -> None:
    client.get(f"{path}path-secret", buffered=True)
    assert only_line(log)["path"] == f"{path}..."
    assert "path-secret" not in log.text


def test_an_id_from_a_stranger_is_not_taken(client: FlaskClient, log: pytest.LogCaptureFixture) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": "chosen"})
    assert answer.headers["X-Request-ID"] != "chosen"


@pytest.fixture
def behind_proxy(config: Config) -> Iterator[FlaskClient]:
    app = create_app(replace(config, trusted_proxies=(ip_network("127.0.0.1"),)))
    yield app.test_client()
    app.extensions["typecase.db"].close()


def test_an_id_from_a_trusted_proxy_goes_through(behind_proxy: FlaskClient, log: pytest.LogCaptureFixture) -> None:
    answer = behind_proxy.get("/healthz", headers={"X-Request-ID": "proxy-17.a_b"}, buffered=True)
    assert answer.headers["X-Request-ID"] == only_line(log)["id"] == "proxy-17.a_b"


@pytest.mark.parametrize("bad", ["two words", "a" * 65, "", "new\tline", "é", "id=1", "a\u2028b"])
def test_an_id_that_is_none_is_replaced(behind_proxy: FlaskClient, bad: str) -> None:
    answer = behind_proxy.get("/healthz", environ_overrides={"HTTP_X_REQUEST_ID": bad})
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])


def break_down() -> str:
    raise RuntimeError("boom\n2026-01-01T00:00:00+0000 INFO id=0 forged")


def test_a_failure_is_logged_with_the_id_and_path(app: Flask, log: pytest.LogCaptureFixture) -> None:
    app.add_url_rule("/break/<path:rest>", view_func=break_down)
    answer = app.test_client().get("/break/a%1Bb?token=query-secret")
    assert answer.status_code == 500
    (failure,) = [record for record in log.records if record.name == "typecase.error"]
    assert failure.getMessage() == f"id={answer.headers['X-Request-ID']} GET /break/a%1bb failed"
    assert failure.exc_info
    assert answer.headers["X-Request-ID"] in answer.text
    assert "query-secret" not in log.text


def test_a_traceback_cannot_pass_for_an_entry(app: Flask) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(request_log.OneEntry("ENTRY %(message)s"))
    error_log = logging.getLogger("typecase.error")
    error_log.addHandler(handler)
    try:
        app.add_url_rule("/break", view_func=break_down)
        app.test_client().get("/break")
    finally:
        error_log.removeHandler(handler)
    lines = written.getvalue().splitlines()
    assert lines[0].startswith("ENTRY id=")
    assert len(lines) > 3
    assert all(line.startswith("    ") for line in lines[1:])


def test_an_application_that_raises_is_still_logged(log: pytest.LogCaptureFixture) -> None:
    def raises(environ: object, start_response: object) -> list[bytes]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        request_log.RequestLog(raises)({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, lambda *_: None)  # type: ignore[arg-type]
    assert len([record for record in log.records if "path=/ status=- bytes=0" in record.getMessage()]) == 1


@pytest.mark.parametrize(
    ("msg", "args", "logged"),
    [
        ("Invalid request from ip=203.0.113.7: Invalid HTTP request line: 'GET /setup/x?a=b'", (),
         "Invalid request: Invalid HTTP request line: "),
        ("Invalid request from ip=2001:db8::1: Request Line is too large (9000 > 4094)", (),
         "Invalid request: Request Line is too large (9000 > 4094)"),
        ("Error handling request %s %s", ("GET", "/setup/a-secret?private"), "Error handling request GET /setup/..."),
        ("Error handling request %s", ("/an-article?private",), "Error handling request /an-article"),
        ("Worker (pid:%s) was sent %s!", (7, "SIGKILL"), "Worker (pid:7) was sent SIGKILL!"),
    ],
)  # fmt: skip
def test_entries_of_gunicorn_hold_nothing_that_ours_do_not(msg: str, args: tuple[object, ...], logged: str) -> None:
    record = logging.LogRecord("gunicorn.error", logging.WARNING, "", 0, msg, args, None)
    assert request_log.without_what_was_sent(record)
    assert record.getMessage() == logged
