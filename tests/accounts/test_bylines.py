"""Bylines: names above articles become people with an address of their own."""

import pytest
from sqlalchemy.orm import Session

from app.accounts.bylines import find_or_make_byline
from app.accounts.models import Account
from app.accounts.naming import NameBlank
from app.accounts.reading import find_account_by_slug


def test_a_new_name_becomes_an_author_who_cannot_sign_in(session: Session) -> None:
    made = find_or_make_byline(session, name="  Jhon\tLennon ")
    assert (made.name, made.slug, made.role, made.email) == ("Jhon Lennon", "jhon-lennon", "author", None)
    assert not made.can_sign_in
    assert find_account_by_slug(session, "jhon-lennon") is made


def test_the_same_name_is_the_same_person(session: Session, bob: Account) -> None:
    assert find_or_make_byline(session, name="Bob").id == bob.id
    assert find_or_make_byline(session, name="bob").id != bob.id


def test_of_several_with_the_name_the_oldest_is_meant(session: Session) -> None:
    for slug in ("first", "second"):
        session.add(Account(name="Twin", slug=slug, role="author"))
        session.flush()
    assert find_or_make_byline(session, name="Twin").slug == "first"


def test_names_that_slug_alike_get_numbers(session: Session) -> None:
    slugs = [
        find_or_make_byline(session, name=name).slug for name in ("Zoë", "Zoe", "ZOE!", "…", "¿", "x" * 199, "x" * 198)
    ]
    assert slugs == ["zoe", "zoe-2", "zoe-3", "author", "author-2", "x" * 80, "x" * 78 + "-2"]


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "\x00"])
def test_a_blank_name_is_nobody(session: Session, name: str) -> None:
    with pytest.raises(NameBlank):
        find_or_make_byline(session, name=name)


def test_a_name_in_any_script_stays_as_it_is(session: Session) -> None:
    name = "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤ <b>𝕿𝖍𝖊</b>"
    assert find_or_make_byline(session, name=name).name == name
