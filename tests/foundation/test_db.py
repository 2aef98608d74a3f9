"""The two kinds of session, and the health pages that rest on them."""

import threading
import time

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


def test_long_work_leaves_others_their_turn(database: Database) -> None:
    """Forty transactions, one right after the other; without giving way the others would write after the last."""
    written: list[int] = []

    def write_now_and_then() -> None:
        for number in range(5):
            with database.writer() as session:
                change_settings(session, tagline=str(number))
                session.commit()
            written.append(number)

    other = threading.Thread(target=write_now_and_then)
    for _ in range(40):
        with database.writer() as session:
            change_settings(session, name="Long work")
            if not other.ident:
                other.start()
            time.sleep(0.02)
            session.commit()
        database.give_way()
        if len(written) == 5:
            break
    done = len(written)
    other.join()
    assert done == 5


def test_ready_when_migrated(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.text
