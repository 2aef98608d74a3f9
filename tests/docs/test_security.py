"""The table of classes in docs/security.md is the one that the tests go by, and the way to report is found."""

from tests.docs.pages import read
from tests.security.table import BEGIN, END, table


def test_the_table_of_classes_is_the_tests_own() -> None:
    written = read("docs/security.md").partition(BEGIN)[2].partition(END)[0]
    assert written == table(), "python -m tests.security.table"


def test_the_way_to_report_is_on_top() -> None:
    assert "## Reporting a hole" in read("SECURITY.md")
    assert "docs/security.md" in read("SECURITY.md") and "docs/security.md" in read("README.md")
    assert "../SECURITY.md" in read("docs/security.md")
