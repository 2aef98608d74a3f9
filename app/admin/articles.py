"""The list of articles, and writing one: the form, saving, duplicating."""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app import clock, web
from app.accounts.models import Account
from app.accounts.permissions import may
from app.accounts.reading import find_account
from app.admin import autosave, conflicting, editing
from app.admin.articles_list import asked, number, show_list
from app.admin.noting import note_article
from app.articles import publishing, writing
from app.articles.listing import CursorInvalid
from app.articles.models import Article

bp = Blueprint("articles", __name__)


@bp.after_request
def _keep_what_is_typed(response: Response) -> Response:
    """Back must still have the text: browsers forget the fields of a page that may not be stored."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


@bp.get("/admin/articles")
@web.needs("article.list")
def index() -> ResponseReturnValue:
    """Articles, searched, filtered and sorted as the address says."""
    try:
        return show_list()
    except CursorInvalid:
        return redirect(url_for("admin.articles.index", **asked()), 303)


@bp.get("/admin/articles/new")
@web.needs("article.create")
def new() -> str:
    """An empty form."""
    return editing.show(None, editing.read_form(None))


@bp.post("/admin/articles")
@web.needs("article.create")
def create() -> ResponseReturnValue:
    """Make a draft of what was typed."""
    if web.wants_json():
        return autosave.create()
    form, started = editing.read_form(None), clock.now()
    body = editing.check(None, form)
    session, content = web.writer(), editing.content_of(None, form, body)
    article = editing.refusing(
        None,
        form,
        lambda: writing.create(session, content, by_id=web.myself().id, take_over=bool(form.take_over.data)),
    )
    publishing.show_pageviews(session, article, shown=bool(form.shows_pageviews.data))
    made = _new_bylines(article, started)
    note_article("article.create", article)
    session.commit()
    web.tell(done="created", **made)
    return redirect(url_for("admin.articles.edit", article_id=article.id), 303)


@bp.get("/admin/articles/<int:article_id>")
@web.needs("article.edit", editing.load)
def edit(article_id: int) -> str:
    """The form with the working copy."""
    article = editing.load(article_id)
    form = editing.read_form(article)
    for name in ("publish_at", "withdraw_at"):
        form[name].data = request.args.get(name, form[name].data)[:40]
    return editing.show(article, form, new_bylines=_bylines_asked())


@bp.post("/admin/articles/<int:article_id>")
@web.needs("article.edit", editing.load)
def save(article_id: int) -> ResponseReturnValue:
    """Save the working copy; what readers see stays as it is."""
    if web.wants_json():
        return autosave.save(article_id)
    started = clock.now()
    form = editing.keep_typed(article_id)
    session = web.writer()
    article = editing.load_in(session, article_id)
    done = "saved-changes" if article.has_unpublished_changes else "saved"
    if form.based_on is not None and form.based_on < article.draft.version - 1:
        done = "saved-merged"
    done = conflicting.take_theirs(session, article) or done
    made = _new_bylines(article, started) | form.times_not_used_yet(article)
    session.commit()
    return redirect(url_for("admin.articles.edit", article_id=article_id, done=done, **made), 303)


@bp.post("/admin/articles/<int:article_id>/duplicate")
@web.needs("article.duplicate", editing.load)
def duplicate(article_id: int) -> ResponseReturnValue:
    """A new draft with the same text."""
    editing.keep_typed(article_id)
    session = web.writer()
    copy = writing.duplicate(session, editing.load_in(session, article_id), by_id=web.myself().id)
    note_article("article.create", copy, copy_of=article_id)
    session.commit()
    return redirect(url_for("admin.articles.edit", article_id=copy.id, done="duplicated"), 303)


def _new_bylines(article: Article, started: datetime) -> dict[str, Any]:
    """For the redirect: the accounts that this save made, because nobody had the name that was typed."""
    made = [str(person.id) for person in article.draft.authors if person.email is None and person.created_at >= started]
    return {"bylines": ",".join(made)} if made else {}


def _bylines_asked() -> list[Account]:
    ids = [number(part) for part in web.told("bylines").split(",")[:20]]
    people = [find_account(web.reader(), known) for known in ids if known is not None]
    return [person for person in people if person is not None and may(web.me(), "article.assign")]
