"""S22: no cell of a file for spreadsheets is a formula. Texts of readers: tests/site/test_hostile_requests.py."""

import csv
import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.pageviews.statistics import get_today
from tests.admin.conftest import publish, write
from tests.pageviews.counts import add_views

FORMULAS = [
    '=HYPERLINK("https://evil.example")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    "=1;2",
    '=1","=2',
]


@pytest.mark.parametrize("title", FORMULAS)
def test_a_title_is_no_formula(editor: FlaskClient, session: Session, title: str) -> None:
    number = write(editor, title, slug="a-page")
    publish(editor, number)
    add_views(session, number, 3, day=get_today(session))
    session.commit()
    found = editor.get("/admin/statistics/export.csv?period=today")
    assert found.mimetype == "text/csv"
    cells = [cell for row in csv.reader(io.StringIO(found.text)) for cell in row]
    assert f"'{title}" in cells, "it is there, as text"
    assert not [cell for cell in cells if cell[:1] in "=+-@＝\t\r" and cell and not cell.lstrip("-").isdigit()]
