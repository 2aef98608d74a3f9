"""Where the number is not shown to readers: nothing on their pages tells it, and every view is counted all the same."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.models import Account
from app.articles import publishing
from app.articles.models import Article
from app.articles.reading import get_article
from app.config import Config
from app.pageviews.writing import set_starting
from app.settings import change_settings
from tests.site.conftest import BROWSER, Publish

BOT = {"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}
READERS = ("/a", "/", "/archive/", "/author/jhon-lennon", "/feed.xml", "/rss.xml", "/feed.json", "/sitemap.xml")
START = 41_270


@pytest.fixture(params=["site", "article"])
def hidden(request: pytest.FixtureRequest, publish: Publish, session: Session) -> Article:
    """An article that has been read 41,270 times elsewhere and shows nobody how often, by either switch."""
    article = publish("A")
    set_starting(session, article.id, views=START)
    if request.param == "site":
        change_settings(session, shows_pageviews=False)
    else:
        publishing.show_pageviews(session, article, shown=False)
    session.commit()
    return article


def count_of(app: Flask, article: Article) -> int:
    with app.extensions["typecase.db"].reader() as session:
        number: int = app.extensions["typecase.counter"].shown(session, article.id)
    return number


def assert_untold(text: str) -> None:
    assert not [told for told in ("pageviews", "views", "-4127", "41,27", "interactionStatistic") if told in text]


def test_readers_see_no_number_anywhere_and_are_counted(app: Flask, client: FlaskClient, hidden: Article) -> None:
    for times in range(1, 4):
        for accepted in ("gzip", "identity"):
            answer = client.get("/a", headers=BROWSER | {"Accept-Encoding": accepted})
            assert answer.status_code == 200
            if accepted == "identity":
                assert_untold(answer.text)
            assert_untold(str(answer.headers))
        assert count_of(app, hidden) == START + 2 * times
    for url in READERS[1:]:
        assert_untold(client.get(url, headers=BROWSER).text)


def test_a_view_is_answered_with_the_page_and_a_crawler_need_not_fetch_it_again(
    app: Flask, client: FlaskClient, hidden: Article
) -> None:
    etag = client.get("/a", headers=BROWSER).headers["ETag"]
    again = client.get("/a", headers=BROWSER | {"If-None-Match": etag})
    assert (again.status_code, again.headers["ETag"]) == (200, etag)
    assert again.text
    assert client.get("/a", headers=BOT | {"If-None-Match": etag}).status_code == 304
    assert count_of(app, hidden) == START + 2


def test_it_is_the_same_where_no_pages_are_kept(config: Config, hidden: Article) -> None:
    app = create_app(replace(config, page_cache_bytes=0))
    assert_untold(app.test_client().get("/a", headers=BROWSER).text)
    assert count_of(app, hidden) == START + 1
    app.extensions["typecase.db"].close()


def test_staff_see_it(hidden: Article, bob: Account, client_of: Callable[[Account], FlaskClient]) -> None:
    text = client_of(bob).get("/a", headers=BROWSER).text
    assert "41,270 views</data>" in text
    assert "readers do not see how often it was read" in text


def test_a_page_that_was_kept_changes_at_once(client: FlaskClient, publish: Publish, session: Session) -> None:
    article = publish("A")
    other = publish("B")
    for url in ("/a", "/b"):
        assert "1 view<" in client.get(url, headers=BROWSER).text
    publishing.show_pageviews(session, get_article(session, article.id), shown=False)
    session.commit()
    assert "view" not in client.get("/a", headers=BROWSER).text.partition("article-head")[2]
    assert "2 views<" in client.get("/b", headers=BROWSER).text
    change_settings(session, shows_pageviews=False)
    session.commit()
    assert "2 views<" not in client.get("/b", headers=BROWSER).text
    change_settings(session, shows_pageviews=True)
    publishing.show_pageviews(session, get_article(session, article.id), shown=True)
    session.commit()
    assert "3 views<" in client.get("/a", headers=BROWSER).text, "what was not shown was counted"
    assert "4 views<" in client.get("/b", headers=BROWSER).text
    assert other.shows_pageviews
