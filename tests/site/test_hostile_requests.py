"""Requests that want more than a page. S8: none changes what another reader gets, or fills the cache. S14: none sets
a number. S22 and S30: what they say of themselves reaches statistics and exports cut, and as text only.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.pageviews import reading, statistics
from app.pageviews.models import PageviewDetail
from app.settings import change_settings
from app.site.page_cache import PageCache
from tests.forms import page, post_form
from tests.site.conftest import BROWSER, Publish

_NUMBER = re.compile(r'value="\d+">[^<]*</data>')
HEADERS = {
    "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Scheme": "nothttps",
    "X-Forwarded-Port": "1", "X-Forwarded-Prefix": "/evil", "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Server": "evil.example", "Forwarded": "for=203.0.113.9;host=evil.example;proto=https",
    "X-Original-URL": "/admin/", "X-Rewrite-URL": "/admin/", "X-Original-Host": "evil.example",
    "X-Host": "evil.example", "X-HTTP-Host-Override": "evil.example", "X-HTTP-Method-Override": "DELETE",
    "X-Method-Override": "POST", "X-Ghost-Preview": "c=1&icon=evil", "X-Typecase-Preview": "1",
    "Accept-Language": "de", "Accept": "application/json", "Accept-Charset": "utf-7", "Content-Type": "text/evil",
    "Cookie": "session=forged; _user_id=1; theme=evil", "Authorization": "Basic eDp5", "Range": "bytes=0-10",
    "If-None-Match": "*", "If-Modified-Since": "Sun, 22 Nov 2099 00:00:00 GMT", "Origin": "https://evil.example",
    "Referer": "https://evil.example/<script>", "User-Agent": "Mozilla/5.0 (X11; rv:140.0) <script>alert(1)</script>",
    "X-Requested-With": "XMLHttpRequest", "HX-Request": "true", "Transfer-Encoding": "identity", "Via": "1.1 evil",
    "Save-Data": "on", "Sec-Purpose": "prefetch", "Surrogate-Capability": "evil", "Upgrade-Insecure-Requests": "1",
}  # fmt: skip
QUERIES = [
    "host=evil.example", "lang=de", "language=de", "_method=POST", "preview=1", "page=2", "page=1&page=2", "theme=evil",
    "utm_content=<script>alert(1)</script>", "callback=evil", "format=json", "session=x", "_=1", "a[]=1", "%00=1", ";x",
    "x" * 3000,
]  # fmt: skip
PATHS = [
    "/one/", "/one;x", "/one;page=2", "/%6fne", "/one%2f", "/one%2F..%2Fa", "/one/.", "/./one", "/x/../one",
    "/one%00", "/ONE", "/one%20", "/one.html", "/one%3Fpreview=1", "/one%23x", "/one\\", "//one", "/one//",
    "/%2e/one", "/one%0d%0aX:y",
]  # fmt: skip
HOSTS = ["evil.example", "localhost@evil.example", "localhost, evil.example", "localhost:1", "LOCALHOST", "a.localhost",
         "[::1]", "127.0.0.1", "localhost.", "evil.example#localhost", "localhost/evil", " "]  # fmt: skip


@pytest.fixture
def cache(app: Flask) -> PageCache:
    found: PageCache = app.extensions["typecase.page_cache"]
    return found


def plain(client: FlaskClient) -> tuple[str, dict[str, str]]:
    """What a reader gets who says nothing special: the page but for its number, and the headers but for its own."""
    answer = client.get("/one", headers=BROWSER)
    assert answer.status_code == 200
    own = {"etag", "x-request-id", "date", "content-length"}
    return _NUMBER.sub("", answer.text), {name: text for name, text in answer.headers if name.lower() not in own}


@pytest.mark.parametrize("is_kept", [False, True])
def test_s8_no_header_query_path_or_host_changes_what_another_reader_gets(
    client: FlaskClient, publish: Publish, cache: PageCache, is_kept: bool
) -> None:
    publish("One")
    expected = plain(client)
    asked: list[tuple[str, dict[str, str]]] = [("/one", {name: text}) for name, text in HEADERS.items()]
    asked += [(f"/one?{query}", {}) for query in QUERIES] + [(path, {}) for path in PATHS]
    asked += [("/one", {"Host": host}) for host in HOSTS]
    for path, headers in asked:
        if not is_kept:
            cache.drop(None)
        client.get(path, headers=BROWSER | headers)
        client.get(path, headers=BROWSER | headers, data=b"a=b", content_type="application/x-www-form-urlencoded")
        assert plain(client) == expected, (path, headers)


def test_s8_unknown_things_do_not_fill_the_cache(client: FlaskClient, publish: Publish, cache: PageCache) -> None:
    publish("One")
    plain(client)
    for number in range(50):
        client.get(f"/one?nothing={number}", headers=BROWSER | {"X-Odd": str(number), "Accept-Language": f"x-{number}"})
        client.get(f"/one?page={number}", headers=BROWSER)
        client.get(f"/nothing-{number}", headers=BROWSER)
        client.get(f"/?page={number + 5}", headers=BROWSER)
        client.get(f"/one;{number}", headers=BROWSER)
        client.get("/one", headers=BROWSER | {"Host": f"evil-{number}.example"})
        client.get("/one", headers=BROWSER | {"Cookie": f"session={number}"})
    assert {(key.path, key.page) for key in cache._pages} == {("/one", 1)}


def number_of(session: Session, app: Flask, article_id: int) -> tuple[int, int]:
    app.extensions["typecase.counter"].fold()
    session.rollback()
    totals = statistics.get_totals(session, article_id)
    session.rollback()
    assert totals.shown == totals.counted + totals.starting
    return totals.counted, totals.starting


FORGED = {
    "views": "9999", "pageviews": "9999", "count": "9999", "counted": "9999", "starting": "9999", "corrected": "-9999",
    "article_id": "2", "id": "2", "status": "published", "number": "9999", "readers": "9999", "view_class": "browser",
}  # fmt: skip


@pytest.mark.parametrize("by_script", [False, True])
def test_s14_a_view_is_one_view_of_the_page_that_was_asked_for(
    app: Flask, client: FlaskClient, session: Session, publish: Publish, by_script: bool
) -> None:
    one, two = publish("One").id, publish("Two").id
    change_settings(session, counts_by_script=by_script)
    session.commit()
    query = "&".join(f"{name}={value}" for name, value in FORGED.items())
    if by_script:
        client.post(f"/pageviews/{one}?{query}", data=FORGED, headers=BROWSER | {"Sec-Fetch-Site": "same-origin"})
        client.post(f"/pageviews/{one}", json=FORGED, headers=BROWSER | {"Sec-Fetch-Site": "same-origin"})
        client.post(f"/pageviews/{one}", data=FORGED, headers=BROWSER | {"Sec-Fetch-Site": "cross-site"})
        client.get(f"/one?{query}", headers=BROWSER)
    else:
        client.get(f"/one?{query}", headers=BROWSER)
        client.get(f"/one?{query}", headers=BROWSER, data=FORGED)
        client.post(f"/one?{query}", headers=BROWSER, data=FORGED)
        client.post(f"/pageviews/{one}", data=FORGED, headers=BROWSER)
    assert number_of(session, app, one) == (2, 0)
    assert number_of(session, app, two) == (0, 0)


def test_s14_no_form_of_staff_sets_a_count_either(
    app: Flask, client_of: Callable[[Account], FlaskClient], session: Session, publish: Publish, alice: Account
) -> None:
    one = publish("One").id
    client = client_of(alice)
    session.rollback()
    for url in ("/admin/articles", f"/admin/articles/{one}", f"/admin/articles/{one}/publish", "/admin/settings"):
        for name, value in FORGED.items():
            post_form(client, f"{url}?{name}={value}", {"title": "One", name: value})
    assert number_of(session, app, one) == (0, 0)
    assert all(row == 0 for row in reading.list_totals(session, range(2, 30)).values())


HOSTILE = [
    "=HYPERLINK(\"https://evil.example\")", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>", "{{7*7}}", "'; DROP TABLE article; --", "\x00nul",
    "\x1b[31mred", "\u202egnp.exe",    "\ud7ff\uffff\ufffe", "😀" * 400, "a\r\nb,c", "\x85next", "x" * 5000,
]  # fmt: skip


CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign")


@pytest.fixture
def texts_in_statistics(app: Flask, client: FlaskClient, session: Session, publish: Publish) -> list[PageviewDetail]:
    """What the statistics hold of readers who put hostile text wherever they can."""
    publish("One")
    for text in HOSTILE:
        sent = text.encode("utf-8", "surrogatepass").decode("latin-1")
        header = re.sub(r"[\r\n\x00]", "", sent)
        client.get("/one", headers=BROWSER | {"Referer": f"https://site.example/{header}"})
        client.get("/one", headers=BROWSER | {"Referer": f"https://{header}/path"})
        client.get("/one", headers={"User-Agent": f"Mozilla/5.0 (X11; rv:140.0) Gecko/20100101 Firefox/140.0 {header}"})
        client.get("/one", headers=BROWSER, query_string=dict.fromkeys(CAMPAIGN, text))
    app.extensions["typecase.counter"].fold()
    session.rollback()
    assert reading.list_totals(session, [1])[1] > 3 * len(HOSTILE)
    found = list(session.scalars(select(PageviewDetail)))
    assert any("<script>" in row.label for row in found) and any("HYPERLINK" in row.detail for row in found)
    return found


def test_s30_texts_from_outside_are_cut_and_one_line(texts_in_statistics: list[PageviewDetail]) -> None:
    for row in texts_in_statistics:
        assert len(row.label) <= 100 and len(row.detail) <= 300
        for text in (row.label, row.detail.replace("\t", "", 1)):
            assert not {unicodedata.category(character) for character in text} & {"Cc", "Cs", "Zl", "Zp"}, repr(text)


def check_cells(text: str) -> None:
    """No cell of this CSV file is a formula."""
    cells = [cell.strip() for row in csv.reader(io.StringIO(text)) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    for cell in cells:
        assert not cell or cell[0] not in "=+-@＝＋－＠" or cell.isdigit(), cell
        assert "\x1b" not in cell and "\x00" not in cell


def test_s22_no_cell_of_an_export_is_a_formula(app: Flask, texts_in_statistics: list[PageviewDetail]) -> None:
    ran = app.test_cli_runner().invoke(args=["pageviews", "export", "--period", "today"])
    assert ran.exit_code == 0, ran.output
    check_cells(ran.stdout)
    in_json = app.test_cli_runner().invoke(args=["pageviews", "export", "--period", "today", "--format", "json"])
    labels = {row.label for row in texts_in_statistics if row.article_id == 0 and row.dimension == "campaign"}
    assert labels <= {str(value) for line in json.loads(in_json.stdout) for value in line.values()}


def test_s30_screens_and_their_files_show_texts_from_outside_as_text(
    client_of: Callable[[Account], FlaskClient],
    session: Session,
    alice: Account,
    texts_in_statistics: list[PageviewDetail],
) -> None:
    session.rollback()
    client = client_of(alice)
    shown = ""
    for url in ("/admin/statistics", "/admin/statistics/articles/1"):
        answer = client.get(url, follow_redirects=True)
        assert answer.status_code == 200, url
        tree = page(answer)
        assert not tree.xpath("//script[contains(., 'alert')] | //img[@onerror] | //*[@onerror]"), url
        assert "<script>alert" not in answer.text and "\x1b" not in answer.text
        assert not [
            href for href in tree.xpath("//a/@href") if "evil.example" in href or href.startswith("javascript:")
        ]
        shown += tree.text_content()
    assert "<script>alert(1)</script>" in shown, "it is shown, as text"
    for url in ("/admin/statistics/export.csv", "/admin/statistics/articles/1/export.csv"):
        check_cells(client.get(url).text)
