"""Bylines: people who are named above articles, whether or not they can sign in."""

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.naming import NAME_LENGTH, check_name
from app.accounts.reading import find_account_by_name
from app.accounts.registering import register
from app.text import clean_line


def find_or_make_byline(session: Session, *, name: str) -> Account:
    """Whoever has exactly this name (the oldest of several), or a new account that cannot sign in.

    A name of more than 300 characters is cut. Raises ``NameBlank``.
    """
    kept = check_name(clean_line(name)[:NAME_LENGTH])
    return find_account_by_name(session, kept) or register(session, name=kept, role="author")
