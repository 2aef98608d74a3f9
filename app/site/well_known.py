"""/.well-known/security.txt (RFC 9116): where to report a hole, if the settings say where."""

from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from app import clock, web

bp = Blueprint("well_known", __name__)
VALID_DAYS = 180
"""The standard recommends less than a year; it is told anew each day."""


@bp.get("/.well-known/security.txt")
@web.public
def security_txt() -> ResponseReturnValue:
    """The file; 404 without a contact."""
    contact = web.settings().security_contact
    if not contact:
        abort(404)
    expires = datetime.combine(clock.now().date() + timedelta(days=VALID_DAYS), time(), UTC)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {web.settings().language}",
        f"Canonical: {web.absolute('site.well_known.security_txt')}",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
