"""The site's own pages for what goes wrong. They need no database: it may be what went wrong."""

import logging

from flask import Flask, render_template, request
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    LengthRequired,
    RequestEntityTooLarge,
    ServiceUnavailable,
)

from app import request_log, web
from app.accounts.limiting import TooManyTries

log = logging.getLogger("typecase.error")
RETRY_SECONDS = 10
DRAIN_BYTES = 64 * 1024 * 1024

PAGES: dict[int, tuple[str, str]] = {
    400: (
        "That request did not make sense",
        "Something about the address or the form was not as it should be.",
    ),
    401: ("Please sign in", "This page is for people who are signed in."),
    403: ("This is not open to you", "You are signed in, but your role does not include this."),
    404: (
        "There is nothing at this address",
        "Perhaps it was mistyped, or the link that brought you here was.",
    ),
    405: ("That is not possible here", "This address does not take that kind of request."),
    410: ("This article is gone", "It was here once and has been taken down by the people who wrote it."),
    411: (
        "We need to know how much is coming",
        "The program that sent this did not say how long it is (Content-Length). Nothing was changed.",
    ),
    413: (
        "That was too much at once",
        "What you sent is larger than this site takes. Your browser still has it: go back, make it shorter "
        "or send it in parts.",
    ),
    429: (
        "Too many wrong tries",
        "Tries of others count as well. If this is your account and you cannot wait: sign in with a passkey, have a "
        "link mailed to you to choose a new password, or ask whoever runs this site's server to let you in.",
    ),
    500: ("Something broke on our side", "It has been noted. Trying again in a moment may help."),
    503: ("Back in a moment", "The site cannot answer just now. Please try again shortly."),
}
DETAILS = {
    "looking": (
        "Looking changes nothing",
        "You look at the admin through the eyes of another role. Stop looking, then do it as yourself.",
    ),
    "expired-form": (
        "That page had been open too long",
        "Nothing was changed. Go back, reload the page and press the button again.",
    ),
    "prove": ("Please prove who you are", "This needs a proof from within the last ten minutes: see /admin/prove."),
    "second-factor": (
        "Your role asks for a second step first",
        "Nothing was changed. Set one up at /admin/profile/security in another tab; then come back and send it again.",
    ),
    "other-site": ("That is for pages of this site", "Another site's page asked for it. Nothing was changed."),
    "too-many-fields": (
        "That form has too many fields",
        "No form of this site has more than a thousand. Nothing was changed.",
    ),
    "unknown-host": ("This address is not served here", "The site answers under its own name only."),
}


WORDS = {
    401: "signed-out",
    403: "forbidden",
    404: "gone",
    410: "gone",
    413: "too-large",
    429: "too-many-tries",
    500: "failed",
    503: "away",
}
"""What a script that asks for JSON is told; "refused" for anything else."""
DETAIL_WORDS = {"expired-form": "csrf", "prove": "prove", "second-factor": "second-factor"}


def furnish(app: Flask) -> None:
    """Register the pages for HTTP errors, for a database that is away, and for what nobody expected."""
    app.before_request(_require_length)
    app.register_error_handler(HTTPException, show)
    app.register_error_handler(Exception, _unexpected)
    app.register_error_handler(TooManyTries, show_too_many_tries)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, _database_away)


def _require_length() -> None:
    """Refuse a body sent in chunks: werkzeug would cut it at the size limit and take the rest for all of it."""
    if request.headers.get("Transfer-Encoding"):
        raise LengthRequired


def show(error: HTTPException) -> tuple[str | dict[str, str], int, dict[str, str]]:
    """The page of an HTTP error: what happened and what to do next, in plain words; or one word as JSON."""
    code = error.code or 500
    if isinstance(error, RequestEntityTooLarge | LengthRequired):
        _drain()
    title, advice = PAGES.get(code) or PAGES[500 if code >= 500 else 400]
    title, advice = DETAILS.get(error.description or "", (title, advice))
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    if web.wants_json():
        word = DETAIL_WORDS.get(error.description or "") or WORDS.get(code, "refused")
        return {"error": word, "sentence": f"{title}. {advice}"}, code, headers | {"Cache-Control": "no-store"}
    page = render_template(
        "errors/error.html", code=code, title=title, advice=advice, request_id=request_log.request_id()
    )
    return page, code, headers | {"Cache-Control": "no-store"}


def show_too_many_tries(refusal: TooManyTries) -> tuple[str | dict[str, str], int, dict[str, str]]:
    """The answer to somebody who guessed too often, or whose account or network others guessed at or from."""
    headers = {"Retry-After": str(refusal.retry_after), "Cache-Control": "no-store"}
    title, advice = PAGES[429]
    if web.wants_json():
        said: dict[str, str] = {"error": WORDS[429], "sentence": str(refusal), "retry_after": str(refusal.retry_after)}
        return said, 429, headers
    page = render_template("errors/error.html", code=429, title=title, advice=f"{refusal} {advice}", request_id="")
    return page, 429, headers


def _database_away(error: Exception) -> tuple[str | dict[str, str], int, dict[str, str]]:
    if isinstance(error, DBAPIError) and not _is_away(error):
        return _unexpected(error)
    reason = " ".join(str(getattr(error, "orig", None) or error).split())[:300]
    log.error("id=%s the database does not answer: %s: %s", request_log.request_id(), type(error).__name__, reason)
    return show(ServiceUnavailable(retry_after=RETRY_SECONDS))


def _is_away(error: DBAPIError) -> bool:
    """A missing table or column is our mistake and a 500; a lost or locked database is a 503."""
    return error.connection_invalidated or "no such" not in str(error.orig)


def _unexpected(error: Exception) -> tuple[str | dict[str, str], int, dict[str, str]]:
    path = request_log.path_of(request.environ)
    log.error("id=%s %s %s failed", request_log.request_id(), request.method, path, exc_info=error)
    return show(InternalServerError())


def _drain() -> None:
    """Read what the browser is still sending, within bounds: it only reads our page once it is done."""
    stream, left = request.environ["wsgi.input"], DRAIN_BYTES
    declared = request.content_length
    left = DRAIN_BYTES if declared is None else min(declared, DRAIN_BYTES)
    while left > 0:
        try:
            chunk = stream.read(min(left, 65536))
        except Exception:  # cut off, or no chunks at all: each server raises something of its own
            break
        if not chunk:
            break
        left -= len(chunk)
