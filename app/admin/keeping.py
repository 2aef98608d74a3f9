"""Keeping what somebody typed while nobody was signed in any more.

The fields of a form that arrives signed out are carried through the sign-in page in one signed field and
offered again afterwards. Signed, because what is offered must have come from a page of this site: otherwise
another site could have people send its words as theirs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from flask import current_app, request
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadData, URLSafeSerializer
from wtforms import ValidationError

from app import web

LARGEST = 4 * 1024 * 1024
"""Characters of all fields together: beyond that the browser's Back button has to keep them."""
LONGEST_SIGNED = 6 * 1024 * 1024
MOST_FIELDS = 200
_SECRET = ("password", "token")


@dataclass(frozen=True)
class Kept:
    """A form that was sent while signed out: where to, and its fields in order."""

    target: str
    fields: list[tuple[str, str]]


def keep() -> str:
    """The request's form as one signed text, or "" if it holds nothing, too much, or came from elsewhere."""
    fields = [(name, value) for name, value in _typed() if not any(word in name for word in _SECRET)]
    size = sum(len(name) + len(value) for name, value in fields)
    target = request.full_path if request.query_string else request.path
    if not fields or len(fields) > MOST_FIELDS or size > LARGEST or not _is_ours():
        return ""
    signed = str(_serializer().dumps([target, fields]))
    return signed if len(signed) <= LONGEST_SIGNED else ""


def find_kept(signed: str | None) -> Kept | None:
    """What ``keep`` signed; None if there is nothing, or something that it did not sign."""
    try:
        target, fields = _serializer().loads(signed or "")
    except (BadData, ValueError):
        return None
    if web.safe_next(target, default="") != target:
        return None
    return Kept(target, [(name, value) for name, value in fields])


def _typed() -> Iterable[tuple[str, str]]:
    # A part of a multipart body may have no name.
    return ((name, value) for name, value in request.form.items(multi=True) if name is not None)


def _is_ours() -> bool:
    """Whether the form was on a page of this site, by what browsers say and pages of other sites cannot forge."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None and origin != request.host_url.rstrip("/"):
        return False
    return site is not None or origin is not None or _has_token()


def _has_token() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(cast(str, current_app.secret_key), salt="typecase-kept-form")
