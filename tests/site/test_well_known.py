"""security.txt: where to report a hole."""

from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.settings import change_settings
from tests.conftest import Clock


def test_there_is_none_without_a_contact(client: FlaskClient) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404


def test_it_says_where_and_until_when(client: FlaskClient, session: Session, the_clock: Clock) -> None:
    the_clock.set(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    change_settings(session, security_contact="mailto:security@example.org", language="de-CH")
    session.commit()
    answer = client.get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:security@example.org",
        "Expires: 2027-05-22T00:00:00Z",
        "Preferred-Languages: de-CH",
        "Canonical: http://localhost:8000/.well-known/security.txt",
    ]
    the_clock.set(datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
    assert "Expires: 2027-05-23T" in client.get("/.well-known/security.txt").text
