"""Lists of articles: the home page, tags, authors, the archive, and their paging."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.settings import change_settings
from tests.conftest import Clock
from tests.site.conftest import Publish, texts, tree

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TITLES = "//article//*[contains(@class, 'card-title')]"


@pytest.fixture(autouse=True)
def noon(the_clock: Clock) -> None:
    the_clock.set(NOON)


@pytest.fixture
def seven(session: Session, publish: Publish) -> None:
    """Seven articles, a day apart, three to a page."""
    change_settings(session, articles_per_page=3)
    for number in range(7):
        publish(f"Number {number}", at=NOON - timedelta(days=7 - number), tags=["odd" if number % 2 else "even"])


def test_a_new_site_says_so_and_shows_the_way_in(client: FlaskClient) -> None:
    page = tree(client, "/")
    assert "Nothing published yet" in texts(page, "//main//h2")
    assert page.xpath("//main//a/@href") == ["/login"]
    assert "Nothing published yet." in texts(tree(client, "/archive/"), "//main//p")


@pytest.mark.usefixtures("seven")
def test_the_newest_come_first_a_page_at_a_time(client: FlaskClient) -> None:
    first, second, last = (tree(client, path) for path in ("/", "/?page=2", "/?page=3"))
    assert texts(first, TITLES) == ["Number 6", "Number 5", "Number 4"]
    assert texts(second, TITLES) == ["Number 3", "Number 2", "Number 1"]
    assert texts(last, TITLES) == ["Number 0"]
    assert texts(second, "//nav[@class='paging']/p") == ["Page 2 of 3"]
    assert second.xpath("//nav[@class='paging']/a/@href") == ["/", "/?page=3"]
    assert second.xpath("//link[@rel='prev' or @rel='next']/@href") == [
        "http://localhost:8000/", "http://localhost:8000/?page=3",
    ]  # fmt: skip
    assert second.xpath("//link[@rel='canonical']/@href") == ["http://localhost:8000/?page=2"]
    assert not first.xpath("//link[@rel='prev']")
    assert not last.xpath("//link[@rel='next']")


@pytest.mark.usefixtures("seven")
@pytest.mark.parametrize("number", ["0", "4", "-1", "x", "", "1.0", "²", "٢", "99999999", "9" * 30, "+1", "1 "])
def test_a_page_that_is_not_there_is_not_found(client: FlaskClient, number: str) -> None:
    for path in ("/", "/tag/odd", "/author/jhon-lennon", "/archive/2026/02/"):
        assert client.get(path, query_string={"page": number}).status_code == 404, path


@pytest.mark.usefixtures("seven")
def test_tags_and_authors_have_pages(client: FlaskClient, session: Session) -> None:
    assert texts(tree(client, "/tag/odd"), TITLES) == ["Number 5", "Number 3", "Number 1"]
    even = tree(client, "/tag/even?page=2")
    assert texts(even, "//h1") == ["even"]
    assert even.xpath("//nav[@class='paging']/a/@href") == ["/tag/even"]
    assert texts(tree(client, "/author/jhon-lennon?page=3"), TITLES) == ["Number 0"]


def test_an_authors_page_has_the_biography_as_plain_text(
    client: FlaskClient, publish: Publish, session: Session
) -> None:
    publish("A").authors[0].biography = "Sings.\n<b>Writes</b>."
    session.commit()
    assert texts(tree(client, "/author/jhon-lennon"), "//p[@class='biography']") == ["Sings. <b>Writes</b>."]
    assert texts(tree(client, "/a"), "//section[@class='about']/h2") == ["About Jhon Lennon"]


def test_who_has_published_nothing_has_no_page(client: FlaskClient, alice: object) -> None:
    for path in ("/author/alice", "/author/nobody", "/tag/nothing", "/tag/%00", "/author/%00"):
        assert client.get(path).status_code == 404, path


def test_a_month_of_the_archive_is_a_month_of_the_sites_own_calendar(
    client: FlaskClient, publish: Publish, session: Session
) -> None:
    change_settings(session, time_zone="Asia/Tokyo")
    publish("January still", at=datetime(2026, 1, 31, 14, 59, tzinfo=UTC))
    publish("Already February", at=datetime(2026, 1, 31, 15, 0, tzinfo=UTC))
    archive = tree(client, "/archive/")
    assert archive.xpath("//main//li/a/@href") == ["/archive/2026/02/", "/archive/2026/01/"]
    assert texts(archive, "//main//li") == ["February 1 article", "January 1 article"]
    assert texts(tree(client, "/archive/2026/01/"), TITLES) == ["January still"]
    assert texts(tree(client, "/archive/2026/02/"), TITLES) == ["Already February"]
    for path in ("/archive/2026/03/", "/archive/2026/13/", "/archive/2026/00/", "/archive/0000/01/",
                 "/archive/9999/12/", "/archive/2026/1/", "/archive/2026/"):  # fmt: skip
        assert client.get(path).status_code == 404, path


def test_a_featured_article_says_so(client: FlaskClient, publish: Publish) -> None:
    publish("Plain", at=NOON - timedelta(days=1))
    publish("Special", is_featured=True)
    page = tree(client, "/")
    assert texts(page, "//p[@class='kicker']/following-sibling::h2") == ["Special"]
