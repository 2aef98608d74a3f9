"""Flask-Login, wired to our sessions: the cookie carries a token, the database says whose it is."""

import logging

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError

from app import web
from app.accounts.browsers import describe_browser
from app.accounts.models import Account, SignedIn
from app.accounts.signing_in import end_session, find_signed_in, is_to_be_noted, note_seen, open_session
from app.audit.recording import record

log = logging.getLogger("typecase.login")


class Person(UserMixin):  # type: ignore[misc]
    """Who is signed in in this browser, as Flask-Login wants it."""

    def __init__(self, signed_in: SignedIn, token: str) -> None:
        self.signed_in = signed_in
        self.account = signed_in.account
        self.token = token

    def get_id(self) -> str:
        """What the cookie carries: the session's token, not the account's id, so that a session can be ended."""
        return self.token


def furnish(app: Flask) -> None:
    """Let Flask-Login find people by their session, and note when they were last seen."""
    manager = LoginManager()
    manager.session_protection = None  # sessions live in the database; a changed network is no theft
    manager.user_loader(_load)
    manager.init_app(app)
    app.teardown_request(_note_seen)


def admit(token: str) -> None:
    """Sign this browser in with a session just opened. Nothing from before, CSRF token included, survives."""
    session.clear()
    g.pop("csrf_token", None)
    web.reader().rollback()  # what it sees is older than the new session
    session.permanent = True
    login_user(_load(token))


def open_here(account: Account, *, means: str) -> str:
    """A new session for this browser, in place of the one it had; after the commit ``admit`` takes the token."""
    end_session(web.writer(), current_token())
    agent, network = request.headers.get("User-Agent", ""), web.network()
    record(
        web.writer(), "session.open", actor_id=account.id, actor=account.name, network=network,
        subject_kind="person", subject_id=account.id, subject=account.name,
        details={"means": means, "browser": describe_browser(agent)},
    )  # fmt: skip
    return open_session(web.writer(), account, means=means, browser=agent, network=network)


def keep_step(token: str) -> None:
    """Let this browser, and no other, go on with the sign-in that it has begun."""
    session["step"] = token


def step_token() -> str:
    """The token of the sign-in that this browser has begun; "" without one. ``admit`` forgets it."""
    return str(session.get("step", ""))


def dismiss() -> None:
    """Empty this browser's cookie session; ending the session in the database is the room's."""
    logout_user()
    session.clear()
    g.pop("csrf_token", None)


def current_token() -> str:
    """The session token that this browser sent, live or not; "" without one."""
    return str(session.get("_user_id", ""))


def current_session_id() -> int:
    """The number of this browser's session; only behind ``@needs``."""
    return int(current_user.signed_in.id)


def _load(token: str) -> Person | None:
    found = find_signed_in(web.reader(), token)
    if found is None:
        return None
    if is_to_be_noted(found):
        g.seen = token
    found.account.looks_as = found.eyes
    return Person(found, token)


def _note_seen(_error: BaseException | None = None) -> None:
    """A short transaction of its own, after the request's: SQLite has one writer."""
    token = g.pop("seen", None)
    if token is None:
        return
    network = web.network()
    web.close_sessions()
    try:
        with web.database().writer() as own:
            note_seen(own, token, network=network)
            own.commit()
    except SQLAlchemyError:
        log.warning("last seen could not be noted", exc_info=True)
