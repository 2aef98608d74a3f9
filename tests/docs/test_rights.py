"""The table of rights in the documentation is the table of the code."""

from app.accounts.permissions import RIGHTS
from tests.docs.pages import read

WORDS = {
    "article.list": "See the list of articles",
    "article.create": "Write a new article",
    "article.see": "Open and preview an article",
    "article.edit": "Edit an article",
    "article.assign": "Say who an article is by",
    "article.publish": "Publish",
    "article.withdraw": "Withdraw",
    "article.trash": "Move to the trash",
    "article.restore": "Restore from the trash",
    "article.delete": "Delete for good",
    "article.duplicate": "Duplicate",
    "statistics.see": "See statistics",
    "statistics.correct": "Take views out of the count, and put them back",
    "media.see": "See the library of pictures and files",
    "media.add": "Upload files",
    "media.edit": "Describe and replace a file",
    "media.delete": "Delete a file that is not in use",
    "tag.manage": "Rename, merge and delete tags",
    "people.list": "See who there is",
    "people.add": "Add people",
    "people.link": "Give people a new link",
    "people.change_role": "Change a role",
    "people.deactivate": "Deactivate and reactivate",
    "settings.edit": "Change the settings",
    "profile.edit": "Change the own name, biography, password",
}


def rows() -> list[str]:
    return [f"| {WORDS[action]} | {' | '.join(scopes)} |" for action, scopes in RIGHTS.items()]


def test_the_table_is_the_code_s() -> None:
    table = read("docs/administration.md").split("-->\n", 1)[1].split("<!-- /rights", 1)[0]
    assert table.strip().splitlines()[2:] == rows(), "\n" + "\n".join(rows())
