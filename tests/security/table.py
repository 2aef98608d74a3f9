"""The table of the thirty classes in docs/security.md: ``python -m tests.security.table`` writes it anew."""

from app.config import ROOT
from tests.security.cases import CASES

PAGE = ROOT / "docs" / "security.md"
BEGIN, END = "held by a test -->\n", "<!-- /cases -->"


def table() -> str:
    """One line a class: what it is, its test, the file of the line that its test is shown to guard."""
    lines = ["| | class | tests | a line that they guard is in | comes with |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| {case.name} | {case.what} | `{case.file}` | `{case.guard.file}` | {case.waits_for} |" for case in CASES
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(before + BEGIN + table() + END + rest.partition(END)[2])
