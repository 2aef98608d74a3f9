"""What every answer of the readers' door has in common: how it may be kept, and how it is asked for again."""

from datetime import datetime
from unicodedata import normalize

from flask import abort, g, make_response, request, session
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app import text, web

SHARED_SECONDS = 24 * 60 * 60
"""How long a shared cache that is told of changes may keep a page."""
UNTOLD_SECONDS = 60
"""The same for one that is not told."""
STALE_SECONDS = 60
MOST_KEYS = 60
MANY = "many"
"""Stands for the keys of a page that has more than fit a header: it is old with any change."""


def stay_fresh(response: Response) -> Response:
    """Browsers and proxies may keep a page, but ask again before each use: the number of views moves.

    Where a script counts, shared caches need not ask: they are told by the page's keys when it is old.
    """
    if request.blueprint == "site.media":
        return response  # files are the same for everybody: no look at the cookie, which would make them vary by it
    if response.status_code not in {200, 301, 304, 404, 410}:
        return response
    if "_user_id" in session:
        response.headers.setdefault("Cache-Control", "private, no-store")
    elif response.status_code in {200, 304} and "shown_keys" in g and web.settings().counts_by_script:
        _share(response, g.shown_keys)
    response.headers.setdefault("Cache-Control", "no-cache")
    return response


def _share(response: Response, shown: frozenset[str]) -> None:
    """Let shared caches keep a page, under its keys as the two usual headers name them."""
    keys = sorted(shown) if len(shown) <= MOST_KEYS else [MANY, "site"]
    seconds = SHARED_SECONDS if web.settings().purge_url else UNTOLD_SECONDS
    response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={seconds}, stale-while-revalidate={STALE_SECONDS}"
    response.headers["Surrogate-Key"] = " ".join(keys)
    response.headers["Cache-Tag"] = ",".join(keys)


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
