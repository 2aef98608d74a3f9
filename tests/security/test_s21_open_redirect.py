"""S21: a link of this site leads to no other one."""

import pytest
from flask.testing import FlaskClient

from app.accounts.models import Account
from tests.accounts.conftest import PASSWORD
from tests.forms import post_form
from tests.security.fuzzing import is_own_address

TARGETS = [
    "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "javascript:alert(1)",
    "http:evil.example",
    "https:/evil.example", "@evil.example", "/%09/evil.example/..", "/\x00/evil.example", "//evil.example/%2e%2e",
    "http://localhost@evil.example/", "/admin/\r\nLocation: https://evil.example", "%2f%2fevil.example", "evil.example",
    "/\u2028/evil.example", "//\uff0fevil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_signing_in_leads_to_no_other_site(client: FlaskClient, ada: Account, target: str) -> None:
    shown = client.get("/login", query_string={"next": target}).text
    fields = {"email": "ada@example.org", "password": PASSWORD, "next": target}
    answer = post_form(client, "/login", fields)
    assert answer.status_code == 303
    location = answer.headers["Location"]
    assert is_own_address(location) and "\\" not in location and not set(location) & set("\r\n\t\x00")
    again = client.get("/login", query_string={"next": target})
    assert again.status_code == 303 and is_own_address(again.headers["Location"])
    assert 'value="//' not in shown


@pytest.mark.any_database
@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example/%2e%2e", "/\\evil.example/", "/%5cevil.example/", "//evil.example"]
)
def test_a_corrected_address_stays_here(client: FlaskClient, path: str) -> None:
    for start in ("", "/admin", "/archive", "/tag"):
        answer = client.get(start + path)
        assert is_own_address(answer.headers.get("Location", "/")), start
