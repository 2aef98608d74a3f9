"""Counting by a script or a pixel, behind a shared cache: the same rules, never twice, and nobody else's to use."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.models import Account
from app.articles import publishing
from app.articles.models import Article
from app.config import ROOT, Config
from app.db import Database
from app.pageviews import reading
from app.pageviews.journal import parse
from app.pageviews.visits import VISITOR, Origin, read_origin
from app.pageviews.writing import set_starting
from app.settings import change_settings
from tests.site.conftest import BROWSER, Publish

BOT = {"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}
OWN = BROWSER | {"Sec-Fetch-Site": "same-origin"}
HEAD = 20
"""Bytes of a record before its tail."""
GIF = "/pageviews/1.gif"


@pytest.fixture(autouse=True)
def article(publish: Publish, session: Session) -> Article:
    """A public article at /a, on a site that counts by script."""
    article = publish("A", tags=["T"])
    change_settings(session, counts_by_script=True)
    assert article.id == 1
    session.commit()
    return article


def count(client: FlaskClient, article_id: int = 1, /, headers: dict[str, str] = OWN, **sent: Any) -> TestResponse:
    """What the script does."""
    return client.post(f"/pageviews/{article_id}", headers=headers, data=sent)


def classes(app: Flask, article_id: int = 1) -> dict[str, int]:
    """What was journaled, by class."""
    app.extensions["typecase.counter"].fold()
    database: Database = app.extensions["typecase.db"]
    with database.reader() as session:
        return reading.list_classes(session, article_id)


def test_the_page_holds_no_number_and_is_not_counted_by_its_answer(app: Flask, client: FlaskClient) -> None:
    pages = [client.get("/a", headers=headers) for headers in (BROWSER, BROWSER, BOT)]
    assert len({page.text for page in pages}) == 1
    tree = lxml.html.document_fromstring(pages[0].text)
    (number,) = tree.xpath("//data[@class='pageviews']")
    assert (number.get("value"), number.get("hidden"), number.text_content()) == ("", "", "")
    assert tree.xpath("//script/@data-count") == ["/pageviews/1"]
    assert tree.xpath("//noscript//img/@src") == [GIF]
    assert classes(app) == {}


def test_a_view_is_counted_and_the_answer_is_the_number(app: Flask, client: FlaskClient) -> None:
    answers = [count(client).json for _ in range(2)]
    assert answers == [["1", "1 view", False], ["2", "2 views", False]]
    answer = count(client)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert classes(app) == {"browser": 3}


def test_the_words_are_the_sites(client: FlaskClient, session: Session) -> None:
    change_settings(session, language="de")
    set_starting(session, 1, views=1_234_566)
    session.commit()
    assert count(client).json == ["1234567", "1.234.567 views", False]


def test_the_pixel_counts_where_there_is_no_script(app: Flask, client: FlaskClient) -> None:
    answer = client.get(GIF, headers=OWN)
    assert (answer.status_code, answer.mimetype) == (200, "image/gif")
    assert answer.data.startswith(b"GIF89a")
    assert answer.headers["Cache-Control"] == "private, no-store"
    client.get(GIF, headers=OWN)
    assert classes(app) == {"browser": 2}, "it is never answered from a kept copy"
    client.head(GIF, headers=OWN)
    assert classes(app) == {"browser": 2, "bot": 1}


def test_the_classes_are_those_of_any_view(
    app: Flask, client: FlaskClient, bob: Account, client_of: Callable[[Account], FlaskClient]
) -> None:
    count(client, headers=BOT)
    count(client, headers=OWN | {"Sec-Purpose": "prefetch;prerender"})
    staff = client_of(bob)
    assert count(staff).json == ["0", "0 views", False]
    staff.get(GIF, headers=OWN)
    assert classes(app) == {"bot": 1, "prefetch": 1, "staff": 2}


def origins(folder: Path) -> list[Origin]:
    """Where the journaled views came from."""
    found = []
    for file in sorted(folder.glob("*.views")):
        data, start = file.read_bytes(), 0
        for view in parse(data):
            found.append(read_origin(data[start + HEAD + VISITOR.size : view.end]))
            start = view.end
    return found


def test_where_the_view_came_from_is_what_the_page_says(client: FlaskClient, config: Config) -> None:
    count(client, referrer="https://news.example/über?secret=1", query="?utm_source=letter&utm_medium=mail")
    client.get(GIF, headers=OWN | {"Referer": "http://localhost/a?utm_source=pixel"})
    count(client, referrer="x" * 5000, query="\x00" + "%ff" * 2000)
    first, second, third = origins(config.journal_dir)
    assert first[1:] == ("site", "news.example", "/über", "letter", "mail", "")
    assert second[1:] == ("direct", "", "", "pixel", "", "")
    assert third[1:] == ("direct", "", "", "", "", "")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "SAME-ORIGIN", ""])
def test_other_sites_pages_are_refused(app: Flask, client: FlaskClient, site: str) -> None:
    headers = BROWSER | {"Sec-Fetch-Site": site}
    assert count(client, headers=headers).status_code == 403
    assert client.get(GIF, headers=headers).status_code == 403
    assert classes(app) == {}


def test_of_browsers_that_do_not_say_what_they_say_must_fit(app: Flask, client: FlaskClient) -> None:
    for bad in ("https://evil.example", "http://localhost.evil.example", "null", "http://[::1"):
        assert count(client, headers=BROWSER | {"Origin": bad}).status_code == 403, bad
        assert client.get(GIF, headers=BROWSER | {"Referer": f"{bad}/a"}).status_code == 403, bad
    assert count(client, headers=BROWSER | {"Origin": "http://localhost"}).status_code == 200
    assert client.get(GIF, headers=BROWSER | {"Referer": "http://localhost/a"}).status_code == 200
    assert count(client, headers=BROWSER).status_code == 200
    assert classes(app) == {"browser": 3}


def test_nothing_that_is_sent_sets_a_number(app: Flask, client: FlaskClient) -> None:
    forged = {"value": "1000", "views": "1000", "count": "99", "number": "7", "article_id": "2", "class": "browser"}
    assert count(client, **forged).json == ["1", "1 view", False]
    assert client.post("/pageviews/1?views=1000&count=5", headers=OWN, json=forged).json == ["2", "2 views", False]
    assert classes(app) == {"browser": 2}


def test_only_public_articles_are_counted(app: Flask, client: FlaskClient, publish: Publish, session: Session) -> None:
    publishing.withdraw(session, publish("B"))
    session.commit()
    for article_id in (2, 4711, 2**40):
        assert count(client, article_id).status_code == 404
        assert client.get(f"/pageviews/{article_id}.gif", headers=OWN).status_code == 404
    assert client.post("/pageviews/-1", headers=OWN).status_code in {404, 405}
    assert classes(app, 2) == {}


def test_too_much_is_refused(app: Flask, client: FlaskClient) -> None:
    assert count(client, referrer="x" * 20_000).status_code == 413
    assert classes(app) == {}


def test_where_the_server_counts_there_is_no_such_address(app: Flask, client: FlaskClient, session: Session) -> None:
    change_settings(session, counts_by_script=False)
    session.commit()
    assert count(client).status_code == 404
    assert client.get(GIF, headers=OWN).status_code == 404
    page = client.get("/a", headers=BROWSER).text
    assert "1 view<" in page
    assert "<script src" not in page and "<noscript" not in page
    assert classes(app) == {"browser": 1}


def test_a_number_that_is_not_shown_is_not_told(
    app: Flask, client: FlaskClient, session: Session, bob: Account, client_of: Callable[[Account], FlaskClient]
) -> None:
    change_settings(session, shows_pageviews=False)
    session.commit()
    answer = count(client)
    assert (answer.status_code, answer.data) == (204, b"")
    assert 'class="pageviews"' not in client.get("/a", headers=BROWSER).text
    assert count(client_of(bob)).json == ["1", "1 view", False]
    assert classes(app) == {"browser": 1, "staff": 1}


def test_shared_caches_are_told_how_long_and_under_which_keys(client: FlaskClient) -> None:
    answer = client.get("/a", headers=BROWSER)
    assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=60, stale-while-revalidate=60"
    assert answer.headers["Surrogate-Key"] == "article:1 author:1 site tag:1"
    assert answer.headers["Cache-Tag"] == "article:1,author:1,site,tag:1"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers
    again = client.get("/a", headers=BROWSER | {"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]
    assert "lists" in client.get("/", headers=BROWSER).headers["Surrogate-Key"].split()
    assert "s-maxage" in client.get("/feed.xml", headers=BROWSER).headers["Cache-Control"]


def test_one_that_is_told_of_changes_may_keep_pages_longer(client: FlaskClient, session: Session) -> None:
    change_settings(session, purge_url="https://cdn.example/purge")
    session.commit()
    assert "s-maxage=86400," in client.get("/a", headers=BROWSER).headers["Cache-Control"]


def test_a_page_with_very_many_keys_is_old_with_any_change(client: FlaskClient, publish: Publish) -> None:
    publish("B", tags=[f"tag {number}" for number in range(80)])
    assert client.get("/b", headers=BROWSER).headers["Surrogate-Key"] == "many site"


def test_personal_and_missing_pages_are_not_shared(
    client: FlaskClient, bob: Account, client_of: Callable[[Account], FlaskClient]
) -> None:
    for url in ("/a", "/", "/feed.xml"):
        answer = client_of(bob).get(url, headers=BROWSER)
        assert answer.headers["Cache-Control"] == "private, no-store", url
        assert "Surrogate-Key" not in answer.headers
    assert "s-maxage" not in client.get("/missing", headers=BROWSER).headers["Cache-Control"]
    assert "s-maxage" not in client.get("/a/", headers=BROWSER).headers["Cache-Control"]
    assert "s-maxage" not in client.get("/login", headers=BROWSER).headers["Cache-Control"]


def test_without_kept_pages_it_is_the_same(config: Config, app: Flask) -> None:
    other = create_app(replace(config, page_cache_bytes=0))
    answer = other.test_client().get("/a", headers=BROWSER)
    assert answer.headers["Surrogate-Key"] == "article:1 author:1 site tag:1"
    assert "pageviews/1" in answer.text
    other.extensions["typecase.db"].close()
    assert classes(app) == {}


def test_a_preview_counts_nothing(app: Flask, bob: Account, client_of: Callable[[Account], FlaskClient]) -> None:
    page = client_of(bob).get("/admin/articles/1/preview").text
    assert "pageviews/1" not in page
    assert '<data class="pageviews" value="0">' in page


def test_the_script_is_small_enough_for_every_page() -> None:
    assert len((ROOT / "static/js/site/count.js").read_bytes()) < 600
