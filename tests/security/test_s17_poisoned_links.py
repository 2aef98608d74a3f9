"""S17: a link that lets somebody in leads to the site's own address, whatever a request says of itself."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.config import Config
from tests.forms import csrf_token

HEADERS = [
    {"Host": "127.0.0.1:9999"}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example;proto=https"},
    {"X-Host": "evil.example"}, {"X-Original-Host": "evil.example"}, {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Prefix": "/evil"}, {"X-Forwarded-Server": "evil.example"}, {"Origin": "http://evil.example"},
    {"Host": "evil.localhost:1", "X-Forwarded-For": "evil.example"},
]  # fmt: skip


@pytest.mark.parametrize("headers", HEADERS, ids=str)
def test_a_link_is_of_the_configured_address(
    alice: Account,
    bob: Account,
    client_of: Callable[[Account], FlaskClient],
    session: Session,
    config: Config,
    headers: dict[str, str],
) -> None:
    client, number = client_of(alice), bob.id
    session.rollback()  # SQLite has one writer
    fields = {"csrf_token": csrf_token(client), "url": "http://evil.example", "base_url": "http://evil.example"}
    cookie = client.get_cookie("session")
    assert cookie is not None
    client.set_cookie("session", cookie.value, domain=headers.get("Host", "localhost").partition(":")[0])
    answer = client.post(f"/admin/people/{number}/link", data=fields, headers=headers)
    assert "evil" not in answer.text and "9999" not in answer.text
    assert f"{config.site_url}/welcome/" in answer.text


@pytest.mark.any_database
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost@evil.example", "localhost, evil.example", "localhost.evil.example"]
)
def test_other_hosts_get_no_page_to_begin_with(client: FlaskClient, host: str) -> None:
    for url in ("/login", "/", "/admin/"):
        answer = client.get(url, headers={"Host": host})
        assert answer.status_code == 400 and "evil" not in answer.text
