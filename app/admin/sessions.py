"""The browsers in which somebody is signed in: seeing them, and signing out of one or of all others."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import web
from app.accounts.browsers import describe_browser
from app.accounts.models import Account, SignedIn
from app.accounts.reading import AccountUnknown, get_account
from app.accounts.signing_in import IDLE, LONGEST, end_all_sessions, end_session_by_id, list_sessions
from app.login import current_session_id, current_token

bp = Blueprint("sessions", __name__, url_prefix="/admin")

MEANS = {
    "password": "password",
    "passkey": "passkey",
    "password+totp": "password and code of the app",
    "password+passkey": "password and passkey",
    "password+recovery": "password and recovery code",
    "link": "link",
}


@bp.app_template_filter("means_in_words")
def means_in_words(means: str) -> str:
    """How somebody proved who they are: password and passkey."""
    return MEANS.get(means, means.replace("+", " and "))


bp.app_template_filter("browser_in_words")(describe_browser)


@bp.get("/sessions")
@web.needs("profile.edit")
def index() -> str:
    return _page(web.myself())


@bp.post("/sessions/<int:session_id>/end")
@web.needs("profile.edit")
def end(session_id: int) -> ResponseReturnValue:
    web.require_button()
    ended = _find(list_sessions(web.reader(), web.myself().id), session_id)
    if ended is None or not end_session_by_id(web.writer(), web.myself().id, session_id=session_id):
        abort(404)
    web.note("session.end", kind="person", id=web.myself().id, name=web.myself().name, browser=_words(ended))
    web.writer().commit()
    if session_id == current_session_id():
        return redirect(url_for("admin.entrance.login", done="signed-out"), 303)
    return redirect(url_for(".index", done="session-ended"), 303)


@bp.post("/sessions/end-others")
@web.needs("profile.edit")
def end_others() -> ResponseReturnValue:
    web.require_button()
    me = web.myself()
    end_all_sessions(web.writer(), me.id, but=current_token())
    web.note("session.end", kind="person", id=me.id, name=me.name, browser="all others")
    web.writer().commit()
    return redirect(url_for(".index", done="sessions-ended"), 303)


# Somebody else's


@bp.get("/people/<int:account_id>/sessions")
@web.needs("people.deactivate")
def index_of(account_id: int) -> str:
    return _page(_get(account_id))


@bp.post("/people/<int:account_id>/sessions/end")
@web.needs("people.deactivate", fresh=True)
def end_all_of(account_id: int) -> ResponseReturnValue:
    web.require_button()
    account = _get(account_id)
    end_all_sessions(web.writer(), account_id, but=current_token())
    web.note("session.end", kind="person", id=account_id, name=account.name, browser="all")
    web.writer().commit()
    return redirect(url_for(".index_of", account_id=account_id, done="sessions-ended"), 303)


def _page(account: Account) -> str:
    return render_template(
        "admin/sessions/index.html",
        account=account,
        sessions=list_sessions(web.reader(), account.id),
        current_id=current_session_id(),
        is_mine=account.id == web.myself().id,
        idle_days=IDLE.days,
        longest_days=LONGEST.days,
    )


def _get(account_id: int) -> Account:
    try:
        return get_account(web.reader(), account_id)
    except AccountUnknown:
        abort(404)


def _find(sessions: list[SignedIn], session_id: int) -> SignedIn | None:
    return next((found for found in sessions if found.id == session_id), None)


def _words(signed_in: SignedIn) -> str:
    return describe_browser(signed_in.browser)
