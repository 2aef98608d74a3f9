"""Lists of articles: the home page, by tag, by author, by month."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from app import web
from app.accounts.reading import find_account_by_slug
from app.articles.archive import list_archive, month_bounds
from app.articles.reading import Page, list_published
from app.articles.tagging import find_tag_by_slug
from app.site.answers import stored
from app.site.articles import lead_on
from app.site.keeping import keep, keys_of
from app.site.presenting import month_alone, month_name

bp = Blueprint("lists", __name__)


@bp.get("/")
@web.public
def home() -> ResponseReturnValue:
    page = list_published(web.reader(), page=_page_asked(), size=web.settings().articles_per_page)
    keep("lists", *keys_of(page.items))
    return render_template("site/lists/home.html", page=_existing(page))


@bp.get("/tag/<slug>")
@web.public
def tag(slug: str) -> ResponseReturnValue:
    """The articles of a tag; 404 while no public article carries it."""
    found = find_tag_by_slug(web.reader(), stored(slug)) or abort(404)
    page = list_published(web.reader(), page=_page_asked(), size=web.settings().articles_per_page, tag_id=found.id)
    keep(f"tag:{found.id}", *keys_of(page.items))
    return render_template("site/lists/tag.html", tag=found, page=_filled(page))


@bp.get("/author/<slug>")
@web.public
def author(slug: str) -> ResponseReturnValue:
    """Who somebody is and what they wrote; 404 while nothing is public. Of somebody who has left: who has it now."""
    found = find_account_by_slug(web.reader(), stored(slug))
    if found is None:
        return lead_on(f"author/{stored(slug)}")
    page = list_published(web.reader(), page=_page_asked(), size=web.settings().articles_per_page, author_id=found.id)
    keep(f"author:{found.id}", *keys_of(page.items))
    return render_template("site/lists/author.html", author=found, page=_filled(page))


@bp.get("/archive/")
@web.public
def archive() -> ResponseReturnValue:
    """Every month that has articles, by year."""
    years: dict[int, list[tuple[int, str, int]]] = {}
    for entry in list_archive(web.reader(), web.settings().zone):
        name = month_alone(entry.month, web.settings().language)
        years.setdefault(entry.year, []).append((entry.month, name, entry.count))
    keep("lists")
    return render_template("site/lists/archive.html", years=years)


@bp.get("/archive/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/")
@web.public
def month(year: int, month: int) -> ResponseReturnValue:
    """The articles of one month of the site's own calendar."""
    if not (1 <= month <= 12 and 1 <= year <= 9998):
        abort(404)
    page = list_published(
        web.reader(),
        page=_page_asked(),
        size=web.settings().articles_per_page,
        between=month_bounds(year, month, web.settings().zone),
    )
    keep("lists", *keys_of(page.items))
    title = month_name(year, month, web.settings().language)
    return render_template("site/lists/month.html", title=title, page=_filled(page))


def _page_asked() -> int:
    """``?page=``, a number from 1; anything else is at no address."""
    given = request.args.get("page", "1")
    if not (given.isascii() and given.isdigit() and len(given) <= 7 and int(given) >= 1):
        abort(404)
    return int(given)


def _existing(page: Page) -> Page:
    """The page, unless it lies behind the last one. The first page exists on an empty site, too."""
    if page.number > max(1, page.pages):
        abort(404)
    return page


def _filled(page: Page) -> Page:
    """The page, unless nothing is on it."""
    if not page.items:
        abort(404)
    return page
