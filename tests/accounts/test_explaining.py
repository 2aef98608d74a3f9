"""Why somebody may do something: the answer of may(), in a sentence, with the cell of the table."""

from collections.abc import Collection
from typing import NamedTuple

import pytest
from sqlalchemy.orm import Session

from app.accounts import roles
from app.accounts.explaining import explain
from app.accounts.membership import deactivate
from app.accounts.models import Account
from app.accounts.permissions import NO, OWN, RIGHTS, may
from tests.accounts.conftest import person


class Thing(NamedTuple):
    """An article, as far as rights go."""

    owner_ids: Collection[int]
    was_published: bool = False


@pytest.mark.parametrize(
    ("action", "owned", "published", "answer", "says"),
    [
        ("article.edit", True, False, True, "for what is their own, and “Tea” is"),
        ("article.edit", False, False, False, "“Tea” is not theirs"),
        ("article.publish", True, False, False, "has not got the right “Publish”"),
        ("article.trash", True, False, True, "theirs and never was"),
        ("article.trash", True, True, False, "but was published already"),
        ("article.create", True, True, True, "without limits"),
    ],
)
def test_a_sentence_for_an_article(
    session: Session, action: str, owned: bool, published: bool, answer: bool, says: str
) -> None:
    charlie = person(session, "Charlie")
    thing = Thing({charlie.id} if owned else {4711}, published)
    found = explain(charlie, action, subject=thing, title="Tea")
    assert (found.allowed, found.allowed) == (answer, may(charlie, action, thing))
    assert found.sentence.startswith("Yes. Charlie is an author" if answer else "No. Charlie is an author")
    assert says in found.sentence


def test_where_a_cell_comes_from(session: Session, ada: Account) -> None:
    charlie, dora = person(session, "Charlie"), person(session, "Dora")
    role = roles.make_role(session, label="Guest", rights={"article.list": OWN}, by=None)
    roles.give(session, dora, role)
    roles.change_rights(session, "author", rights={"media.see": NO}, by=None)
    assert explain(ada, "settings.edit").origin == "fixed: an admin may do everything"
    assert explain(charlie, "article.edit").origin == "as it comes with the software"
    assert explain(charlie, "media.see")[2:] == (NO, "set on this site")
    assert explain(dora, "article.list").origin == "set on this site"
    assert explain(dora, "article.edit").origin == "not set on this site, so no"
    assert "Dora is in the role “Guest”" in explain(dora, "article.list").sentence
    assert explain(dora, "article.list").sentence.startswith("It depends")


def test_there_is_a_sentence_for_everybody_and_everything(session: Session, ada: Account) -> None:
    people = [ada, person(session, "Bob", "editor"), person(session, "Charlie")]
    for account in people:
        for action in RIGHTS:
            for thing in (None, Thing({account.id}), Thing({account.id}, True), Thing({0}), Thing({0}, True)):
                found = explain(account, action, subject=thing, title="Tea")
                assert found.allowed == may(account, action, thing)
                assert found.sentence.endswith(".")
    deactivate(session, people[1].id)
    assert "deactivated" in explain(people[1], "article.edit").sentence
