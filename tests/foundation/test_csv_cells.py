"""CSV: what is text stays text in a spreadsheet, what is a number stays a number."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.csv_cells import FORMULA, neutral, write_csv


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "－1"])
def test_formulas_are_neutralised(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a title", "1", " =1", "'quoted", "é"])
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert neutral(text) == text


def test_a_file_has_a_header_and_numbers() -> None:
    lines = "".join(write_csv(["day", "views"], [["2026-11-20", -3], ['a "b", c\n', None]]))
    assert lines == 'day,views\r\n2026-11-20,-3\r\n"a ""b"", c\n",\r\n'


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2)))
def test_no_cell_that_comes_out_begins_a_formula(rows: list[list[str]]) -> None:
    written = "".join(write_csv(["a", "b"], rows))
    read = list(csv.reader(io.StringIO(written, newline="")))
    assert len(read) == len(rows) + 1
    assert not [cell for row in read for cell in row if cell[:1] in FORMULA and cell]
