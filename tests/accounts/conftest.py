"""What the tests of people share: somebody who can really sign in."""

import pytest
from sqlalchemy.orm import Session

from app.accounts.joining import add_person
from app.accounts.models import Account
from app.accounts.passwords import hash_password

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)


def person(session: Session, name: str, role: str = "author") -> Account:
    """An account with ``PASSWORD``, committed."""
    made = add_person(session, name=name, email=f"{name}@example.org", role=role, password_hash=HASH)
    session.expire_on_commit = False  # else the next look at it would take SQLite's write lock
    session.commit()
    return made


@pytest.fixture
def ada(session: Session) -> Account:
    """An admin with a password."""
    return person(session, "Ada", "admin")
