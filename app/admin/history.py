"""Everything that was ever saved of an article: read it, bring it back."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import web
from app.accounts.permissions import may
from app.admin import editing
from app.admin.differences import compare
from app.articles import writing
from app.articles.models import Revision
from app.articles.reading import RevisionUnknown, get_revision, list_revisions

bp = Blueprint("history", __name__, url_prefix="/admin/articles/<int:article_id>/revisions")


@bp.get("")
@web.needs("article.see", editing.load)
def index(article_id: int) -> str:
    """All revisions, newest first."""
    article = editing.load(article_id)
    return render_template(
        "admin/history/index.html", article=article, revisions=list_revisions(web.reader(), article_id)
    )


@bp.get("/<int:revision_id>")
@web.needs("article.see", editing.load)
def show(article_id: int, revision_id: int) -> str:
    """One revision, and what has changed between it and the working copy."""
    article, revision = editing.load(article_id), _revision(web.reader(), article_id, revision_id)
    return render_template(
        "admin/history/show.html",
        article=article,
        revision=revision,
        differences=compare(article.draft.body, revision.body),
    )


@bp.post("/<int:revision_id>/restore")
@web.needs("article.edit", editing.load)
def restore(article_id: int, revision_id: int) -> ResponseReturnValue:
    """Make a revision's text the working copy again; readers see it once it is published."""
    web.require_button()
    session = web.writer()
    article = editing.load_in(session, article_id)
    revision = _revision(session, article_id, revision_id)
    writing.restore_revision(
        session,
        article,
        revision,
        by_id=web.myself().id,
        with_authors=may(web.me(), "article.assign", article),
    )
    session.commit()
    return redirect(url_for("admin.articles.edit", article_id=article_id, done="revision-restored"), 303)


def _revision(session: Session, article_id: int, revision_id: int) -> Revision:
    try:
        return get_revision(session, article_id, revision_id)
    except RevisionUnknown:
        abort(404)
