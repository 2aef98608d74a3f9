"""An article, and where its former addresses lead. Counting its views is part of answering with it."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import web
from app.articles.finishing_inserts import without_own_cards
from app.articles.permanent import linked_ids, list_public_slugs, resolve_number, with_current_addresses
from app.articles.reading import Gone, Moved, find_neighbours, find_published, resolve_address
from app.site.answers import stored
from app.site.counting import count
from app.site.keeping import keep, keys_of
from app.site.presenting import VIEWS_PLACE, views

bp = Blueprint("articles", __name__)


@bp.get("/<slug>")
@web.public
def show(slug: str) -> ResponseReturnValue:
    """An article as readers see it, counted; a former address leads on, a dead one says so (410)."""
    article = find_published(web.reader(), stored(slug))
    if article is None:
        return lead_on(slug)
    newer, older = find_neighbours(web.reader(), article)
    text = article.text.rendered if article.text else ""
    linked = linked_ids(text)
    current = with_current_addresses(text, list_public_slugs(web.reader(), linked))
    rendered = without_own_cards(current, web.address())
    page = render_template("site/articles/show.html", article=article, rendered=rendered, newer=newer, older=older)
    # Counted once the page is made, so that a page that fails is no view; put in afterwards, so that
    # all the rest of the page is the same for everybody and can be kept.
    by_script = web.settings().counts_by_script
    counted = None if by_script else article.id
    shown = {f"article:{number}" for number in (article.id, *linked)} | keys_of([article])
    is_kept = keep(*shown, language=web.settings().language, article_id=counted)
    if is_kept or by_script:
        return page
    counter, is_staff = current_app.extensions["typecase.counter"], web.me() is not None
    number = count(counter, web.reader(), article.id, request.environ, is_staff=is_staff)
    return page.replace(VIEWS_PLACE, views(number, web.settings().language), 1)


@bp.get("/articles/<int:article_id>")
@web.public
def permanent(article_id: int) -> ResponseReturnValue:
    """The address that an article never loses: leads to the one it has now."""
    return _answer(resolve_number(web.reader(), article_id))


@bp.get("/<path:path>")
@web.public
def elsewhere(path: str) -> ResponseReturnValue:
    """Addresses of several segments: redirects of imported articles, and articles with a slash too many."""
    trimmed = path.rstrip("/")
    if trimmed != path and "/" not in trimmed and find_published(web.reader(), stored(trimmed)) is not None:
        return redirect(url_for("site.articles.show", slug=stored(trimmed)), 301)
    return lead_on(trimmed)


def lead_on(path: str) -> ResponseReturnValue:
    """Where a former address leads, if anywhere: 301, 410 or 404."""
    return _answer(resolve_address(web.reader(), stored(path)))


def _answer(found: Moved | Gone | None) -> ResponseReturnValue:
    if not isinstance(found, Moved):
        abort(410 if isinstance(found, Gone) else 404)
    return redirect(found.location, 301)
