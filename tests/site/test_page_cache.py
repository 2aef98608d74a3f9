"""Kept pages: right for everybody, never old, counted at each answer, bounded."""

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.accounts import profile
from app.accounts.models import Account
from app.articles import publishing, tagging, writing
from app.articles.writing import Content
from app.config import Config
from app.db import Database
from app.settings import change_settings
from app.site.kept import Kept, views_element
from app.site.page_cache import PageCache, accepts_gzip
from app.site.presenting import VIEWS_PLACE, views
from tests.conftest import Clock
from tests.site.conftest import BROWSER, Publish

BOT = {"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}


@pytest.fixture
def cache(app: Flask) -> PageCache:
    found: PageCache = app.extensions["typecase.page_cache"]
    return found


@pytest.fixture
def renderings(app: Flask) -> list[str]:
    """The path of every request that reaches the application itself."""
    seen: list[str] = []

    @app.before_request
    def note() -> None:
        from flask import request

        seen.append(request.full_path)

    return seen


def shown(client: FlaskClient, url: str, headers: dict[str, str] = BROWSER) -> str:
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200, (url, answer.status)
    return answer.text


def test_a_kept_page_is_rendered_once_and_counted_each_time(
    client: FlaskClient, publish: Publish, renderings: list[str]
) -> None:
    publish("One")
    numbers = [shown(client, "/one").split('class="pageviews" value="')[1].split('"')[0] for _ in range(3)]
    assert numbers == ["1", "2", "3"]
    assert len(renderings) == 1
    assert "3 views" in shown(client, "/one", BOT), "a crawler sees the number and does not raise it"
    assert client.head("/one", headers=BROWSER).data == b""
    assert "4 views" in shown(client, "/one")
    assert len(renderings) == 1


def test_unknown_parameters_and_cookies_do_not_change_the_page(
    client: FlaskClient, publish: Publish, renderings: list[str], cache: PageCache
) -> None:
    publish("One")
    for url in ("/one", "/one?utm_source=x", "/one?page=7", "/one?fbclid=1&page=x", "/?q=1", "/?page=1", "/"):
        shown(client, url)
        shown(client, url, BROWSER | {"Cookie": "theme=dark; session=forged.by.somebody", "X-Odd": "1"})
    assert len(renderings) == 2
    assert len(cache._pages) == 2
    for number in range(1, 9):
        shown(client, f"/archive/?page={number}", BROWSER | {"Host": "LOCALHOST" if number % 2 else "LocalHost"})
    assert len(renderings) == 3
    assert len(cache._pages) == 3
    assert client.get("/?page=0", headers=BROWSER).status_code == 404
    assert client.get("/?page=99", headers=BROWSER).status_code == 404
    assert len(cache._pages) == 3, "what is at no address is not kept"


def test_who_is_signed_in_gets_a_page_of_their_own(
    client_of: Callable[[Account], FlaskClient], client: FlaskClient, publish: Publish, bob: Account,
    renderings: list[str],
) -> None:  # fmt: skip
    publish("One")
    shown(client, "/one")
    staff = client_of(bob)
    assert "1 view<" in shown(staff, "/one"), "staff is not counted"
    assert len(renderings) == 2
    assert "2 views" in shown(client, "/one")
    assert len(renderings) == 2


def test_every_visible_change_is_seen_at_once(
    client: FlaskClient, session: Session, publish: Publish, renderings: list[str]
) -> None:
    first = publish("First", tags=["red"], at=datetime(2026, 1, 1, tzinfo=UTC))
    second = publish("Second", tags=["red"], at=datetime(2026, 1, 2, tzinfo=UTC))
    other = publish("Other", tags=["blue"], authors=["Ann Other"], at=datetime(2025, 1, 1, tzinfo=UTC))

    def changed(*urls: str) -> list[str]:
        """Which of these pages are made anew, after this transaction's commit."""
        session.commit()
        before = len(renderings)
        for url in urls:
            client.get(url, headers=BROWSER)
        return [path.rstrip("?") for path in renderings[before:]]

    everything = ("/first", "/second", "/other", "/", "/tag/red", "/tag/blue", "/author/jhon-lennon", "/feed.xml",
                  "/archive/", "/sitemap.xml")  # fmt: skip
    lists = ["/", "/feed.xml", "/archive/", "/sitemap.xml"]
    assert changed(*everything) == list(everything)
    assert changed(*everything) == []

    writing.save(session, second, Content(title="Second, mended"), by_id=None, based_on=None)
    assert changed(*everything) == [], "a working copy is nobody's business"
    publishing.publish(session, second, by_id=None)
    assert set(changed(*everything)) == {"/first", "/second", "/tag/red", "/author/jhon-lennon", *lists}
    assert "Second, mended" in shown(client, "/first"), "its neighbour names it"

    profile.change_profile(session, other.authors[0].id, name="Ann Changed", biography="")
    assert set(changed(*everything)) == {"/other", "/tag/blue", "/", "/feed.xml"}
    tagging.rename_tag(session, other.tags[0], name="azure")
    assert set(changed(*everything)) == {"/other", "/tag/blue", "/", "/feed.xml"}
    publishing.withdraw(session, first)
    assert "/first" in changed(*everything)
    assert client.get("/first", headers=BROWSER).status_code == 410
    change_settings(session, name="Another name")
    assert "/other" in changed(*everything)
    assert "Another name" in shown(client, "/other")


def test_what_comes_due_makes_old_only_what_shows_it(
    client: FlaskClient, publish: Publish, the_clock: Clock, renderings: list[str]
) -> None:
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    the_clock.set(start)
    for number, name in enumerate(("Far", "Farther", "Near")):
        publish(name, at=start - timedelta(days=9 - number), tags=[name], authors=[name])
    publish("Later", at=start + timedelta(seconds=60), tags=["Near"], authors=["Near"])
    urls = ("/far", "/near", "/", "/tag/far", "/tag/near", "/feed.xml")
    for url in urls:
        shown(client, url)
    the_clock.set(start + timedelta(seconds=60))
    renderings.clear()
    pages = {url: shown(client, url) for url in urls}
    assert {path.rstrip("?") for path in renderings} == {"/near", "/", "/tag/near", "/feed.xml"}
    assert all("Later" in pages[url] for url in ("/near", "/", "/tag/near", "/feed.xml"))


def test_a_schedule_is_kept_to_the_second(client: FlaskClient, publish: Publish, the_clock: Clock) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    the_clock.set(noon)
    publish("Now")
    publish("Later", at=noon + timedelta(hours=1))
    assert "Later" not in shown(client, "/now") + shown(client, "/")
    the_clock.set(noon + timedelta(hours=1) - timedelta(seconds=1))
    assert "Later" not in shown(client, "/")
    the_clock.set(noon + timedelta(hours=1))
    assert "Later" in shown(client, "/")
    assert "Later" in shown(client, "/now")


def test_conditional_requests(client: FlaskClient, publish: Publish) -> None:
    publish("One")
    for url in ("/", "/feed.xml", "/sitemap.xml"):
        etag = client.get(url, headers=BROWSER).headers["ETag"]
        again = client.get(url, headers=BROWSER | {"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b""), url
        assert client.get(url, headers=BROWSER | {"If-None-Match": '"other"'}).status_code == 200
    changed = client.get("/feed.xml", headers=BROWSER).headers["Last-Modified"]
    assert client.get("/feed.xml", headers=BROWSER | {"If-Modified-Since": changed}).status_code == 304
    etag = client.get("/one", headers=BROWSER).headers["ETag"]
    assert client.get("/one", headers=BROWSER | {"If-None-Match": etag}).status_code == 200, "its view moved the number"
    assert client.get("/one", headers=BROWSER | {"If-None-Match": "*"}).status_code == 200
    etag = client.get("/one", headers=BOT).headers["ETag"]
    assert client.get("/one", headers=BOT | {"If-None-Match": etag}).status_code == 304


def test_compressed_answers_hold_the_live_number(client: FlaskClient, publish: Publish) -> None:
    publish("One", "<p>" + "words " * 500 + "</p>")
    for number in range(1, 4):
        answer = client.get("/one", headers=BROWSER | {"Accept-Encoding": "br, gzip;q=0.8"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert int(answer.headers["Content-Length"]) == len(answer.data) < 5000
        assert f'value="{number}"' in gzip.decompress(answer.data).decode()
    assert "Content-Encoding" not in client.get("/one", headers=BROWSER).headers
    assert "Accept-Encoding" in client.get("/one", headers=BROWSER).headers["Vary"]


@pytest.mark.parametrize(
    ("header", "accepts"),
    [("gzip", True), ("br;q=1.0, gzip;q=0.5", True), ("x-gzip", True), ("gzip;q=0", False), ("gzip; q=0.0", False),
     ("", False), ("identity", False), ("notgzip", False)],
)  # fmt: skip
def test_accepting_gzip(header: str, accepts: bool) -> None:
    assert accepts_gzip(header) is accepts


@given(st.binary(max_size=300), st.binary(max_size=300), st.integers(min_value=0, max_value=2**40))
def test_any_page_and_number_decompress_to_what_is_shown(before: bytes, after: bytes, number: int) -> None:
    body = before.replace(b"<!--", b"") + VIEWS_PLACE.encode() + after
    kept = Kept(body, headers=[], keys=frozenset(), article_id=1, language="en")
    assert gzip.decompress(kept.body(number, gzip=True)) == kept.body(number, gzip=False)


@pytest.mark.parametrize("language", ["en", "de", "fa"])
def test_an_answer_is_the_page_whatever_number_came_before(language: str) -> None:
    kept = Kept(b"<p>" + VIEWS_PLACE.encode() + b"</p>" * 40, headers=[("A", "b")], keys=frozenset(), article_id=1,
                language=language)  # fmt: skip
    numbers = [*range(130), *range(985, 1025), *range(99_990, 100_020), 7, 1_234_567, 1_234_568, 30, 31, 29, 38]
    for number in numbers:
        for compressed in (False, True):
            answer, size = kept.answer(b"200\r\n", number, "an-id", gzip=compressed)
            head, _, body = answer.partition(b"\r\n\r\n")
            assert body == kept.body(number, gzip=compressed) and len(body) == size
            coding = b"Content-Encoding: gzip\r\n" * compressed
            assert head == b'200\r\nA: b\r\nETag: W/"%s"\r\n%sContent-Length: %d\r\nX-Request-ID: an-id' % (
                kept.tag(number).encode(), coding, size)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de", "es", "hi", "fr-CH", "ar-EG", "fa", "my", "pt-PT"])
def test_quick_numbers_are_the_language_s_own(language: str) -> None:
    for number in (0, 1, 2, 999, 1000, 1234, 9999, 10_000, 12_345, 123_456, 1_234_567, 10**9 + 1):
        assert views_element(number, language).decode() == views(number, language), number


def test_a_storm_renders_a_cold_page_once(app: Flask, publish: Publish, renderings: list[str]) -> None:
    publish("One")
    barrier, pages = threading.Barrier(8), []

    def ask() -> None:
        barrier.wait()
        pages.append(shown(app.test_client(), "/one"))

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(pages) == 8
    assert len(renderings) == 1


def test_a_crawl_through_everything_evicts_and_never_grows(
    client: FlaskClient, publish: Publish, cache: PageCache
) -> None:
    for number in range(12):
        publish(f"N{number}")
    shown(client, "/n0")
    cache.max_bytes = 4 * next(iter(cache._pages.values())).size
    for _ in range(2):
        for number in range(12):
            shown(client, f"/n{number}")
            assert cache.bytes <= cache.max_bytes
            assert cache.bytes == sum(kept.size for kept in cache._pages.values())
    assert 1 < len(cache._pages) <= 4


def test_a_page_whose_subject_changes_while_it_is_made_is_not_kept(
    app: Flask, client: FlaskClient, session: Session, publish: Publish, cache: PageCache
) -> None:
    article = publish("One")

    @app.after_request
    def change_meanwhile(response):  # type: ignore[no-untyped-def]
        if article.slug == "one" and not session.info.get("done"):
            session.info["done"] = True
            publishing.withdraw(session, article)
            session.commit()
            cache.freshness.check()
        return response

    assert client.get("/one", headers=BROWSER).status_code == 200, "it was public when its rendering began"
    assert client.get("/one", headers=BROWSER).status_code == 410


def test_kept_pages_are_served_while_the_database_is_away(
    app: Flask, client: FlaskClient, publish: Publish, session: Session, database: Database, config: Config
) -> None:
    publish("One")
    publish("Two")
    assert "1 view<" in shown(client, "/one")
    session.close()
    with lost(database, config):
        assert "2 views" in shown(client, "/one"), "counted in the journal; the number goes on from the last one known"
        assert "3 views" in shown(client, "/one")
        away = client.get("/two", headers=BROWSER)
        assert (away.status_code, away.headers["Retry-After"]) == (503, "10")
    assert "4 views" in shown(client, "/one")
    assert "1 view<" in shown(client, "/two")


@contextmanager
def lost(database: Database, config: Config) -> Iterator[None]:
    """The database cannot be reached: its file is elsewhere, or it takes no connections."""
    database.close()
    if database.is_sqlite:
        path = Path(str(database.url.database))
        hidden = path.rename(path.with_suffix(".hidden"))
        path.mkdir()
        yield
        path.rmdir()
        hidden.rename(path)
        return
    server = create_engine(database.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        name = database.url.database
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"), {"n": name}
        )
        yield
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    server.dispose()
