"""What the doors share: database sessions of a request, stated policies, the form base, template helpers.

Every handler states its policy with ``@public`` or ``@needs("action")``; ``tests/house`` holds them to it.
"""

import hashlib
import inspect
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from flask_wtf.form import _Auto
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response
from wtforms import ValidationError

from app.accounts.models import Account
from app.accounts.permissions import Owned, may
from app.config import Config
from app.db import Database
from app.media.storing import Workshop
from app.settings import Settings, get_settings

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)
POLICY = "typecase_policy"


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


def tell(**said: str) -> None:
    """Leave word for the page that this browser sees next, where its address must stay as it is."""
    session["told"] = said


def told(name: str) -> str:
    """What ``tell`` left for this page: a query parameter of this name, or word from the request before."""
    if "told" not in g:
        g.told = session.pop("told", {}) if request.method == "GET" else {}
    return request.args.get(name) or str(g.told.get(name, ""))


def wants_json() -> bool:
    """Whether a script asks: it prefers JSON to a page."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


# Policies


def public(handler: Callable[P, R]) -> Callable[P, R]:
    """State that everybody may call this handler."""
    setattr(handler, POLICY, "public")
    return handler


def needs(
    action: str, subject: Callable[..., Owned] | None = None
) -> Callable[[Callable[P, R]], Callable[P, ResponseReturnValue]]:
    """State that a handler needs a right; ``subject`` finds what it is about from the address's values.

    Nobody signed in: the sign-in page (a form's fields are kept through it), or 401 for a script that asks for
    JSON. Signed in without the right: 403.
    """

    def decorate(handler: Callable[P, R]) -> Callable[P, ResponseReturnValue]:
        @wraps(handler)
        def checked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if me() is None:
                return _to_sign_in()
            if not may(me(), action, subject(**kwargs) if subject else None):
                abort(403)
            return handler(*args, **kwargs)

        setattr(checked, POLICY, action)
        checked.typecase_subject = subject  # type: ignore[attr-defined]
        return checked

    return decorate


def _to_sign_in() -> ResponseReturnValue:
    if wants_json():
        abort(401)
    here = request.full_path if request.query_string else request.path
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("admin.entrance.login", next=here), 303)
    return cast(Callable[[], ResponseReturnValue], current_app.extensions["typecase.keep_and_sign_in"])()


def safe_next(target: str | None, *, default: str) -> str:
    """``target`` if it is a path on this site, else ``default``: no open redirect."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return default
    if any(ord(character) < 33 or ord(character) == 127 for character in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


class Form(FlaskForm):  # type: ignore[misc]
    """The base of every form: CSRF token, fields that are refused, and the status for its handler.

    Unknown fields are ignored. Those in ``read_only`` exist but are not changed here: sending one is refused,
    so that nobody believes it was.
    """

    read_only: frozenset[str] = frozenset()

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Take what a form sent and nothing else: JSON or a file would bring values that are no text."""
            if formdata is _Auto:
                return request.form if form.is_submitted() else None
            return formdata

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether it can be taken as it is; if not, ``errors`` says why."""
        valid = super().validate(extra_validators)
        sent = sorted(self.read_only & set(request.form))
        self.form_errors.extend(f"“{name}” cannot be changed here." for name in sent)
        return valid and not sent

    def refuse(self, refusal: Exception, field: str = "") -> None:
        """Say why a room refused what was typed: at the field, or without one above the form."""
        if field:
            self[field].errors = [*self[field].errors, sentence(refusal)]
        else:
            self.form_errors.append(sentence(refusal))

    @property
    def has_expired(self) -> bool:
        """Whether it was refused for its token: show it again, filled in, and say so."""
        return "csrf_token" in self.errors

    @property
    def refusal_status(self) -> int:
        """400 for an expired form, 422 for a field that cannot be taken."""
        return 400 if self.has_expired else 422


def sentence(refusal: Exception) -> str:
    """What a refusal says to people: its message, or else the docstring of its kind."""
    return " ".join((str(refusal) or inspect.getdoc(type(refusal)) or "").split())


def checked_by(check: Callable[[str], Any], *refusals: type[Exception]) -> Callable[[Any, Any], None]:
    """A WTForms validator from a room's check: its value replaces the typed one, its refusal is the error."""

    def validate(_form: Any, field: Any) -> None:
        try:
            field.data = check(field.data or "")
        except refusals as refusal:
            raise ValidationError(sentence(refusal)) from None

    return validate


class ButtonForm(Form):
    """A form that is one button: nothing but its token."""


def require_button() -> None:
    """For a handler behind one button: the token must be right, or the expired-form page answers (400)."""
    if not ButtonForm().validate_on_submit():
        abort(400, description="expired-form")


# Templates


@lru_cache(maxsize=64)
def _fingerprint(path: Path, _modified: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file with its fingerprint, so that it can be kept for ever."""
    found = find_asset(name)
    if found is None:
        raise RuntimeError(f"static/{name} is missing: run `make build`")
    return found


def find_asset(name: str) -> str | None:
    """``asset``, or None where it is not built: no page may need a bundle of scripts to do its work."""
    path = Path(cast(str, current_app.static_folder)) / name
    try:
        return url_for("static", filename=name, v=_fingerprint(path, path.stat().st_mtime_ns))
    except FileNotFoundError:
        return None


class RowIdConverter(IntegerConverter):
    """``<int:id>``: a number no row can have (beyond 32 bits) is an unknown address, not a database error.

    It says 404 itself: left to routing it would become 405 where another method knows the address.
    """

    def to_python(self, value: str) -> int:
        number = int(super().to_python(value)) if len(value) < 20 else 2**31
        if number >= 2**31:
            raise NotFound
        return number


def furnish(app: Flask) -> None:
    """Give every template what all of them need, and close the sessions when a request ends."""
    app.url_map.converters["int"] = RowIdConverter
    app.teardown_appcontext(close_sessions)
    app.jinja_env.globals.update(
        asset=asset,
        find_asset=find_asset,
        settings=settings,
        me=me,
        told=told,
        may=may,
        absolute=absolute,
        site_address=address,
        csrf_token=generate_csrf,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.after_request(_headers)


CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data: https: http:; media-src 'self' https: http:; manifest-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint == "static" and "v" in request.args:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif request.endpoint != "static" and (request.blueprint or "").startswith("admin"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
