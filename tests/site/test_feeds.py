"""The feeds: valid, whole, with ids that never change, and cheap to ask for again."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import lxml.etree
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.articles import publishing, writing
from app.articles.writing import Content
from app.settings import change_settings
from app.site.feeds import with_whole_addresses
from tests.conftest import Clock
from tests.site.conftest import Publish

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ATOM = {"a": "http://www.w3.org/2005/Atom"}
HOSTILE = """]]></content><script>alert(1)</script> & "quotes" ' &lt;b&gt; 🦉 ابدأ"""


@pytest.fixture(autouse=True)
def noon(the_clock: Clock) -> None:
    the_clock.set(NOON)


def feed(client: FlaskClient) -> lxml.etree._Element:
    answer = client.get("/feed.xml")
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return lxml.etree.fromstring(answer.get_data())


def test_atom_has_all_that_rfc_4287_requires(client: FlaskClient, publish: Publish) -> None:
    publish("One", "<p>Read <a href='/two'>on</a> <img src='x.png' alt=''></p>", at=NOON - timedelta(days=1),
            authors=["A", "B"], tags=["t & u"], excerpt="In short.", language="de")  # fmt: skip
    publish("Two")
    root = feed(client)
    for name in ("id", "title", "updated"):
        assert len(root.xpath(f"a:{name}", namespaces=ATOM)) == 1, name
        assert all(
            len(entry.xpath(f"a:{name}", namespaces=ATOM)) == 1 for entry in root.xpath("a:entry", namespaces=ATOM)
        )
    assert root.xpath("a:link[@rel='self']/@href", namespaces=ATOM) == ["http://localhost:8000/feed.xml"]
    assert root.xpath("a:link[@rel='alternate']/@href", namespaces=ATOM) == ["http://localhost:8000/"]
    ids = root.xpath("//a:id/text()", namespaces=ATOM)
    assert len(ids) == len(set(ids)) == 3
    for moment in root.xpath("//a:updated/text() | //a:published/text()", namespaces=ATOM):
        assert datetime.fromisoformat(moment).tzinfo is not None
    one = root.xpath("a:entry[a:title='One']", namespaces=ATOM)[0]
    assert one.xpath("a:author/a:name/text()", namespaces=ATOM) == ["A", "B"]
    assert one.xpath("a:author/a:uri/text()", namespaces=ATOM)[0] == "http://localhost:8000/author/a"
    assert one.xpath("a:category/@term", namespaces=ATOM) == ["t & u"]
    assert one.xpath("a:summary/text()", namespaces=ATOM) == ["In short."]
    assert one.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    content = one.xpath("a:content[@type='html']/text()", namespaces=ATOM)[0]
    assert 'href="http://localhost:8000/two"' in content
    assert 'src="http://localhost:8000/x.png"' in content


def test_an_empty_feed_is_valid(client: FlaskClient) -> None:
    root = feed(client)
    assert root.xpath("a:id/text() | a:updated/text()", namespaces=ATOM) == [
        "http://localhost:8000/feed.xml", "1970-01-01T00:00:00+00:00",
    ]  # fmt: skip


def test_an_entry_keeps_its_id_when_its_address_and_the_sites_change(
    client: FlaskClient, publish: Publish, session: Session
) -> None:
    article = publish("One")
    before = feed(client).xpath("a:entry/a:id/text()", namespaces=ATOM)
    writing.save(session, article, Content(title="Uno", slug="uno"), by_id=None, based_on=None)
    publishing.publish(session, article, by_id=None)
    change_settings(session, address="https://elsewhere.example")
    session.commit()
    root = feed(client)
    assert root.xpath("a:entry/a:link/@href", namespaces=ATOM) == ["https://elsewhere.example/uno"]
    assert root.xpath("a:entry/a:id/text()", namespaces=ATOM) == before


def test_hostile_text_comes_out_of_every_feed_as_it_went_in(
    client: FlaskClient, publish: Publish, session: Session
) -> None:
    change_settings(session, name=HOSTILE, tagline=HOSTILE)
    publish(HOSTILE, "<p>" + HOSTILE + "</p>", slug="x", authors=[HOSTILE], tags=[HOSTILE], excerpt=HOSTILE)
    root = feed(client)
    assert root.xpath("a:title/text() | a:subtitle/text()", namespaces=ATOM) == [HOSTILE, HOSTILE]
    entry = root.xpath("a:entry", namespaces=ATOM)[0]
    for path in ("a:title/text()", "a:summary/text()", "a:author/a:name/text()", "a:category/@term"):
        assert entry.xpath(path, namespaces=ATOM) == [HOSTILE], path
    assert "<script" not in entry.xpath("string(a:content)", namespaces=ATOM)
    item = lxml.etree.fromstring(client.get("/rss.xml").get_data()).xpath("//item")[0]
    assert (item.findtext("title"), item.findtext("description")) == (HOSTILE, HOSTILE)
    data = json.loads(client.get("/feed.json").text)
    assert (data["title"], data["items"][0]["title"], data["items"][0]["tags"]) == (HOSTILE, HOSTILE, [HOSTILE])


def test_rss_and_json_feed_tell_the_same(client: FlaskClient, publish: Publish) -> None:
    publish("One", "<p>Body</p>", excerpt="In short.", tags=["t"], cover_url="/media/c.jpg")
    rss = client.get("/rss.xml")
    item = lxml.etree.fromstring(rss.get_data()).xpath("//item")[0]
    assert parsedate_to_datetime(item.findtext("pubDate")) == NOON
    assert item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded").strip() == "<p>Body</p>"
    answer = client.get("/feed.json")
    assert answer.content_type.startswith("application/feed+json")
    entry = json.loads(answer.text)["items"][0]
    assert entry["id"] == item.findtext("guid") == feed(client).xpath("string(a:entry/a:id)", namespaces=ATOM)
    assert (entry["image"], entry["url"]) == ("http://localhost:8000/media/c.jpg", "http://localhost:8000/one")


def test_who_has_the_newest_gets_no_copy(client: FlaskClient, publish: Publish, session: Session) -> None:
    article = publish("One")
    for path in ("/feed.xml", "/rss.xml", "/feed.json", "/sitemap.xml"):
        first = client.get(path)
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304, path
        assert client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304, path
    tag = client.get("/feed.xml").headers["ETag"]
    writing.save(session, article, Content(title="Uno"), by_id=None, based_on=None)
    publishing.publish(session, article, by_id=None)
    session.commit()
    assert client.get("/feed.xml", headers={"If-None-Match": tag}).status_code == 200


def test_the_feed_holds_the_newest_twenty(client: FlaskClient, publish: Publish) -> None:
    for number in range(22):
        publish(f"Number {number}", at=NOON - timedelta(hours=22 - number))
    titles = feed(client).xpath("a:entry/a:title/text()", namespaces=ATOM)
    assert (len(titles), titles[0], titles[-1]) == (20, "Number 21", "Number 2")


def test_addresses_become_whole_and_words_stay_words() -> None:
    given = (
        '<p title="a &gt; b"><a href="../b?c&amp;d#e">src="/x"</a> href="/y" <img alt=">" src="i.png" '
        'srcset="i.png 1x, /j.png 2x"><a href="#f">f</a><a href="http://[">g</a><a href="mailto:a@b.c">h</a></p>'
    )
    assert with_whole_addresses(given, "https://e.org/p/q") == (
        '<p title="a &gt; b"><a href="https://e.org/b?c&amp;d#e">src="/x"</a> href="/y" <img alt=">" '
        'src="https://e.org/p/i.png" srcset="https://e.org/p/i.png 1x, https://e.org/j.png 2x">'
        '<a href="https://e.org/p/q#f">f</a><a href="http://[">g</a><a href="mailto:a@b.c">h</a></p>'
    )
