"""Rules that hold for every route there is: asked of all of them, so that none is forgotten."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.permissions import RIGHTS, may
from app.articles.models import Article
from app.db import Base, Database
from tests.house.furnished import PLAUSIBLE, addresses, furnish_site
from tests.house.routes import policy

ClientOf = Callable[[Account], FlaskClient]
# What a GET may change. (Views go into the journal first, which is no part of the database.)
MAY_CHANGE = {
    ("account", "last_seen_at"), ("signed_in", "last_seen_at"),
    ("visitor_salt", "day"), ("visitor_salt", "salt"),  # part of the journal: the day's first view makes it
}  # fmt: skip


@pytest.fixture
def values(session: Session, alice: Account, bob: Account) -> dict[str, Any]:
    """A furnished site: for each value in an address, something that is there."""
    return furnish_site(session, alice=alice, bob=bob)


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, but for what a GET may change."""
    rows = {}
    with database.reader() as session:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if (table.name, column.name) not in MAY_CHANGE]
            if columns:
                rows[table.name] = sorted((tuple(row) for row in session.execute(select(*columns))), key=repr)
    return rows


def test_no_post_without_its_token_does_anything(
    app: Flask, alice: Account, client_of: ClientOf, database: Database, values: dict[str, Any]
) -> None:
    client, before = client_of(alice), everything(database)
    anonymous = app.test_client()
    for rule, url in addresses(app, "POST", values):
        for browser in (client, anonymous):
            for token in ({}, {"csrf_token": ""}, {"csrf_token": "ImZvcmdlZCI.aaaa.bbbb"}):
                answer = browser.post(url, data=PLAUSIBLE | token)
                assert 400 <= answer.status_code < 500, f"{rule.rule} answered {answer.status_code}"
        assert client.post(url, json=PLAUSIBLE).status_code >= 400, rule.rule
        assert everything(database) == before, f"{rule.rule} changed something without a token"


def test_no_get_changes_anything(
    app: Flask, alice: Account, client_of: ClientOf, database: Database, values: dict[str, Any]
) -> None:
    client, anonymous = client_of(alice), app.test_client()
    before = everything(database)
    for rule, url in addresses(app, "GET", values):
        for browser in (client, anonymous):
            for method in ("GET", "HEAD"):
                answer = browser.open(url, method=method)
                answer.close()
                assert answer.status_code < 500, f"{method} {url} answered {answer.status_code}"
        assert everything(database) == before, f"GET {rule.rule} changed something"


def test_every_route_is_closed_to_roles_without_its_right(
    app: Flask, alice: Account, bob: Account, charlie: Account, client_of: ClientOf, values: dict[str, Any]
) -> None:
    """``may()`` says who is let in; the article here is not Charlie's."""
    people = [(person, client_of(person)) for person in (bob, charlie)]
    anonymous = app.test_client()
    for method in ("GET", "POST"):
        for rule, url in addresses(app, method, values):
            action = policy(app, rule)
            if action == "public":
                continue
            expected = 303 if method == "GET" else 401
            assert anonymous.open(url, method=method).status_code == expected, url
            for person, client in people:
                if not may(person, action):
                    assert client.open(url, method=method).status_code == 403, f"{method} {url} for {person.name}"


def test_ways_around_an_address_open_nothing(app: Flask, values: dict[str, Any]) -> None:
    anonymous = app.test_client()
    for rule, url in addresses(app, "GET", values):
        if policy(app, rule) == "public":
            continue
        for other in (
            url + "/",
            url.upper(),
            url.replace("/admin", "/%61dmin"),
            url.replace("/admin", "//admin"),
            f"{url}?x=1",
        ):
            for method in ("GET", "HEAD"):
                assert anonymous.open(other, method=method).status_code in {303, 308, 400, 404, 405}, other


def test_ids_that_no_row_can_have_are_not_found(
    app: Flask, alice: Account, client_of: ClientOf, values: dict[str, Any]
) -> None:
    client = client_of(alice)
    for number in (0, 4711, 2**31 - 1, 2**31, 10**30):
        strange = values | {name: number for name in values if name.endswith("_id")}
        for method in ("GET", "POST"):
            for rule, url in addresses(app, method, strange):
                if any(name.endswith("_id") for name in rule.arguments):
                    assert client.open(url, method=method, data=PLAUSIBLE).status_code in {400, 404, 405, 422}, url


ODD = ("\x00", "%ff%fe", "'; DROP TABLE account; --", "{{7*7}}", "x" * 5000, "../../etc/passwd", "-1", "9" * 30)
QUERIES = ("page", "q", "status", "author", "tag", "sort", "after", "before", "next", "done", "step", "v",
           "period", "first", "last", "article", "first_day", "last_hour", "amount", "reason")  # fmt: skip


def test_odd_queries_and_addresses_are_no_accident(
    app: Flask, alice: Account, client_of: ClientOf, values: dict[str, Any]
) -> None:
    client = client_of(alice)
    for rule, url in addresses(app, "GET", values):
        for odd in ODD:
            answer = client.get(url, query_string=dict.fromkeys(QUERIES, odd))
            assert answer.status_code < 500, f"{rule.rule} with {odd[:20]!r}"
    for odd in ODD:
        for path in (f"/{odd}", f"/tag/{odd}", f"/author/{odd}", f"/welcome/{odd}", f"/setup/{odd}"):
            assert client.get(path).status_code < 500, path


def test_the_rights_table_is_the_one_on_its_screen() -> None:
    assert all(len(row) == 3 for row in RIGHTS.values())


def test_the_article_is_there(session: Session, values: dict[str, Any]) -> None:
    assert session.get(Article, values["article_id"]) is not None
