"""The number on the article page: live, with this very view in it, raised by readers only."""

from collections.abc import Callable

import lxml.html
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.pageviews.writing import set_starting
from app.settings import change_settings
from tests.site.conftest import BROWSER, Publish


def number(client: FlaskClient, **headers: str) -> tuple[int, str]:
    """The value and the words of the count, as this request is answered."""
    answer = client.get("/a", headers={**BROWSER, **{name.replace("_", "-"): value for name, value in headers.items()}})
    found = lxml.html.document_fromstring(answer.get_data()).xpath("//data[@class='pageviews']")
    assert len(found) == 1
    return int(found[0].get("value")), found[0].text


def test_each_view_sees_itself_counted(client: FlaskClient, publish: Publish) -> None:
    publish("A")
    assert [number(client) for _ in range(3)] == [(1, "1 view"), (2, "2 views"), (3, "3 views")]


def test_who_is_no_reader_sees_the_number_and_does_not_raise_it(
    client: FlaskClient, publish: Publish, bob: Account, client_of: Callable[[Account], FlaskClient]
) -> None:
    publish("A")
    assert number(client) == (1, "1 view")
    assert number(client_of(bob)) == (1, "1 view")
    assert number(client, User_Agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")[0] == 1
    for header in ({"Sec_Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X_Moz": "prefetch"}):
        assert number(client, **header)[0] == 1, header
    assert client.head("/a", headers=BROWSER).status_code == 200
    assert client.get("/feed.xml", headers=BROWSER).status_code == 200
    assert number(client) == (2, "2 views")


def test_what_is_not_the_article_is_not_its_view(client: FlaskClient, publish: Publish) -> None:
    publish("A")
    for path in ("/a/", "/", "/tag/none", "/missing"):
        client.get(path, headers=BROWSER)
    assert number(client)[0] == 1


def test_large_numbers_are_written_as_the_language_writes_them(
    client: FlaskClient, publish: Publish, session: Session
) -> None:
    change_settings(session, language="de")
    article = publish("A")
    set_starting(session, article.id, views=1_234_566)
    session.commit()
    assert number(client) == (1_234_567, "1.234.567 views")
