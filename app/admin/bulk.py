"""Doing one thing to several articles of the list, and undoing it: each article is asked for by itself."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import web
from app.accounts.models import Account
from app.accounts.permissions import ALL, may, scope_of
from app.accounts.reading import find_account
from app.admin.articles_list import asked, number, read_filter, show_list
from app.admin.bulk_words import NOTED, describe
from app.articles.bulk import MOST, BulkUnknown, UndoneAlready, act, get_bulk, list_recent, undo
from app.articles.bulk_kinds import KINDS, Wanted
from app.articles.listing import count_matching, list_matching_ids
from app.articles.models_desk import BulkAction
from app.articles.reading import list_titles
from app.articles.tagging import MAX_TAG, parse_names

bp = Blueprint("bulk", __name__, url_prefix="/admin/articles/bulk")


@bp.post("")
@web.needs("article.list")
def change() -> ResponseReturnValue:
    """Do to the chosen articles what the pressed button says, as far as the rights go; undoing is offered next."""
    kind = request.form.get("action", "")
    if kind not in KINDS:
        abort(400)
    web.require_button()
    ids, refused = _chosen()
    wanted, errors = _wanted(kind)
    errors |= {"chosen": refused} if refused else {}
    if errors:
        typed = {"tags": request.form.get("tags", ""), "assignee": request.form.get("assignee", "")}
        return show_list(chosen=ids, errors=errors, **typed), 422
    session = web.writer()
    done = act(session, kind, ids=ids, wanted=wanted, may=_may())
    _note(kind, [item["id"] for item in done.items], done.given)
    web.tell(bulk=str(done.id))
    session.commit()
    return redirect(url_for("admin.articles.index", **asked("after", "before")), 303)


@bp.get("")
@web.needs("article.list")
def recent() -> str:
    """What was done to several articles in the last day; authors see what they did themselves."""
    me = web.myself()
    found = list_recent(web.reader(), by_id=None if scope_of(me, "article.list") == ALL else me.id)
    return render_template("admin/bulk/recent.html", recent=[describe(done, {}) for done in found])


@bp.post("/<int:bulk_id>/undo")
@web.needs("article.list")
def put_back(bulk_id: int) -> ResponseReturnValue:
    """Undo it where nobody has changed an article since; what is left as it is is named."""
    web.require_button()
    session = web.writer()
    done = _load(bulk_id)
    try:
        back = undo(session, done, by_id=web.myself().id, may=_may())
    except UndoneAlready:
        session.rollback()
        return redirect(url_for("admin.bulk.recent", done="bulk-undone-already"), 303)
    _note(done.kind, back, done.given, is_undone=True)
    web.tell(bulk=str(done.id))
    session.commit()
    return redirect(url_for("admin.articles.index"), 303)


@bp.app_template_global()
def bulk_told() -> object | None:
    """What was just done to several articles, for the list that is shown next."""
    bulk_id = number(web.told("bulk"))
    if bulk_id is None:
        return None
    try:
        done = get_bulk(web.reader(), bulk_id)
    except BulkUnknown:
        return None
    if not _is_for_me(done):
        return None
    named = [left["id"] for left in [*done.left, *done.undone_left] if left["why"] != "unknown"]
    return describe(done, list_titles(web.reader(), named))


def _chosen() -> tuple[list[int], str]:
    """The ids that were ticked, or those of all that match; and why not, if these are others than were said."""
    ticked = [found for typed in request.form.getlist("article")[:1000] if (found := number(typed)) is not None]
    if not request.form.get("all"):
        refused = "" if ticked else "Choose at least one article: tick the box beside it."
        return ticked, refused or (f"At most {MOST} at once: you chose {len(ticked)}." if len(ticked) > MOST else "")
    wanted = read_filter()
    matching = count_matching(web.reader(), wanted, most=MOST)
    if str(matching) != request.form.get("matching"):
        return ticked, "The list has changed meanwhile, and nothing was done. Look at its number again."
    return list_matching_ids(web.reader(), wanted, most=MOST), ""


def _wanted(kind: str) -> tuple[Wanted, dict[str, str]]:
    """What the fields beside the pressed button say, or what is wrong with them."""
    wanted = Wanted(by_id=web.myself().id)
    if kind in ("tag", "untag"):
        wanted.tag_names = parse_names(request.form.get("tags", "")[:2000])
        if not wanted.tag_names:
            return wanted, {"tags": "Type a tag."}
        if any(len(name) > MAX_TAG for name in wanted.tag_names):
            return wanted, {"tags": f"A tag’s name may have {MAX_TAG} characters at most."}
    if kind == "assign":
        wanted.account = _assignee()
        if wanted.account is None:
            return wanted, {"assignee": "Choose who the articles are by."}
    return wanted, {}


def _assignee() -> Account | None:
    account_id = number(request.form.get("assignee"))
    found = find_account(web.writer(), account_id) if account_id is not None else None
    return found if found is not None and found.is_active else None


def _may() -> Callable[[str, object], bool]:
    me = web.me()
    return lambda action, article: may(me, action, article)  # type: ignore[arg-type]


def _load(bulk_id: int) -> BulkAction:
    """What may be undone by whoever asks: what they did, or, for who looks after all articles, anybody; else 404."""
    try:
        done = get_bulk(web.writer(), bulk_id)
    except BulkUnknown:
        abort(404)
    if not _is_for_me(done):
        abort(404)
    return done


def _is_for_me(done: BulkAction) -> bool:
    me = web.myself()
    return done.account_id == me.id or scope_of(me, "article.list") == ALL


def _note(kind: str, ids: list[int], given: str, *, is_undone: bool = False) -> None:
    """A line in the audit log for each article, as if it had been done to it alone."""
    titles = list_titles(web.writer(), ids)
    more = {"given": given} if given else {}
    for article_id in ids:
        noted = {"at_once": len(ids), "undone": is_undone, **more}
        web.note(NOTED[kind][is_undone], kind="article", id=article_id, name=titles.get(article_id, ""), **noted)
