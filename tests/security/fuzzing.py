"""Requests made of what goes wrong elsewhere, asked of a furnished site without a server.

``Site`` holds one application for many requests: after each that changed something the database is what it was before,
so every request finds the same site. ``requests`` is the hypothesis strategy that makes them, as raw as a server
would hand them over: paths and bodies of any bytes, headers that lie.
"""

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule

from app import create_app
from app.accounts.models import Account
from app.accounts.signing_in import open_session
from app.config import Config
from app.db import Base, Database
from tests.conftest import make_account
from tests.forms import csrf_token
from tests.house.furnished import PLAUSIBLE, SLUGS, furnish_site
from tests.house.routes import policy

MARK = "zz1x"
"""The name of an element that no page has: where it is one, text became HTML."""


@dataclass(frozen=True)
class Target:
    """A route with one of its methods, and the names of the parameters that its handler looks for."""

    endpoint: str
    method: str
    rule: str
    values: tuple[tuple[str, str], ...]
    policy: str
    args: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """A request as it comes over the wire; ``has_token`` puts the browser's token into ``body``."""

    target: Target
    method: str
    path: bytes
    query: bytes
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known.lower() == name), "")


@dataclass(frozen=True)
class Browser:
    """Who asks: the cookie that a browser has, and the token of its forms."""

    cookie: str
    token: str


class Names(ImmutableMultiDict[str, str]):
    """Parameters of a request that note which of them are looked for."""

    asked: ClassVar[set[str]] = set()

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name: str, *args: Any, **kwargs: Any) -> Any:
        self.asked.add(name)
        return super().get(name, *args, **kwargs)

    def getlist(self, name: str, *args: Any, **kwargs: Any) -> Any:
        self.asked.add(name)
        return super().getlist(name, *args, **kwargs)


class Site:
    """A furnished site with people in it, and a way back to how it was."""

    def __init__(self, config: Config) -> None:
        self.app: Flask = create_app(config)
        self.database: Database = self.app.extensions["typecase.db"]
        with self.database.writer() as session:
            people = {name: make_account(session, name, role) for name, role in PEOPLE.items()}
            self.values = furnish_site(session, alice=people["Alice"], bob=people["Bob"])
            # More people than furnish_site needs: to delete or change Bob is asked for, so Bob asks for nothing.
            self.browsers = {PEOPLE[name]: self._sign_in(session, people[name]) for name in ("Alice", "Charlie")}
            session.commit()
        client = self.app.test_client()
        self.browsers["nobody"] = Browser("", "")
        token = csrf_token(client)
        self.browsers["nobody"] = Browser(_cookie_of(client), token)
        self._is_changed = False
        self.database.after_commit(self._note_change)
        self._former = _snapshot(self.database)
        self.targets = [self._learn(target) for target in _targets(self.app, self.values)]

    def ask(self, who: str, request: Request) -> tuple[Answer, list[str]]:
        """The answer, and what was logged as an error meanwhile."""
        with _errors() as errors:
            answer = self._answer(self.browsers[who], request)
        if self._is_changed:
            self._is_changed = False
            self._former.bring_back()
        return answer, errors

    def _sign_in(self, session: Session, account: Account) -> Browser:
        client = self.app.test_client()
        token = open_session(session, account)
        session.commit()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        token = csrf_token(client)
        return Browser(_cookie_of(client), token)

    def _note_change(self, _session: Session) -> None:
        self._is_changed = True

    def _learn(self, target: Target) -> Target:
        """The target with the names that its handler looks for in the query and in the form."""
        found: list[tuple[str, ...]] = []
        ordinary = self.app.request_class
        for kind in ("query", "form"):
            names = type("Noting", (Names,), {"asked": set()})
            taken = "args" if kind == "query" else "form"
            noting = type("Noting", (ordinary,), {taken: _noting(ordinary, taken, names)})
            self.app.request_class = noting
            body = "&".join(f"{quote(name)}={quote(value)}" for name, value in PLAUSIBLE.items()).encode()
            path = quote(address_of(target, {})).encode()
            headers = (("Content-Type", "application/x-www-form-urlencoded"),) if target.method == "POST" else ()
            self.ask("admin", Request(target, target.method, path, b"", headers, body if headers else b""))
            self.app.request_class = ordinary
            found.append(tuple(sorted(names.asked - {"csrf_token"})))
        return Target(target.endpoint, target.method, target.rule, target.values, target.policy, found[0], found[1])

    def _answer(self, browser: Browser, request: Request) -> Answer:
        body = request.body.replace(TOKEN, browser.token.encode())
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": _unquoted(request.path),
            "QUERY_STRING": request.query.decode("latin-1"),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": browser.cookie,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if body:
            environ["CONTENT_LENGTH"] = str(len(body))
        for name, value in request.headers:
            key = name.upper().replace("-", "_")
            environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
            started[:] = [status, headers]
            return lambda _data: None

        chunks = self.app(environ, start)
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return Answer(int(started[0][:3]), started[1], body)

    def close(self) -> None:
        self.database.close()


PEOPLE = {"Alice": "admin", "Bob": "editor", "Charlie": "author"}
TOKEN = b"TOKEN-OF-THIS-BROWSER"


def _noting(ordinary: type, name: str, names: type[Names]) -> property:
    def look(request: Any) -> Names:
        return names(getattr(super(type(request), request), name))

    return property(look)


def _cookie_of(client: Any) -> str:
    return f"session={client.get_cookie('session').value}"


def address_of(target: Target, instead: dict[str, str]) -> str:
    """The path of a route with its values, some of them others."""
    values = dict(target.values) | instead
    return re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda found: values[found[1]], target.rule)


def _unquoted(path: bytes) -> str:
    """As a server makes PATH_INFO of it."""
    return re.sub(rb"%([0-9a-fA-F]{2})", lambda found: bytes([int(found[1], 16)]), path).decode("latin-1")


def _targets(app: Flask, values: dict[str, Any]) -> list[Target]:
    """Every route with each of its methods, static files among them."""
    known = values | {"filename": "dist/site.css"}

    def target(rule: Rule, method: str) -> Target:
        own = {name: f"{known[name]:02}" if name == "month" else str(known[name]) for name in rule.arguments}
        if rule.endpoint in SLUGS:
            own["slug"] = SLUGS[rule.endpoint]
        stated = policy(app, rule) or "public"
        return Target(rule.endpoint, method, rule.rule, tuple(sorted(own.items())), stated)

    return [
        target(rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]


@contextmanager
def _errors() -> Iterator[list[str]]:
    """What is logged as an error or worse: behind each of them is a page that says so, or one that should."""
    found: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(logging.Formatter().format(record))

    listener = Listener(logging.ERROR)
    logging.getLogger().addHandler(listener)
    try:
        yield found
    finally:
        logging.getLogger().removeHandler(listener)


class _SqliteFormer:
    def __init__(self, database: Database) -> None:
        self.path = str(database.url.database)
        self.kept = sqlite3.connect(":memory:", check_same_thread=False)
        self.live = sqlite3.connect(self.path, check_same_thread=False)
        self.live.execute("PRAGMA synchronous = OFF")
        self.live.backup(self.kept)

    def bring_back(self) -> None:
        self.kept.backup(self.live)


@dataclass
class _PostgresFormer:
    database: Database
    script: str = field(init=False)

    def __post_init__(self) -> None:
        tables = [table.name for table in Base.metadata.sorted_tables]
        with self.database.engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA former"))
            for table in tables:
                connection.execute(text(f"CREATE TABLE former.{table} AS TABLE public.{table}"))
        # Without their triggers the tables need not be emptied and filled in the order of their foreign keys.
        self.script = "SET LOCAL session_replication_role = replica;" + ";".join(
            f"DELETE FROM public.{table}; INSERT INTO public.{table} SELECT * FROM former.{table}" for table in tables
        )

    def bring_back(self) -> None:
        with self.database.engine.begin() as connection:
            connection.exec_driver_sql(self.script)


def _snapshot(database: Database) -> _SqliteFormer | _PostgresFormer:
    return _SqliteFormer(database) if database.is_sqlite else _PostgresFormer(database)


def is_own_address(location: str) -> bool:
    """Whether a Location stays on the site."""
    return urlsplit(location).netloc in {"", "localhost"} and not location.startswith(("//", "/\\"))
