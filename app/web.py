"""What the doors share: database sessions of a request, stated policies, the form base, template helpers.

Every handler states its policy with ``@public`` or ``@needs("action")``; ``tests/house`` holds them to it.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.access_log import network_of
from app.accounts import limiting
from app.accounts.models import Account
from app.accounts.permissions import Subject, may
from app.accounts.rights_words import a_role
from app.accounts.signing_in import has_proved_lately
from app.assets import RowIdConverter, asset, find_asset
from app.audit.recording import record
from app.config import Config
from app.db import Database
from app.forms import ButtonForm as ButtonForm
from app.forms import Form as Form
from app.forms import checked_by as checked_by
from app.forms import require_button as require_button
from app.forms import sentence as sentence
from app.media.storing import Workshop
from app.settings import Settings, get_settings

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)
POLICY = "typecase_policy"
FRESH = "typecase_fresh"
log = logging.getLogger("typecase.web")


def config() -> Config:
    """The configuration of this installation."""
    return cast(Config, current_app.extensions["typecase.config"])


def database() -> Database:
    return cast(Database, current_app.extensions["typecase.db"])


def workshop() -> Workshop:
    """Where files are taken in, and the storage that they are in."""
    return cast(Workshop, current_app.extensions["typecase.media"])


def reader() -> Session:
    """The request's session for questions; it cannot write."""
    if "reader" not in g:
        g.reader = database().reader()
    return cast(Session, g.reader)


def writer() -> Session:
    """The request's session for changes: the handler commits it, once, after all slow work is done.

    What was loaded through ``reader()`` is not part of it: load it again, or hand over ids.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        raise RuntimeError(f"a {request.method} request changes nothing")
    if "writer" not in g:
        g.writer = database().writer()
    return cast(Session, g.writer)


def close_sessions(_error: BaseException | None = None) -> None:
    """Give the request's connections back; what was not committed is rolled back."""
    for name in ("writer", "reader"):
        session = g.pop(name, None)
        if session is not None:
            session.close()


def settings() -> Settings:
    """The publication's settings, read once a request."""
    if "settings" not in g:
        g.settings = get_settings(reader())
    return cast(Settings, g.settings)


def address() -> str:
    """Where readers reach the site, without a trailing slash: SITE_URL if set, else the settings' address."""
    here = config()
    return here.site_url if here.site_url_given else settings().address or here.site_url


def absolute(endpoint: str, **values: Any) -> str:
    """The full address of a page, built from ``address()`` and never from the Host header."""
    return address() + url_for(endpoint, **values)


def me() -> Account | None:
    """The account that is signed in in this browser, if any. Belongs to ``reader()``."""
    return current_user.account if current_user.is_authenticated else None


def myself() -> Account:
    """The account that is signed in; only behind ``@needs``."""
    account = me()
    if account is None:
        abort(401)
    return account


def take_try(kind: str, *, account: str | int | None = None) -> limiting.Attempt:
    """Count a try at a secret before looking whether it is right, and before the request's own changes.

    ``kind`` is one of ``limiting.KINDS``; ``account`` an id, or the e-mail address as typed, known or not. Raises
    ``limiting.TooManyTries``, which is answered with 429. If it was right: ``limiting.succeeded(writer(), attempt)``.
    """
    if "writer" in g:
        raise RuntimeError("a try is counted before the request's own changes: SQLite has one writer")
    secret = config().secret_key
    keys = limiting.keys_of(kind, secret=secret, account=account, address=request.remote_addr or "")
    limiting.check(reader(), keys)  # whoever is refused costs no write
    with database().writer() as own:
        attempt = limiting.take(own, keys)
        own.commit()
    return attempt


def tell(**said: str) -> None:
    """Leave word for the page that this browser sees next, where its address must stay as it is."""
    session["told"] = said


def told(name: str) -> str:
    """What ``tell`` left for this page: a query parameter of this name, or word from the request before."""
    if "told" not in g:
        g.told = session.pop("told", {}) if request.method == "GET" else {}
    return request.args.get(name) or str(g.told.get(name, ""))


def network() -> str:
    """The network that this request comes from, shortened as in the access log; "" if it is not known."""
    return network_of(request.remote_addr) if request.remote_addr else ""


def note(action: str, *, kind: str = "", id: int | None = None, name: str = "", **details: object) -> None:
    """Have in the audit log what the person signed in does with this request, in the commit of ``writer()``.

    ``kind``, ``id`` and ``name`` say what it is done to; ``details`` hold no secrets (``app.audit.withholding``).
    """
    record(writer(), action, **who(), subject_kind=kind, subject_id=id, subject=name, details=details)


def note_apart(action: str, *, kind: str = "", id: int | None = None, name: str = "", **details: object) -> None:
    """``note`` for what is refused, or belongs to a GET: in a short transaction of its own, after the request's."""
    noted = who() | {"subject_kind": kind, "subject_id": id, "subject": name, "details": details}
    g.setdefault("noted_apart", []).append((action, noted))


def who() -> dict[str, Any]:
    """Who this request is by, as ``audit.recording.record`` takes it."""
    account = me()
    return {"actor_id": account.id, "actor": account.name, "network": network()} if account else {"network": network()}


def _write_apart(_error: BaseException | None = None) -> None:
    """After the request's own transaction: SQLite has one writer."""
    noted = g.pop("noted_apart", [])
    if not noted:
        return
    close_sessions()
    try:
        with database().writer() as own:
            for action, what in noted:
                record(own, action, **what)
            own.commit()
    except SQLAlchemyError:
        log.warning("what was refused could not be noted: %s", ", ".join(action for action, _ in noted), exc_info=True)


def wants_json() -> bool:
    """Whether a script asks: it prefers JSON to a page."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


# Policies


def public(handler: Callable[P, R]) -> Callable[P, R]:
    """State that everybody may call this handler."""
    setattr(handler, POLICY, "public")
    return handler


def needs(
    action: str,
    subject: Callable[..., Subject] | None = None,
    *,
    fresh: bool = False,
    while_looking: bool = False,
) -> Callable[[Callable[P, R]], Callable[P, ResponseReturnValue]]:
    """State that a handler needs a right; ``subject`` finds what it is about from the address's values.

    Nobody signed in: the sign-in page (a form's fields are kept through it), or 401 for a script that asks for
    JSON. Signed in without the right: 403. So is every change while somebody looks through the eyes of another role,
    unless ``while_looking``. ``fresh``: whoever did not prove who they are within ten minutes does so first, at
    /admin/prove, and a form's fields are kept through that; a script gets 403 and the word "prove".
    """

    def decorate(handler: Callable[P, R]) -> Callable[P, ResponseReturnValue]:
        @wraps(handler)
        def checked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if me() is None:
                return _to_sign_in()
            if not may(me(), action) or (subject and not may(me(), action, subject(**kwargs))):
                abort(403)  # the first also before anybody learns what is there
            if myself().looks_as is not None and not while_looking and request.method not in {"GET", "HEAD"}:
                abort(403, description="looking")
            if fresh and not has_proved_lately(current_user.signed_in):
                return _to_prove()
            return handler(*args, **kwargs)

        setattr(checked, POLICY, action)
        setattr(checked, FRESH, fresh)
        checked.typecase_subject = subject  # type: ignore[attr-defined]
        return checked

    return decorate


def here() -> str:
    """The path and query of this request."""
    return request.full_path if request.query_string else request.path


def _to_sign_in() -> ResponseReturnValue:
    if wants_json():
        abort(401)
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("admin.entrance.login", next=here()), 303)
    return cast(Callable[[], ResponseReturnValue], current_app.extensions["typecase.keep_and_sign_in"])()


def _to_prove() -> ResponseReturnValue:
    if wants_json():
        abort(403, description="prove")
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("admin.proving.ask", next=here()), 303)
    return cast(Callable[[], ResponseReturnValue], current_app.extensions["typecase.keep_and_prove"])()


def safe_next(target: str | None, *, default: str) -> str:
    """``target`` if it is a path on this site, else ``default``: no open redirect."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return default
    if any(ord(character) < 33 or ord(character) == 127 for character in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


# Templates


def furnish(app: Flask) -> None:
    """Give every template what all of them need, and close the sessions when a request ends."""
    app.url_map.converters["int"] = RowIdConverter
    app.teardown_appcontext(close_sessions)
    app.teardown_request(_write_apart)
    app.jinja_env.globals.update(
        asset=asset,
        find_asset=find_asset,
        settings=settings,
        me=me,
        told=told,
        may=may,
        a_role=a_role,
        absolute=absolute,
        site_address=address,
        csrf_token=generate_csrf,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
