"""What tests of the writing desk share: browsers of the three roles, and an article made by typing it in."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles.models import Article
from app.articles.reading import get_article
from app.db import Database
from tests.forms import field_errors, post_form, where_to

Write = Callable[..., int]


@pytest.fixture
def editor(bob: Account, client_of: Callable[[Account], FlaskClient]) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


@pytest.fixture
def author(charlie: Account, client_of: Callable[[Account], FlaskClient]) -> FlaskClient:
    """Charlie's browser."""
    return client_of(charlie)


def write(client: FlaskClient, title: str = "A title", body: str = "<p>Some words.</p>", **fields: str) -> int:
    """Type in a new article; returns its id."""
    answer = post_form(client, "/admin/articles", {"title": title, "body": body} | fields)
    assert answer.status_code == 303, field_errors(answer)
    return int(where_to(answer).split("?")[0].rsplit("/", 1)[1])


def publish(client: FlaskClient, article_id: int, **fields: str) -> None:
    answer = post_form(client, f"/admin/articles/{article_id}/publish", dict(fields))
    assert answer.status_code == 303, field_errors(answer)


@pytest.fixture
def look(database: Database) -> Callable[[int], Article]:
    """The article as the database has it now."""
    opened: list[Session] = []

    def look(article_id: int) -> Article:
        session = database.reader()
        opened.append(session)
        return get_article(session, article_id)

    yield look
    for session in opened:
        session.close()
