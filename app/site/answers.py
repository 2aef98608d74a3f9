"""What every answer of the readers' door has in common: how it may be kept, and how it is asked for again."""

from datetime import datetime
from unicodedata import normalize

from flask import abort, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app import text


def stay_fresh(response: Response) -> Response:
    """Browsers and proxies may keep a page, but ask again before each use: the number of views moves."""
    if response.status_code in {200, 301, 304, 404, 410}:
        response.headers.setdefault("Cache-Control", "no-cache")
    return response


def stored(typed: str) -> str:
    """A part of an address as the database has it (NFC); what could not be stored is at no address: 404."""
    if text.clean_line(typed) != typed:
        abort(404)
    return normalize("NFC", typed)


def document(body: str, mimetype: str, changed: datetime | None) -> ResponseReturnValue:
    """A feed or sitemap: 304 for who has it already, by ETag or by date."""
    response = make_response(body)
    response.content_type = f"{mimetype}; charset=utf-8"
    response.add_etag()
    response.last_modified = changed
    return response.make_conditional(request)
