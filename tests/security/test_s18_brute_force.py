"""S18: guesses end, whatever the guesser changes about them. On real servers: tests/server; the rules:
tests/accounts."""

import pytest
from flask import Flask

from app.accounts.models import Account
from tests.accounts.conftest import PASSWORD
from tests.forms import csrf_token

SPELLINGS = ["ada@example.org", "ADA@example.org", " ada@example.org ", "Ada@Example.Org", "ada@EXAMPLE.ORG\t"]
LIES = ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "True-Client-IP", "X-Client-IP", "CF-Connecting-IP"]


@pytest.mark.parametrize("what", ["headers", "spelling", "networks"])
def test_guesses_end_whatever_is_changed(app: Flask, ada: Account, what: str) -> None:
    statuses = []
    for number in range(14):
        client = app.test_client()
        headers = dict.fromkeys(LIES, f"203.0.{number}.9") if what == "headers" else {}
        email = SPELLINGS[number % len(SPELLINGS)] if what == "spelling" else SPELLINGS[0]
        address = f"198.{number}.100.7" if what == "networks" else "198.51.100.7"
        fields = {"csrf_token": csrf_token(client), "email": email, "password": f"wrong guess {number}"}
        fields |= {"ip": f"203.0.{number}.9", "remote_addr": "x"}
        answer = client.post("/login", data=fields, headers=headers, environ_base={"REMOTE_ADDR": address})
        statuses.append(answer.status_code)
    assert statuses[0] == 401 and statuses[-1] == 429, statuses
    client = app.test_client()
    fields = {"csrf_token": csrf_token(client), "email": SPELLINGS[0], "password": PASSWORD}
    refused = client.post("/login", data=fields, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert refused.status_code == 429, "not even the right one, until the time is over"
    assert int(refused.headers["Retry-After"]) > 0
