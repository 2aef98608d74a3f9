"""What every answer tells browsers: by kind of page, by setting, behind https; also the answers of kept pages."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.models import Account
from app.config import Config
from app.settings import change_settings
from tests.admin.conftest import publish, write

ClientOf = Callable[[Account], FlaskClient]


def directives(client: FlaskClient, url: str) -> dict[str, str]:
    policy = client.get(url).headers["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def test_no_page_runs_or_shows_what_stands_in_it(bob: Account, client: FlaskClient, client_of: ClientOf) -> None:
    editor = client_of(bob)
    number = write(editor)
    publish(editor, number)
    for browser, url in (
        (client, "/"), (client, "/a-title"), (client, "/login"), (client, "/no-such-page"), (client, "/search?q=a"),
        (editor, "/admin/"), (editor, f"/admin/articles/{number}"), (editor, "/"), (editor, "/admin/audit"),
    ):  # fmt: skip
        found = directives(browser, url)
        assert found["default-src"] == found["base-uri"] == found["frame-ancestors"] == "'none'", url
        assert found["script-src"] == found["style-src"] == found["form-action"] == "'self'", url
        assert "unsafe" not in str(found)


def test_what_is_no_page_may_do_nothing(bob: Account, client: FlaskClient, client_of: ClientOf) -> None:
    for browser, url in (
        (client, "/feed.xml"),
        (client, "/robots.txt"),
        (client_of(bob), "/admin/statistics/now.json"),
    ):
        assert directives(browser, url).keys() == {"default-src", "base-uri", "form-action", "frame-ancestors"}


def test_pictures_from_elsewhere_while_a_setting_says_so_at_once_also_on_kept_pages(
    bob: Account, client: FlaskClient, client_of: ClientOf, session: Session
) -> None:
    editor = client_of(bob)
    publish(editor, write(editor))
    for url in ("/", "/a-title"):
        assert client.get(url).headers["ETag"] and directives(client, url)["img-src"] == "'self' data: https:"
    change_settings(session, allows_foreign_pictures=False)
    session.commit()
    for browser, url in ((client, "/"), (client, "/a-title"), (editor, "/admin/")):
        found = directives(browser, url)
        assert (found["img-src"], found["media-src"]) == ("'self' data:", "'self'")
    change_settings(session, allows_foreign_pictures=True)
    session.commit()
    assert directives(client, "/a-title")["media-src"] == "'self' https:"


def test_nothing_from_elsewhere_where_secrets_are_typed(client: FlaskClient) -> None:
    assert directives(client, "/login")["img-src"] == "'self' data:"


def test_the_other_headers_by_kind_of_page(bob: Account, client: FlaskClient, client_of: ClientOf) -> None:
    for browser, url, referrer, shared, passkeys in (
        (client, "/", "strict-origin-when-cross-origin", "same-origin", "()"),
        (client, "/feed.xml", "strict-origin-when-cross-origin", "cross-origin", "()"),
        (client, "/login", "same-origin", "same-origin", "(self)"),
        (client_of(bob), "/admin/", "same-origin", "same-origin", "(self)"),
        (client, "/welcome/no-such-token", "no-referrer", "same-origin", "(self)"),
        (client, "/no-such-page", "strict-origin-when-cross-origin", "same-origin", "()"),
    ):
        headers = browser.get(url).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Referrer-Policy"] == referrer, url
        assert headers["Cross-Origin-Resource-Policy"] == shared, url
        assert f"publickey-credentials-get={passkeys}" in headers["Permissions-Policy"], url
        assert "camera=()" in headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in headers


@pytest.fixture
def secure(config: Config, database_url: str) -> Flask:
    app = create_app(replace(config, site_url="https://blog.example", site_url_given=True))
    yield app
    app.extensions["typecase.db"].close()


def test_behind_https_browsers_never_come_back_without_it(secure: Flask) -> None:
    client = secure.test_client()
    for _ in "ab":  # the second is answered from what is kept
        answer = client.get("/", base_url="https://blog.example")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert answer.headers["Content-Security-Policy"].endswith("; upgrade-insecure-requests")


def test_cookies_cannot_be_read_by_scripts_nor_sent_from_elsewhere(secure: Flask, client: FlaskClient) -> None:
    cookie = secure.test_client().get("/login", base_url="https://blog.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert f"; {flag}" in cookie
    assert "Domain" not in cookie
    cookie = client.get("/login").headers["Set-Cookie"]
    assert cookie.startswith("session=") and "; HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Set-Cookie" not in client.get("/").headers


def test_no_template_has_anything_inline() -> None:
    for template in (Path(__file__).parents[2] / "templates").rglob("*.*"):
        text = template.read_text(encoding="utf-8")
        for forbidden in (" style=", "<style", " onclick=", " onload=", "javascript:"):
            assert forbidden not in text, f"{template.name} holds {forbidden}"
