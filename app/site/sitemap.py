"""For crawlers: every public address (an index with parts from 5,000 on), and what they may read."""

from urllib.parse import quote

from flask import Blueprint, abort, make_response, render_template
from flask.typing import ResponseReturnValue

from app import web
from app.articles.reading import count_published, list_sitemap
from app.site.answers import document
from app.site.keeping import keep

bp = Blueprint("sitemap", __name__)
PART = 5_000


@bp.get("/sitemap.xml")
@web.public
def index() -> ResponseReturnValue:
    """The addresses themselves while they fit one file, else where the parts are."""
    count = count_published(web.reader())
    keep("lists")
    if count < PART:
        return _part(1)
    return document(render_template("site/sitemap/index.xml", parts=-(-count // PART)), "application/xml", None)


@bp.get("/sitemap-<int:number>.xml")
@web.public
def part(number: int) -> ResponseReturnValue:
    """One part, from 1; the first one also has the pages that are no articles."""
    if not 1 <= number <= max(1, -(-count_published(web.reader()) // PART)):
        abort(404)
    keep("lists")
    return _part(number)


@bp.get("/robots.txt")
@web.public
def robots() -> ResponseReturnValue:
    keep("site")
    response = make_response(render_template("site/sitemap/robots.txt"))
    response.content_type = "text/plain; charset=utf-8"
    return response


def _part(number: int) -> ResponseReturnValue:
    entries = list_sitemap(web.reader(), part=number, size=PART)
    here = web.address()
    lines = [(f"{here}/{quote(slug)}", changed.isoformat(timespec="seconds")) for slug, changed in entries]
    body = render_template("site/sitemap/part.xml", entries=lines, is_first=number == 1)
    return document(body, "application/xml", max((changed for _slug, changed in entries), default=None))
