"""The Big List of Naughty Strings on the readers' pages: each goes in as title, excerpt, tag and author, and comes
out of page, list, feed as the same text."""

import json
from pathlib import Path

import lxml.etree
import lxml.html
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import text
from app.articles import publishing, writing
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.settings import change_settings
from tests.site.conftest import BROWSER

ATOM = {"a": "http://www.w3.org/2005/Atom"}
PER_PAGE = 50


@pytest.fixture
def strings(corpus: Path) -> list[str]:
    """What of the list can be a title: control characters removed, blank ones left out."""
    found = (text.clean_line(value) for value in json.loads((corpus / "unicode" / "blns.json").read_text()))
    return [value for value in dict.fromkeys(found) if value and not text.is_blank(value)]


@pytest.mark.corpus
@pytest.mark.any_database  # that each database keeps them as they are, tests/admin/test_naughty_strings.py proves
def test_every_string_is_the_same_on_page_list_and_feed(
    client: FlaskClient, session: Session, strings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings(session, articles_per_page=PER_PAGE)
    session.commit()
    monkeypatch.setattr("app.site.feeds.SIZE", len(strings))
    slugs = {_publish(session, value): value for value in strings}
    session.commit()
    for slug, value in slugs.items():
        _check_page(client, slug, value)
    titles, summaries = _from_lists(client, -(-len(slugs) // PER_PAGE))
    assert titles == slugs
    assert summaries == slugs
    assert _from_feed(client) == slugs


def _publish(session: Session, value: str) -> str:
    article = writing.create(
        session,
        Content(title=value, excerpt=value, tags=[value], authors=[value], body=prepare(value, "html")),
        by_id=None,
    )
    publishing.publish(session, article, by_id=None)
    assert article.slug
    return article.slug


def _check_page(client: FlaskClient, slug: str, value: str) -> None:
    answer = client.get(f"/{slug}", headers=BROWSER)
    assert answer.status_code == 200, (slug, value)
    page = lxml.html.document_fromstring(answer.get_data())
    assert page.xpath("//h1")[0].text == value
    assert page.xpath("//*[contains(@class, 'standfirst')]")[0].text == value
    assert [tag.text for tag in page.xpath("//article//a[@rel='tag']")] == [value]
    assert [author.text for author in page.xpath("//article//a[@rel='author']")] == [value]
    assert page.xpath("//meta[@property='og:title']/@content") == [value]
    assert json.loads(page.xpath("//script")[0].text)["headline"] == value
    assert {script.get("type") for script in page.iter("script")} == {"application/ld+json"}
    for link in page.xpath("//article//a[@rel='tag' or @rel='author']/@href"):
        linked = lxml.html.document_fromstring(client.get(link).get_data())
        assert linked.xpath("//h1")[0].text == value, link


def _from_lists(client: FlaskClient, pages: int) -> tuple[dict[str, str], dict[str, str]]:
    titles: dict[str, str] = {}
    summaries: dict[str, str] = {}
    for number in range(1, pages + 1):
        page = lxml.html.document_fromstring(client.get(f"/?page={number}").get_data())
        for card in page.xpath("//article"):
            link = card.xpath(".//*[contains(@class, 'p-name')]/a")[0]
            titles[link.get("href")[1:]] = link.text
            summaries[link.get("href")[1:]] = card.xpath(".//*[contains(@class, 'p-summary')]")[0].text
    return titles, summaries


def _from_feed(client: FlaskClient) -> dict[str, str]:
    root = lxml.etree.fromstring(client.get("/feed.xml").get_data())
    found = {}
    for entry in root.xpath("a:entry", namespaces=ATOM):
        [link], [title] = (entry.xpath(path, namespaces=ATOM) for path in ("a:link/@href", "a:title/text()"))
        said = entry.xpath("a:summary/text() | a:author/a:name/text() | a:category/@term", namespaces=ATOM)
        assert said == [title] * 3, title
        found[link.rsplit("/", 1)[1]] = title
    return found
