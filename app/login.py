"""Flask-Login, wired to our sessions: the cookie carries a token, the database says whose it is."""

from flask import Flask, session
from flask_login import LoginManager, UserMixin

from app import web
from app.accounts.models import Account
from app.accounts.signing_in import find_signed_in


class Person(UserMixin):  # type: ignore[misc]
    """Who is signed in in this browser, as Flask-Login wants it."""

    def __init__(self, account: Account, token: str) -> None:
        self.account = account
        self.token = token

    def get_id(self) -> str:
        """What the cookie carries: the session's token, not the account's id, so that a session can be ended."""
        return self.token


def furnish(app: Flask) -> None:
    """Let Flask-Login find people by their session."""
    manager = LoginManager()
    manager.session_protection = None  # sessions live in the database; a changed network is no theft
    manager.user_loader(_load)
    manager.init_app(app)


def _load(token: str) -> Person | None:
    found = find_signed_in(web.reader(), token)
    return Person(found.account, token) if found else None


def renew_cookie() -> None:
    """Empty the browser's cookie session, CSRF token included, so that nothing from before sign-in survives."""
    session.clear()
