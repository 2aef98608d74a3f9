"""Looking for an article to link to, while writing another: a short list as JSON."""

from contextlib import suppress
from unicodedata import normalize

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app import clock, text, web
from app.accounts.permissions import OWN, may, scope_of
from app.articles.listing import Filter, list_articles
from app.articles.models import Article
from app.articles.permanent import path_of
from app.articles.reading import ArticleUnknown, find_published_by_id, find_slug_holder, get_article

bp = Blueprint("article_search", __name__)
MOST = 10
LOOKED_AT = 25


@bp.get("/admin/articles/search.json")
@web.needs("article.list")
def find() -> ResponseReturnValue:
    """The articles that match ``q`` (empty: those last edited), or the one of ``id`` or ``slug``: what people may see.

    That is what is public, and what the rights let them see beside. Ten at most, those first that have all the
    words in their title.
    """
    number, slug, words = (text.clean_line(request.args.get(name, ""))[:200] for name in ("id", "slug", "q"))
    if number or slug:
        article = _by_id(number) if number else find_slug_holder(web.reader(), normalize("NFC", slug))
        found = [article] if article is not None and _may_see(article) else []
    else:
        found = list_found(words)
    return jsonify(items=[_described(article) for article in found])


def _described(article: Article) -> dict[str, object]:
    """Of what is not theirs people see what readers see: the live title, not that of somebody's working copy."""
    return {
        "id": article.id,
        "title": article.draft.title if may(web.me(), "article.see", article) else article.title,
        "status": article.status(clock.now()),
        "address": path_of(article.id),
        "path": f"/{article.slug or article.draft.slug}",
    }


def _by_id(number: str) -> Article | None:
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    with suppress(ArticleUnknown):
        return get_article(web.reader(), int(number))
    return None


def _may_see(article: Article) -> bool:
    return may(web.me(), "article.see", article) or find_published_by_id(web.reader(), article.id) is not None


def list_found(asked: str) -> list[Article]:
    """What matches, of what people may see: ten at most, those with all the words in their title first."""
    session, me = web.reader(), web.myself()
    if scope_of(me, "article.list") == OWN:
        own = list_articles(session, Filter(q=asked, owner_id=me.id), size=LOOKED_AT).items
        public = list_articles(session, Filter(q=asked, status="published"), size=LOOKED_AT).items
        found = list({article.id: article for article in [*own, *public]}.values())
    else:
        found = list_articles(session, Filter(q=asked), size=LOOKED_AT).items
    words = asked.casefold().split()
    found.sort(key=lambda article: not all(word in article.draft.title.casefold() for word in words))
    return found[:MOST]
