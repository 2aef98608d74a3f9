"""The statistics as staff see them: numbers in words, of any days, of one's own articles, as files."""

import csv
import io
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.membership import deactivate
from app.accounts.models import Account
from app.config import ROOT
from app.pageviews.writing import set_starting
from app.settings import change_settings
from tests.admin.conftest import publish, write
from tests.conftest import Clock
from tests.forms import post_form, typed_fields
from tests.pageviews.counts import add_detail, add_minute, add_views

ClientOf = Callable[[Account], FlaskClient]
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HERE = "/admin/statistics"


@pytest.fixture(autouse=True)
def now(the_clock: Clock) -> None:
    the_clock.set(NOON)


@pytest.fixture
def ids(editor: FlaskClient, author: FlaskClient) -> list[int]:
    """An article of Bob's, tagged, and one of Charlie's; both published."""
    written = [write(editor, "Lamps", tags="Town"), write(author, "Tides", tags="Town")]
    for article_id in written:
        publish(editor, article_id)
    return written


@pytest.fixture
def read(session: Session, ids: list[int]) -> list[int]:
    """Both articles have been read, on two days, by people and a program."""
    lamps, tides = ids
    set_starting(session, lamps, views=1200)
    add_views(session, lamps, 30, readers=20)
    add_views(session, lamps, 20, readers=15, day=date(2026, 11, 19), hour=7)
    add_views(session, tides, 4, readers=4)
    add_views(session, lamps, 9, view_class="bot")
    add_detail(session, lamps, 17, "search", "Google")
    add_detail(session, lamps, 8, "site", "neighbours.example", "/links")
    add_detail(session, tides, 3, "campaign", "newsletter", "email\tspring")
    add_detail(session, tides, 4, "device", "phone")
    add_minute(session, tides, 4, int(NOON.timestamp()) // 60)
    session.commit()
    return ids


def figures(page: str) -> list[str]:
    """The large numbers of a page: views, readers, views of all time."""
    return [part.split("<")[0] for part in page.split('figure-number">')[1:]]


def test_the_overview_says_what_was_read(editor: FlaskClient, read: list[int]) -> None:
    page = editor.get(HERE).text
    assert figures(page) == ["54", "39", "1,254"]
    assert "54 counted here + 1,200 brought along from an older site" in page
    for text in ("Lamps", "Tides", "Google", "neighbours.example", "/links", "newsletter", "email", "spring",
                 "Phones", "Programs", "Search engines, link checkers"):  # fmt: skip
        assert text in page, text
    assert "Readers, each day’s added up" in page
    assert 'aria-current="true">30 days' in page


def test_a_period_is_compared_in_words_with_the_one_before(editor: FlaskClient, read: list[int]) -> None:
    today = editor.get(f"{HERE}?period=today").text
    assert figures(today)[:2] == ["34", "24"]
    assert "14 more than on the day before (+70%)" in today
    yesterday = editor.get(f"{HERE}?first=2026-11-19&last=2026-11-19").text
    assert "None on the day before" in yesterday
    after = editor.get(f"{HERE}/articles/{read[1]}?first=2026-11-19&last=2026-11-19").text
    assert "None on the day before either" in after


def test_one_day_is_shown_by_the_hour_and_several_by_the_day(editor: FlaskClient, read: list[int]) -> None:
    hourly = editor.get(f"{HERE}?period=today").text
    assert "Views by hour" in hourly
    assert 'data-value="34"' in hourly
    assert hourly.count('<th scope="row" data-short') == 13, "from midnight to noon"
    daily = editor.get(f"{HERE}?first=2026-11-18&last=2026-11-20").text
    assert [row.split('"')[0] for row in daily.split('data-value="')[1:]] == ["0", "0", "20", "15", "34", "24"]


def test_days_and_numbers_are_written_in_the_site_s_language(
    editor: FlaskClient, read: list[int], session: Session
) -> None:
    change_settings(session, language="de")
    session.commit()
    page = editor.get(f"{HERE}?first=2026-11-19&last=2026-11-20").text
    assert figures(page)[2] == "1.254"
    assert "20.11.2026" in page


@pytest.mark.parametrize(
    ("query", "field", "why"),
    [
        ("first=2026-11-20&last=2026-11-01", "last", "ends on the day it begins, or after it"),
        ("first=yesterday&last=2026-11-01", "first", "write it like 2026-11-22"),
        ("first=2026-11-20", "last", "write it like 2026-11-22"),
        ("first=2026-12-01&last=2026-12-02", "first", "has not come yet"),
        ("first=1900-01-01&last=2026-11-01", "first", "20 years at most"),
        ("first=%3Cb%3E&last=%00", "first", "write it like 2026-11-22"),
    ],
)
def test_days_that_make_no_sense_are_refused_at_their_field(
    editor: FlaskClient, read: list[int], query: str, field: str, why: str
) -> None:
    answer = editor.get(f"{HERE}?{query}")
    assert answer.status_code == 422
    assert why in answer.text.split(f'id="{field}-error">')[1].split("</p>")[0]
    assert "<b>" not in answer.text
    assert figures(answer.text)[0] == "54", "the usual days are shown instead"
    refused = editor.get(f"{HERE}/export.csv?{query}")
    assert refused.status_code == 422
    assert why in refused.text


def test_an_article_a_tag_an_author_have_numbers_of_their_own(
    editor: FlaskClient, read: list[int], charlie: Account
) -> None:
    lamps, tides = read
    assert figures(editor.get(f"{HERE}/articles/{lamps}").text) == ["50", "35", "1,250"]
    assert figures(editor.get(f"{HERE}/articles/{tides}").text) == ["4", "4", "4"]
    assert figures(editor.get(f"{HERE}/tags/1").text) == ["54", "39", "1,254"]
    assert figures(editor.get(f"{HERE}/authors/{charlie.id}").text) == ["4", "4", "4"]
    for path in ("articles/99", "tags/99", "authors/99", "authors/99/export.csv"):
        assert editor.get(f"{HERE}/{path}").status_code == 404


def test_every_screen_says_the_same_number_of_all_time(
    editor: FlaskClient, client: FlaskClient, read: list[int]
) -> None:
    lamps = read[0]
    assert ">1,250</a>" in editor.get("/admin/articles").text
    assert figures(editor.get(f"{HERE}/articles/{lamps}").text)[2] == "1,250"
    public = client.get("/lamps", headers={"User-Agent": "curl/8.0"}).text
    assert 'class="pageviews" value="1250">1,250 views</data>' in public


def test_where_the_statistics_are_found(editor: FlaskClient, author: FlaskClient, read: list[int]) -> None:
    lamps, tides = read
    assert f'href="{HERE}"' in editor.get("/admin/articles").text
    assert f'href="{HERE}/articles/{lamps}"' in editor.get("/admin/articles").text
    assert f'href="{HERE}/articles/{lamps}"' in editor.get(f"/admin/articles/{lamps}").text
    page = author.get(f"{HERE}/articles/{tides}").text
    assert f'href="{HERE}/tags/1"' in page
    assert f'href="{HERE}/authors/' in page


def test_each_number_says_where_counting_is_explained(app: Flask, editor: FlaskClient, read: list[int]) -> None:
    page = editor.get(HERE).text
    headings = page.count("<h2") + page.count("<dt>")
    is_there = "site.explaining.how_we_count" in app.view_functions
    assert page.count('href="/how-we-count"') == (headings if is_there else 0)


def test_an_author_sees_nothing_of_others(author: FlaskClient, read: list[int], bob: Account, charlie: Account) -> None:
    lamps, tides = read
    for path in ("", "/tags/1", f"/authors/{charlie.id}", f"/articles/{tides}"):
        for query in ("", "?period=today", "?period=year"):
            page = author.get(f"{HERE}{path}{query}")
            assert page.status_code == 200
            assert figures(page.text)[0] == "4"
            for foreign in ("Lamps", "Google", "neighbours.example", "1,200", "Correct"):
                assert foreign not in page.text, (path, foreign)
        for kind in ("csv", "json"):
            found = author.get(f"{HERE}{path}/export.{kind}").text
            assert "Tides" in found or "newsletter" in found
            assert not any(foreign in found for foreign in ("Lamps", "Google", "neighbours"))
    for path in (f"/articles/{lamps}", f"/authors/{bob.id}"):
        for suffix in ("", "/export.csv", "/export.json"):
            assert author.get(f"{HERE}{path}{suffix}").status_code == 403
    assert [line["title"] for line in author.get(f"{HERE}/now.json").get_json()["articles"]] == ["Tides"]


def test_nobody_else_sees_anything(
    client: FlaskClient, editor: FlaskClient, read: list[int], session: Session, bob: Account
) -> None:
    paths = ["", "/now.json", "/export.csv", f"/articles/{read[0]}", f"/articles/{read[0]}/export.json", "/tags/1"]
    for path in paths:
        assert client.get(HERE + path).status_code == 303
    deactivate(session, bob.id)
    session.commit()
    for path in paths:
        assert editor.get(HERE + path).status_code in {303, 403}


def test_what_is_popular_now(editor: FlaskClient, read: list[int]) -> None:
    answer = editor.get(f"{HERE}/now.json")
    assert answer.get_json() == {
        "articles": [
            {"title": "Tides", "address": f"{HERE}/articles/{read[1]}", "views": 4, "views_in_words": "4 views"}
        ]
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_spike_is_marked_and_leads_to_a_correction_that_is_filled_in(
    editor: FlaskClient, author: FlaskClient, read: list[int], session: Session
) -> None:
    _, tides = read
    add_views(session, tides, 5000, day=date(2026, 11, 19), hour=3, readers=1)
    session.commit()
    page = editor.get(f"{HERE}/articles/{tides}").text
    assert "5,000 views in an hour where hardly any are usual" in page
    assert "Nov 19, 2026, 3:00\u202fAM – 3:59\u202fAM" in page
    assert 'data-spike="5,000 more than usual"' in page, "the chart marks it"
    link = page.split('class="button is-small" href="')[1].split('"')[0].replace("&amp;", "&")
    form = typed_fields(editor.get(link))
    assert {name: form[name] for name in ("article", "first_day", "first_hour", "last_hour", "amount")} == {
        "article": str(tides), "first_day": "2026-11-19", "first_hour": "3", "last_hour": "3", "amount": "5000",
    }  # fmt: skip
    assert post_form(editor, f"{HERE}/corrections", form | {"confirmed": "yes"}).status_code == 303
    assert "more than usual" not in editor.get(f"{HERE}/articles/{tides}").text
    post_form(editor, f"{HERE}/corrections/1/undo", {})
    theirs = author.get(HERE).text
    assert "hardly any are usual" in theirs
    assert "Correct…" not in theirs, "an author sees it and leaves it to an editor"
    assert "5,000 more than usual" in editor.get(f"{HERE}/export.csv").text


def test_csv_and_json_say_what_the_page_says(editor: FlaskClient, read: list[int]) -> None:
    answer = editor.get(f"{HERE}/export.csv?first=2026-11-19&last=2026-11-20")
    assert answer.content_type == "text/csv; charset=utf-8"
    disposition = 'attachment; filename="statistics-site-2026-11-19..2026-11-20.csv"'
    assert answer.headers["Content-Disposition"] == disposition
    lines = list(csv.reader(io.StringIO(answer.text)))
    assert lines[0] == ["table", "name", "detail", "views", "readers", "corrected"]
    for line in (
        ["period", "2026-11-19..2026-11-20", "", "54", "39", "0"], ["all time", "shown", "", "1254", "", ""],
        ["all time", "starting balance", "", "1200", "", ""], ["time", "2026-11-19", "", "20", "15", "0"],
        ["article", "Lamps", str(read[0]), "50", "35", ""], ["search", "Google", "", "17", "", ""],
        ["page", "neighbours.example", "/links", "8", "", ""], ["device", "phone", "", "4", "", ""],
        ["not counted", "bot", "", "9", "", ""], ["campaign", "newsletter", "email / spring", "3", "", ""],
    ):  # fmt: skip
        assert line in lines, line
    found = editor.get(f"{HERE}/export.json?first=2026-11-19&last=2026-11-20").get_json()
    assert found["all_time"]["shown"] == 1254
    assert found["time"][0] == {"at": "2026-11-19", "views": 20, "readers": 15, "corrected": 0, "spike": ""}
    assert found["sites"] == [{"host": "neighbours.example", "views": 8, "pages": [{"path": "/links", "views": 8}]}]
    assert found["campaigns"] == [{"source": "newsletter", "medium": "email", "name": "spring", "views": 3}]
    assert editor.get(f"{HERE}/export.xml").status_code == 404


def test_an_article_that_was_deleted_keeps_its_views(editor: FlaskClient, read: list[int], session: Session) -> None:
    add_views(session, 77, 5, readers=5)
    session.commit()
    page = editor.get(HERE).text
    assert figures(page)[0] == "59"
    assert "Deleted article 77" in page


def test_empty_pages_say_what_to_do(editor: FlaskClient, author: FlaskClient) -> None:
    assert "Publish an article and tell somebody of it." in editor.get(HERE).text
    assert "When an editor has published what you write" in author.get(HERE).text


def test_a_quiet_time_is_no_empty_site(editor: FlaskClient, read: list[int]) -> None:
    page = editor.get(f"{HERE}?first=2026-01-01&last=2026-01-02").text
    assert "Nothing has been read yet" not in page
    assert "Nothing was read in these days." in page


def test_pages_work_without_the_bundles(app: Flask, editor: FlaskClient, read: list[int], tmp_path: Path) -> None:
    """Where scripts could not be built the tables are all there, and open."""
    shutil.copytree(ROOT / "static", tmp_path / "static", ignore=shutil.ignore_patterns("*.js", "statistics.css"))
    app.static_folder = str(tmp_path / "static")
    page = editor.get(HERE).text
    assert "<script" not in page
    assert '<details class="fold" open>' in page
    assert figures(page)[0] == "54"
