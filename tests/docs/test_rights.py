"""The table of rights in the documentation is the table of the code."""

from app.accounts.permissions import RIGHTS
from app.accounts.rights_words import WORDS
from tests.docs.pages import read


def rows() -> list[str]:
    return [f"| {WORDS[action]} | {' | '.join(scopes)} |" for action, scopes in RIGHTS.items()]


def test_the_table_is_the_code_s() -> None:
    table = read("docs/administration.md").split("-->\n", 1)[1].split("<!-- /rights", 1)[0]
    assert table.strip().splitlines()[2:] == rows(), "\n" + "\n".join(rows())


def test_every_right_has_its_words() -> None:
    assert list(WORDS) == list(RIGHTS)
