"""S21: no address of ours leads elsewhere, however ``next`` is spelled."""

import pytest
from flask.testing import FlaskClient

from app.accounts.models import Account
from app.web import safe_next
from tests.accounts.conftest import HASH
from tests.forms import csrf_token

ELSEWHERE = [
    "//evil.example", "///evil.example", "////evil.example/", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "/\t/evil.example", "\t//evil.example", "/\n/evil.example", " //evil.example", "/ /evil.example",
    "https://evil.example", "HTTPS:evil.example", "https:/evil.example", "javascript:alert(1)", "data:text/html,x",
    "evil.example", "@evil.example", "http://localhost@evil.example/", "https://localhost:8000@evil.example",
    "/\x00/evil.example", "/\x7f/evil.example", "/admin\\@evil.example", "?next=//evil.example", "#//evil.example",
    "/\r\nLocation: https://evil.example", "",
]  # fmt: skip
WITHIN = ["/admin/", "/admin/articles?q=a//b", "/%2F%2Fevil.example", "/@evil.example", "/%5Cevil.example", "/%09/x"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_what_leads_elsewhere_is_not_followed(target: str) -> None:
    assert safe_next(target, default="/admin/") == "/admin/"


@pytest.mark.parametrize("target", WITHIN)
def test_a_path_of_this_site_is(target: str) -> None:
    assert safe_next(target, default="/") == target


def test_nobody_is_sent_elsewhere_by_signing_in(client: FlaskClient, alice: Account, session: object) -> None:
    alice.password_hash = HASH
    session.commit()  # type: ignore[attr-defined]
    for target in (
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "/%2F/evil.example",
    ):
        fields = {"csrf_token": csrf_token(client, "/login"), "email": "alice@example.org",
                  "password": "correct horse battery", "next": target}  # fmt: skip
        answer = client.post(f"/login?next={target.strip()}", data=fields)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/") and answer.headers["Location"][1] not in "/\\", target
        client.post("/logout", data={"csrf_token": csrf_token(client)})


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example/%2e%2e", "/%2F/evil.example/", "/\\evil.example/"])
def test_no_slash_too_many_leads_elsewhere(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    location = answer.headers.get("Location", "/")
    assert (location.startswith("/") and location[1:2] not in {"/", "\\"}) or location.startswith("http://localhost")
