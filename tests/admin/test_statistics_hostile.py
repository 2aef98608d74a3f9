"""Texts that strangers put into the statistics (S22, S30): shown escaped and cut, harmless in a spreadsheet."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.pageviews.statistics import get_today
from tests.admin.conftest import publish, write
from tests.pageviews.counts import add_detail, add_views

HERE = "/admin/statistics"
TEXTS = [
    "<script>window.ran = 1</script>",
    "\"><img src=x onerror='window.ran = 1'>",
    "javascript:window.ran=1//' onmouseover='window.ran=1",
    "{{ 7 * 7 }}{% raw %}",
    "</table></details><h1>Taken over</h1>",
    "=HYPERLINK(\"http://evil.example\";\"Click\")",
    "+1+1|'cmd'!A1",
    "-2+3",
    "@SUM(1)",
    "＝1+1",
    "\u202eevil\u202c.example",
    "ＡＡＡ" * 90,
    "x" * 300,
]  # fmt: skip


def fill(session: Session, article_id: int, text: str) -> None:
    """A stranger's text in every place where one may stand."""
    today = get_today(session)
    add_views(session, article_id, 5, day=today, readers=2)
    for dimension, label, detail in (
        ("site", text[:100], text), ("site", "host.example", text), ("search", text[:100], ""),
        ("social", text[:100], ""), ("assistant", text[:100], ""), ("own", "", text),
        ("campaign", text[:100], f"{text[:90]}\t{text[:90]}"), ("device", text[:100], ""),
    ):  # fmt: skip
        add_detail(session, article_id, 3, dimension, label, detail, day=today)
    session.commit()


@pytest.fixture
def article_id(editor: FlaskClient) -> int:
    """An article whose title, tag and author are hostile as well."""
    number = write(editor, "=<img src=x onerror=window.ran=1>", tags="<b onclick=window.ran=1>tag", authors="'><i>A")
    publish(editor, number)
    return number


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_texts_are_shown_as_text(editor: FlaskClient, session: Session, article_id: int, text: str) -> None:
    fill(session, article_id, text)
    for path in ("", f"/articles/{article_id}", "/tags/1", "/authors/2"):
        page = editor.get(HERE + path).text
        assert not re.search(r"<script(?! src=\"/static/dist/)", page), path
        for tag in ("<img", "<b onclick", "<h1>Taken", "<i>A"):
            assert tag not in page, path
        assert not re.search(r"<[^>]* on\w+=[^>]*>", re.sub(r'"[^"]*"', '""', page)), path
        assert "x" * 71 not in page, "cut on the screen"
        assert "Ａ" * 71 not in page
        if "{{" in text:
            assert text in page


@pytest.mark.parametrize("text", TEXTS)
def test_no_cell_of_a_file_begins_a_formula(editor: FlaskClient, session: Session, article_id: int, text: str) -> None:
    fill(session, article_id, text)
    for path in ("", f"/articles/{article_id}"):
        answer = editor.get(f"{HERE}{path}/export.csv")
        cells = [cell for line in csv.reader(io.StringIO(answer.text)) for cell in line]
        assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\n＝＋－＠")] == []
        assert any(text[:60] in cell for cell in cells), "nothing is lost, either"
        found = editor.get(f"{HERE}{path}/export.json")
        assert found.content_type == "application/json"
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        assert text in {page["path"] for site in found.get_json()["sites"] for page in site["pages"]}
