"""Why may somebody do something, or why not: pick the person, the right and perhaps an article."""

from flask import Blueprint, render_template, request

from app import web
from app.accounts.explaining import Explanation, explain
from app.accounts.models import Account
from app.accounts.permissions import RIGHTS, may
from app.accounts.reading import find_account, list_accounts
from app.accounts.rights_words import SCOPES, WORDS, list_groups
from app.articles.models import Article
from app.articles.reading import ArticleUnknown, find_slug_holder, get_article

bp = Blueprint("whys", __name__, url_prefix="/admin/roles/why")
OF_ONE = frozenset(action for action in RIGHTS if action.startswith("article.")) | {"statistics.see"}
"""Rights that can be asked about for one article."""


@bp.get("")
@web.needs("role.see")
def show() -> str:
    """The question, and its answer once it is asked."""
    person, action = _person(request.args.get("person", "")), request.args.get("action", "")
    typed = request.args.get("article", "").strip()[:200]
    article = _article(typed)
    found: Explanation | None = None
    if person is not None and action in RIGHTS and (article or not typed):
        about = article if action in OF_ONE else None
        found = explain(person, action, subject=about, title=_title(article) if article else "")
    return render_template(
        "admin/whys/show.html",
        people=list_accounts(web.reader()),
        groups=list_groups(),
        words=WORDS,
        scopes=SCOPES,
        asked={"person": person, "action": action, "article": typed},
        title=_title(article) if article else "",
        is_of_one=action in OF_ONE,
        found=found,
    )


def _person(typed: str) -> Account | None:
    return find_account(web.reader(), int(typed)) if _is_number(typed) else None


def _article(typed: str) -> Article | None:
    """The article whose number or address was typed."""
    last = typed.rstrip("/").rpartition("/")[2]
    if not _is_number(last):
        return find_slug_holder(web.reader(), last) if last and "\x00" not in last else None
    try:
        return get_article(web.reader(), int(last))
    except ArticleUnknown:
        return None


def _title(article: Article) -> str:
    """What to call it; its title only to those who may see it."""
    return article.draft.title if may(web.me(), "article.see", article) else f"number {article.id}"


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 10
