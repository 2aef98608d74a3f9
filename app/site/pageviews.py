"""Counting behind a shared cache, where pages are not answered here: by a script of the page, or a pixel without one.

Only while the settings say so; then the pages' own answers are not counted, so no view is counted twice. These two
change nothing but the journal and need no token: they are for this site's own pages, and nothing sent sets a number.
"""

from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app import web
from app.articles.models import Article
from app.articles.reading import find_published_by_id
from app.site import counting
from app.site.presenting import shows_views, views_in_words

bp = Blueprint("pageviews", __name__)
MAX_BYTES = 16 * 1024
LONGEST = 1024
# One transparent point.
_PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    b"!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;"
)


@bp.post("/pageviews/<int:article_id>")
@web.public
def count(article_id: int) -> ResponseReturnValue:
    """Count a view of the page that asks; the number and its words, or nothing (204) where it is not shown."""
    article = _asked(article_id)
    request.max_content_length = MAX_BYTES
    number = _count(article, referrer=request.form.get("referrer", ""), query=request.form.get("query", ""))
    if not (shows_views(article) or web.me()):
        return "", 204
    return jsonify([str(number), views_in_words(number, web.settings().language), False])


@bp.get("/pageviews/<int:article_id>.gif")
@web.public
def pixel(article_id: int) -> ResponseReturnValue:
    """Count a view by a browser without JavaScript: its page tells its own address, not where the reader came from."""
    article = _asked(article_id)
    _count(article, referrer="", query=_parts(request.headers.get("Referer", ""))[1])
    return Response(_PIXEL, mimetype="image/gif")


@bp.after_request
def _keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _asked(article_id: int) -> Article:
    """The public article whose page asks: 404 where there is none or the server counts, 403 for another site's page."""
    if not web.settings().counts_by_script:
        abort(404)
    if _is_foreign():
        abort(403, description="other-site")
    return find_published_by_id(web.reader(), article_id) or abort(404)


def _is_foreign() -> bool:
    """Whether another site's page asks. Old browsers do not say; then what they say of the page must fit."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    said = (request.headers.get("Origin"), request.headers.get("Referer"))
    return any(_parts(address)[0] != request.host for address in said if address)


def _count(article: Article, *, referrer: str, query: str) -> int:
    """Journal a view of this article's page, asked for as the page was; the number with it."""
    asked = {
        "REQUEST_METHOD": "GET" if request.method == "POST" else request.method,
        "HTTP_REFERER": _as_header(referrer),
        "QUERY_STRING": _as_header(query.removeprefix("?")),
    }
    counter, is_staff = current_app.extensions["typecase.counter"], web.me() is not None
    return counting.count(counter, web.reader(), article.id, request.environ | asked, is_staff=is_staff)


def _as_header(text: str) -> str:
    """Text as WSGI hands over a header that holds it."""
    return text[:LONGEST].encode("utf-8", "replace").decode("latin-1")


def _parts(address: str) -> tuple[str, str]:
    """Host with port, and query string."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.netloc, parts.query
