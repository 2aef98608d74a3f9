"""Only the site's own Host headers are answered; health checks take any."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from app.db import Database
from app.settings import change_settings


@pytest.fixture
def client_at(config: Config) -> Iterator[Callable[[str], FlaskClient]]:
    """A browser for a site whose SITE_URL is given."""
    apps: list[Flask] = []

    def make(site_url: str) -> FlaskClient:
        apps.append(create_app(replace(config, site_url=site_url, site_url_given=True)))
        return apps[-1].test_client()

    yield make
    for app in apps:
        app.extensions["typecase.db"].close()


def status(client: FlaskClient, host: str, path: str = "/login") -> int:
    return client.get(path, headers={"Host": host}).status_code


LOOPBACK = ["localhost", "localhost:8000", "LOCALHOST:9999", "127.0.0.1:8000", "127.8.8.8", "[::1]:8000", "a.localhost"]
HOSTILE = [
    "evil.example", "localhost.evil.example", "localhost@evil.example", "evil@localhost", "localhost:8000#evil.example",
    "localhost/evil", "evil.example:8000", "192.168.0.1", "localhost, evil.example", "[::1", "[::1]evil.example",
    "localhost:port", "127.0.0.1.evil.example", "",
]  # fmt: skip


@pytest.mark.parametrize("host", LOOPBACK)
def test_while_it_is_local_every_loopback_name_is_answered(client: FlaskClient, host: str) -> None:
    assert status(client, host) == 200


@pytest.mark.parametrize("path", ["/login", "/no-such-page", "/static/dist/site.css"])
@pytest.mark.parametrize("host", HOSTILE)
def test_other_hosts_are_refused_everywhere(client: FlaskClient, host: str, path: str) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "This address is not served here" in answer.text
    assert not host or host not in answer.text


@pytest.mark.parametrize("host", [*HOSTILE, "10.1.2.3:8000"])
def test_health_checks_accept_any_host(client: FlaskClient, host: str) -> None:
    assert status(client, host, "/healthz") == 200


def test_a_public_site_answers_under_its_own_name_only(client_at: Callable[[str], FlaskClient]) -> None:
    client = client_at("http://example.org")
    assert status(client, "example.org") == 200
    assert status(client, "EXAMPLE.org:80") == 200
    for host in ["www.example.org", "example.org:8000", "localhost", "127.0.0.1:8000", "example.org.", ""]:
        assert status(client, host) == 400, host


def test_a_port_is_part_of_the_name(client_at: Callable[[str], FlaskClient]) -> None:
    client = client_at("http://example.org:8080")
    assert status(client, "example.org:8080") == 200
    assert status(client, "example.org") == 400


def test_the_address_of_the_settings_counts_where_site_url_is_unset(client: FlaskClient, database: Database) -> None:
    assert status(client, "example.org") == 400
    with database.writer() as session:
        change_settings(session, address="https://example.org")
        session.commit()
    assert status(client, "example.org") == 200
    assert status(client, "localhost:8000") == 200
    assert status(client, "evil.example") == 400


def test_site_url_has_the_last_word(client_at: Callable[[str], FlaskClient], database: Database) -> None:
    with database.writer() as session:
        change_settings(session, address="https://other.example")
        session.commit()
    client = client_at("https://example.org")
    assert status(client, "other.example") == 400
