"""The two kinds of session, and the health pages that rest on them."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from app.db import Database
from app.settings import change_settings, get_settings


def test_a_reader_cannot_write(database: Database) -> None:
    with database.reader() as session, pytest.raises(DBAPIError):
        change_settings(session, name="Changed")
    with database.writer() as session:
        change_settings(session, name="Changed")
        session.commit()
    with database.reader() as session:
        assert get_settings(session).name == "Changed"


def test_ready_when_migrated(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.text
