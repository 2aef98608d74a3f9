"""CSV for spreadsheets: text from outside never becomes a formula there.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-``, ``@`` (of any width), a tab or an end of line
for more than text. Such cells get an apostrophe in front, which spreadsheets take for "this is text". Numbers
stay numbers.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
TYPE = "text/csv; charset=utf-8"

Cell = str | int | None


def neutral(text: str) -> str:
    """The text, so that no spreadsheet reads a formula in it."""
    return f"'{text}" if text[:1] in FORMULA else text


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180, ends of line CR LF), the header first."""
    yield _line(header)
    for row in rows:
        yield _line(row)


def _line(row: Sequence[Cell]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])
    return line.getvalue()
