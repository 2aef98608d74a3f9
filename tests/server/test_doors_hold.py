"""Doors that hold on every worker: guesses from many addresses stop; what is ended is over with the next request."""

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy.orm import Session

from app.accounts.limiting import KINDS
from app.accounts.membership import change_role, deactivate
from app.accounts.models import Account
from app.accounts.signing_in import end_all_sessions
from app.db import Database
from tests.accounts.conftest import PASSWORD, person
from tests.servers import FIREFOX, Server

ADA = "ada@example.org"
Answer = tuple[int, dict[str, str], str]


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """A server with three workers."""
    instance = tmp_path / "instance"
    instance.mkdir(exist_ok=True)
    server = Server(database_url=database_url, instance_dir=instance, WEB_CONCURRENCY="3")
    yield server.start()
    server.stop()


@pytest.fixture
def writer(database_url: str) -> Iterator[Session]:
    database = Database(database_url)
    with database.writer() as session:
        yield session
    database.close()


def ask(server: Server, path: str, *, sent: dict[str, str] | None = None, cookie: str = "", address: str = "127.0.0.1",
        **headers: str) -> Answer:  # fmt: skip
    """One request over a connection of its own, so that any worker may answer, from this loopback address."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60, source_address=(address, 0))
    headers = {"User-Agent": FIREFOX, "Cookie": cookie} | {
        name.replace("_", "-"): text for name, text in headers.items()
    }
    if sent is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request("POST" if sent is not None else "GET", path, urlencode(sent or {}), headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read().decode()
    finally:
        connection.close()


def open_form(server: Server) -> tuple[str, str]:
    """A cookie, and the token that belongs to it."""
    _, headers, page = ask(server, "/login")
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return headers["set-cookie"].split(";")[0], found[1]


def guess(server: Server, form: tuple[str, str], email: str, address: str, **headers: str) -> Answer:
    cookie, token = form
    sent = {"csrf_token": token, "email": email, "password": "a wrong password"}
    return ask(server, "/login", sent=sent, cookie=cookie, address=address, **headers)


def loopback(number: int) -> str:
    """Addresses that are no neighbours: each is in a /24 of its own."""
    return f"127.{1 + number // 250}.{number % 250}.9"


def test_a_thousand_guesses_at_one_account_stop_and_its_owner_gets_in(server: Server, writer: Session) -> None:
    person(writer, "Ada", "admin")
    form = open_form(server)
    answers = []
    for number in range(1000):
        email, claimed = ADA.upper() if number % 2 else ADA, f"198.51.100.{number % 250}"
        answers.append(guess(server, form, email, loopback(number), X_Forwarded_For=claimed))
    heard = [status for status, _, _ in answers if status == 401]
    refused = [headers for status, headers, _ in answers if status == 429]
    # Ten are free; so slow a machine that a wait runs out meanwhile hears one more after each: 30 s, 60 s, 120 s …
    assert KINDS["password"].account <= len(heard) <= KINDS["password"].account + 4
    assert len(heard) + len(refused) == 1000
    assert all(0 < int(headers["retry-after"]) <= 3600 for headers in refused)
    status, _, page = guess(server, form, ADA, "127.200.0.1")
    assert (status, "people rescue" in page) == (429, True), "the page says how the owner gets in"
    printed = server.flask("people", "rescue", ADA).stdout
    path = printed.strip().rpartition("http://localhost:" + str(server.port))[2]
    cookie, token = form
    answer = ask(server, path, sent={"csrf_token": token, "confirmed": "y"}, cookie=cookie)
    assert answer[0] == 303, answer[2][-500:]
    inside = answer[1]["set-cookie"].split(";")[0]
    assert ask(server, "/admin/people", cookie=inside)[0] == 200
    cookie, token = open_form(server)
    entered = ask(server, "/login", sent={"csrf_token": token, "email": ADA, "password": PASSWORD}, cookie=cookie)
    assert entered[0] == 303, "and the password works again"


def test_guesses_from_one_address_at_many_accounts_stop_and_others_go_on(server: Server, writer: Session) -> None:
    person(writer, "Ada", "admin")
    form = open_form(server)
    statuses = [guess(server, form, f"person{number}@example.org", "127.9.9.9")[0] for number in range(200)]
    assert KINDS["password"].network <= statuses.count(401) <= KINDS["password"].network + 2
    assert set(statuses) == {401, 429}
    server.stop()
    server.start()
    assert guess(server, form, "another@example.org", "127.9.9.9")[0] == 429, "a restart forgets nothing"
    cookie, token = form
    right = {"csrf_token": token, "email": ADA, "password": PASSWORD}
    assert ask(server, "/login", sent=right, cookie=cookie, address="127.8.8.8")[0] == 303


def test_what_is_ended_is_over_with_the_next_request_on_every_worker(server: Server, writer: Session) -> None:
    person(writer, "Ada", "admin")
    for what, name in (("sessions ended", "Bob"), ("deactivated", "Cleo"), ("another role", "Dora")):
        somebody = person(writer, name, "admin")
        cookie, token = open_form(server)
        right = {"csrf_token": token, "email": somebody.email or "", "password": PASSWORD}
        inside = ask(server, "/login", sent=right, cookie=cookie)[1]["set-cookie"].split(";")[0]
        # Each request is a connection of its own, taken by whichever worker is free: so many reach each of the three.
        assert {ask(server, "/admin/people", cookie=inside)[0] for _ in range(20)} == {200}
        writer.rollback()
        end(writer, somebody, what)
        writer.commit()
        assert {ask(server, "/admin/people", cookie=inside)[0] for _ in range(30)} == {303}, what
        assert '"signed_in":false' in ask(server, "/admin/session.json", cookie=inside)[2]


def end(session: Session, account: Account, what: str) -> None:
    if what == "deactivated":
        deactivate(session, account.id)
    elif what == "another role":
        change_role(session, account.id, role="author")
    else:
        end_all_sessions(session, account.id)
