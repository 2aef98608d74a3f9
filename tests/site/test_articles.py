"""The article page: what it shows, at which address, and what answers where it is not."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.articles import addresses, publishing, writing
from app.articles.writing import Content
from app.settings import change_settings
from tests.conftest import Clock
from tests.site.conftest import BROWSER, Publish, texts, tree

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTILE = """</script><script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp; {{ 7*7 }} <!--"""


@pytest.fixture(autouse=True)
def noon(the_clock: Clock) -> None:
    the_clock.set(NOON)


def has(name: str) -> str:
    """An XPath condition: the element has this class."""
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


def test_the_page_is_an_h_entry_with_all_a_reader_wants_to_know(client: FlaskClient, publish: Publish) -> None:
    words = "<h2>A section</h2><p>" + "word " * 1150 + "</p>"
    publish("A Call", words, authors=["Jhon Lennon", "Beatrice Warde", "Eric Gill"], tags=["Peace", "War"],
            excerpt="What it is about.", cover_url="https://example.org/a.jpg", cover_alt="A telephone")  # fmt: skip
    page = tree(client, "/a-call")
    entry = page.xpath(f"//article[{has('h-entry')}]")[0]
    assert texts(entry, f".//h1[{has('p-name')}]") == ["A Call"]
    assert texts(entry, ".//*[@class='byline']") == ["by Jhon Lennon, Beatrice Warde and Eric Gill"]
    assert [a.get("href") for a in entry.xpath(f".//a[{has('p-author')} and {has('h-card')}]")] == [
        "/author/jhon-lennon", "/author/beatrice-warde", "/author/eric-gill",
    ]  # fmt: skip
    time = entry.xpath(f".//time[{has('dt-published')}]")[0]
    assert (time.get("datetime"), time.text) == ("2026-03-01T12:00:00+00:00", "March 1, 2026")
    assert texts(entry, f".//*[{has('p-summary')}]") == ["What it is about."]
    assert "5 min read" in texts(entry, ".//*[@class='meta']")[0]
    assert texts(entry, f".//*[{has('e-content')}]//h2") == ["A section"]
    assert [(a.text, a.get("rel"), a.get("href")) for a in entry.xpath(f".//a[{has('p-category')}]")] == [
        ("Peace", "tag", "/tag/peace"), ("War", "tag", "/tag/war"),
    ]  # fmt: skip
    assert entry.xpath(f".//img[{has('u-photo')}]/@alt") == ["A telephone"]
    assert not entry.xpath(f".//*[{has('dt-updated')}]")


def test_the_head_tells_others_what_the_page_is(client: FlaskClient, publish: Publish) -> None:
    publish("A Call", excerpt="In short.", language="de-AT", cover_url="/media/a.jpg", tags=["t"])
    page = tree(client, "/a-call")
    assert page.xpath("//link[@rel='canonical']/@href") == ["http://localhost:8000/a-call"]
    assert page.xpath("//link[@type='application/atom+xml']/@href") == ["http://localhost:8000/feed.xml"]
    assert page.xpath("//meta[@name='description']/@content") == ["In short."]
    assert page.xpath("//meta[@property='og:title']/@content") == ["A Call"]
    assert page.xpath("//meta[@property='og:image']/@content") == ["http://localhost:8000/media/a.jpg"]
    assert page.xpath("//meta[@name='twitter:card']/@content") == ["summary_large_image"]
    assert page.xpath("//article[1]/@lang") == ["de-AT"]
    data = json.loads(page.xpath("//script[@type='application/ld+json']")[0].text)
    assert (data["@type"], data["headline"], data["inLanguage"]) == ("BlogPosting", "A Call", "de-AT")
    assert data["author"][0]["name"] == "Jhon Lennon"
    assert data["datePublished"] == "2026-03-01T12:00:00+00:00"


def test_a_canonical_address_given_by_the_editor_wins(client: FlaskClient, publish: Publish) -> None:
    publish("A", canonical_url="https://elsewhere.example/original")
    assert tree(client, "/a").xpath("//link[@rel='canonical']/@href") == ["https://elsewhere.example/original"]


def test_a_page_in_another_script_says_its_direction(client: FlaskClient, publish: Publish) -> None:
    publish("ابدأ", slug="start", language="ar")
    assert tree(client, "/start").xpath("//article[1]/@dir") == ["rtl"]


def test_days_are_the_sites_own(client: FlaskClient, publish: Publish, session: Session) -> None:
    change_settings(session, time_zone="Pacific/Auckland", language="de")
    publish("Spät", slug="late", at=NOON)
    time = tree(client, "/late").xpath("//time")[0]
    assert (time.get("datetime"), time.text) == ("2026-03-02T01:00:00+13:00", "2. März 2026")


def test_a_later_change_is_told(client: FlaskClient, publish: Publish, session: Session, the_clock: Clock) -> None:
    article = publish("A")
    for later, told in (
        (timedelta(minutes=5), []),
        (timedelta(hours=5), ["5:00\u202fPM"]),
        (timedelta(days=2), ["March 3, 2026"]),
    ):
        the_clock.set(NOON + later)
        writing.save(session, article, Content(excerpt=f"After {later}"), by_id=None, based_on=None)
        publishing.publish(session, article, by_id=None)
        session.commit()
        page = tree(client, "/a")
        assert texts(page, f"//time[{has('dt-updated')}]") == [text.replace("\u202f", " ") for text in told]


def test_newer_and_older_articles_are_one_click_away(client: FlaskClient, publish: Publish) -> None:
    for number in range(3):
        publish(f"Number {number}", at=NOON - timedelta(days=3 - number))
    page = tree(client, "/number-1")
    assert page.xpath("//nav[@class='neighbours']/a[@rel='next']/@href") == ["/number-2"]
    assert page.xpath("//nav[@class='neighbours']/a[@rel='prev']/@href") == ["/number-0"]
    assert not tree(client, "/number-2").xpath("//nav[@class='neighbours']/a[@rel='next']")


def test_a_former_address_leads_to_the_present_one(client: FlaskClient, publish: Publish, session: Session) -> None:
    article = publish("First")
    writing.save(session, article, Content(slug="second"), by_id=None, based_on=None)
    publishing.publish(session, article, by_id=None)
    session.commit()
    for path, location in (("/first", "/second"), ("/first/", "/second"), ("/second/", "/second")):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (301, location), path


def test_a_redirect_may_have_several_segments(client: FlaskClient, publish: Publish, session: Session) -> None:
    article = publish("A")
    addresses.add_redirect(session, "2014/03/12/a", article_id=article.id)
    addresses.add_redirect(session, "old/place.html", target="https://example.org/new")
    session.commit()
    for path, location in (
        ("/2014/03/12/a", "/a"),
        ("/2014/03/12/a/", "/a"),
        ("/old/place.html", "https://example.org/new"),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (301, location), path


def test_what_was_taken_down_is_gone_and_what_never_was_is_not_found(
    client: FlaskClient, publish: Publish, session: Session
) -> None:
    for end in (publishing.withdraw, publishing.trash, _delete):
        article = publish(f"Ended by {end.__name__}")
        slug = article.slug
        session.commit()  # asking for it took SQLite's write lock, for which the first view would wait
        assert client.get(f"/{slug}").status_code == 200
        end(session, article)
        session.commit()
        assert client.get(f"/{slug}").status_code == 410, end
        assert slug not in client.get("/").text + client.get("/feed.xml").text + client.get("/sitemap.xml").text
    draft_slug = writing.create(session, Content(title="Only a draft"), by_id=None).draft.slug
    session.commit()
    assert client.get(f"/{draft_slug}").status_code == 404
    for path in (
        "/never",
        "/never/",
        "/a/b/c",
        "/%00",
        "/%ff",
        "/a%00/b",
        "/" + "x" * 3000,
        "/🦉",
        "/admin/nothing/here",
    ):
        assert client.get(path).status_code in {404, 303}, path


def _delete(session: Session, article: object) -> None:
    publishing.trash(session, article)  # type: ignore[arg-type]
    publishing.delete_for_good(session, article)  # type: ignore[arg-type]


def test_a_scheduled_article_is_there_on_the_second(client: FlaskClient, publish: Publish, the_clock: Clock) -> None:
    at = NOON + timedelta(hours=1)
    publish("Later", at=at)
    pages = ("/", "/feed.xml", "/sitemap.xml", "/archive/2026/03/", "/author/jhon-lennon")
    the_clock.set(at - timedelta(seconds=1))
    assert client.get("/later").status_code == 404
    assert not any("Later" in client.get(path).text for path in pages)
    the_clock.set(at)
    assert client.get("/later").status_code == 200
    assert all("later" in client.get(path).text for path in pages)


def test_hostile_text_stays_text_everywhere(client: FlaskClient, publish: Publish, session: Session) -> None:
    change_settings(session, name="Site " + HOSTILE[:100], tagline=HOSTILE)
    publish(HOSTILE, slug="hostile", authors=[HOSTILE], tags=[HOSTILE], excerpt=HOSTILE, cover_alt=HOSTILE,
            cover_url="https://example.org/x.png?\"><script>alert(1)</script>")  # fmt: skip
    publish("Neighbour", slug="neighbour")
    paths = ["/", "/hostile", "/neighbour", "/archive/", "/archive/2026/03/"]
    page = tree(client, "/hostile")
    paths += page.xpath("//a[@rel='tag']/@href") + page.xpath("//a[@rel='author']/@href")
    for path in paths:
        page = tree(client, path)
        assert {script.get("type") for script in page.iter("script")} <= {"application/ld+json"}, path
        assert not page.xpath("//@onerror"), path
        assert not page.xpath("//img[@src='x']"), path
    page = tree(client, "/hostile")
    assert texts(page, "//h1") == [" ".join(HOSTILE.split())]
    assert page.xpath("//meta[@property='og:title']/@content") == [HOSTILE]
    assert json.loads(page.xpath("//script")[0].text)["headline"] == HOSTILE


def test_public_pages_set_no_cookie_and_are_asked_for_again(client: FlaskClient, publish: Publish) -> None:
    publish("A", tags=["t"])
    paths = ("/", "/a", "/tag/t", "/author/jhon-lennon", "/archive/", "/archive/2026/03/", "/feed.xml", "/rss.xml",
             "/feed.json", "/sitemap.xml", "/robots.txt", "/nothing")  # fmt: skip
    for path in paths:
        answer = client.get(path, headers=BROWSER)
        assert "Set-Cookie" not in answer.headers, path
        assert answer.headers["Cache-Control"] in {"no-cache", "no-store"}, path
