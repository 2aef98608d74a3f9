"""Rows of the library: what happens when two do the same at once."""

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.media import reading, storing
from app.media.files import new_key
from app.media.storing import Received
from tests.media.specimens import add_media


def received(word: str) -> Received:
    return Received(
        file=new_key("jpg"), kind="image", mime="image/jpeg", extension="jpg", bytes=10, upload_hash=word,
        content_hash=word, title="a.jpg", width=4, height=3,
    )  # fmt: skip


def test_the_same_file_sent_twice_at_once_is_one(
    session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one looked before the first one's row was there."""
    first, _ = storing.add(session, received("a" * 64), by_id=alice.id)
    session.commit()
    asked = [None, reading.find_uploaded]

    def look(session: Session, upload_hash: str) -> object:
        seen = asked.pop(0)
        return seen(session, upload_hash) if seen else None

    monkeypatch.setattr(reading, "find_uploaded", look)
    again, was_known = storing.add(session, received("a" * 64), by_id=alice.id)
    session.commit()  # the rest of the upload is kept
    assert (again.id, was_known) == (first.id, True)


def test_numbers_of_deleted_files_are_not_given_again(session: Session) -> None:
    media = add_media(session)
    session.commit()
    former = media.id
    storing.remove(session, media)
    session.commit()
    new = add_media(session)
    session.commit()
    assert new.id == former + 1
