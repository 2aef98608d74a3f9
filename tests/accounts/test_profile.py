"""The own profile: name, biography, password."""

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.naming import NameBlank
from app.accounts.passwords import hash_password
from app.accounts.profile import BiographyTooLong, change_password, change_profile
from app.accounts.signing_in import authenticate, find_signed_in, open_session


def test_a_new_name_keeps_the_address_of_the_authors_page(session: Session, ada: Account) -> None:
    change_profile(session, ada.id, name=" Ada  Lovelace", biography="First line\r\nsecond\x00 line ")
    assert (ada.name, ada.slug, ada.biography) == ("Ada  Lovelace", "ada", "First line\nsecond line")


def test_a_blank_name_or_a_book_of_a_life_is_refused(session: Session, ada: Account) -> None:
    with pytest.raises(NameBlank):
        change_profile(session, ada.id, name="\u2060", biography="")
    with pytest.raises(BiographyTooLong):
        change_profile(session, ada.id, name="Ada", biography="x" * 2001)


def test_a_new_password_ends_the_other_sessions(session: Session, ada: Account) -> None:
    here, there = open_session(session, ada), open_session(session, ada)
    change_password(session, ada.id, password_hash=hash_password("a new one entirely"), token=here)
    assert find_signed_in(session, here) is not None
    assert find_signed_in(session, there) is None
    assert authenticate(session, email="ada@example.org", password="a new one entirely").account_id == ada.id
