"""What crawlers are told: the sitemap, in parts when it is large, and robots.txt."""

from datetime import UTC, datetime, timedelta

import lxml.etree
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.articles.models import Article
from tests.conftest import Clock
from tests.site.conftest import Publish

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture(autouse=True)
def noon(the_clock: Clock) -> None:
    the_clock.set(NOON)


def addresses(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    return lxml.etree.fromstring(answer.get_data()).xpath("//s:loc/text()", namespaces=MAP)


def test_a_small_site_has_one_map(client: FlaskClient, publish: Publish) -> None:
    publish("One")
    assert addresses(client, "/sitemap.xml") == [
        "http://localhost:8000/", "http://localhost:8000/archive/", "http://localhost:8000/one",
    ]  # fmt: skip
    assert client.get("/sitemap-2.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def test_from_five_thousand_on_there_is_an_index(client: FlaskClient, session: Session) -> None:
    session.add_all(
        Article(slug=f"a-{number}", title="A", published_at=NOON - timedelta(seconds=number), updated_at=NOON)
        for number in range(5001)
    )
    session.commit()
    parts = addresses(client, "/sitemap.xml")
    assert parts == ["http://localhost:8000/sitemap-1.xml", "http://localhost:8000/sitemap-2.xml"]
    found = [*addresses(client, "/sitemap-1.xml"), *addresses(client, "/sitemap-2.xml")]
    assert len(found) == len(set(found)) == 5001 + 2
    assert client.get("/sitemap-3.xml").status_code == 404


def test_robots_are_shown_the_map_and_kept_out_of_the_office(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "Sitemap: http://localhost:8000/sitemap.xml" in answer.text
    assert "Disallow: /admin/" in answer.text
