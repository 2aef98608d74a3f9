"""How much a request may hold, by the door it comes to. What is too much is refused before it is taken apart."""

from flask import Flask, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from app import web

SMALL_BYTES = 64 * 1024
"""For doors that everybody can call: an address, a password, a passkey's answer."""
CARRY_FORMS = frozenset({"admin.entrance.enter", "admin.factors_entrance.check_code"})
"""Those of them through which a form is carried that was sent while nobody was signed in."""
OWN_BOUNDS = frozenset({"site.pageviews.count"})
"""Those whose handler takes less still."""
MOST_FIELDS = 1000
FORM = "application/x-www-form-urlencoded"


def furnish(app: Flask) -> None:
    """Have each request looked at before its handler is called."""
    app.config["MAX_FORM_PARTS"] = MOST_FIELDS
    app.before_request(_check)


def _check() -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    handler = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint in OWN_BOUNDS:
        return
    if getattr(handler, web.POLICY, "") == "public" and request.endpoint not in CARRY_FORMS:
        request.max_content_length = SMALL_BYTES
    # Parts of other forms are counted while they are read (MAX_FORM_PARTS).
    if request.mimetype == FORM and request.get_data(parse_form_data=False).count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge(description="too-many-fields")
