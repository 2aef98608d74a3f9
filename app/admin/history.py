"""Everything that was ever saved of an article: listed, read, compared, named, brought back."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import clock, html, web
from app.accounts.permissions import may
from app.admin import editing
from app.admin.history_words import BADGES, REASONS, group, told_words
from app.admin.noting import note_article, noting_choices
from app.articles import revising, snapshots, writing
from app.articles.comparing import show_body
from app.articles.history import find_before, find_live_revision, find_present, read_history
from app.articles.models import Article, Revision
from app.articles.reading import RevisionUnknown, get_revision
from app.articles.snapshots import Snapshot

bp = Blueprint("history", __name__, url_prefix="/admin/articles/<int:article_id>/revisions")
WORKING, LIVE = "working", "live"


@bp.get("")
@web.needs("article.see", editing.load)
def index(article_id: int) -> str:
    """All revisions by day, newest first, some at a time; two of them can be picked and compared."""
    article, session = editing.load(article_id), web.reader()
    before = request.args.get("before", "")
    found = read_history(
        session, article_id, before_id=int(before) if before.isdecimal() and len(before) < 10 else None
    )
    present, live = find_present(session, article), find_live_revision(session, article)
    marked = {revision.id for revision in (present, live) if revision is not None}
    return render_template(
        "admin/history/index.html",
        article=article,
        status=article.status(clock.now()),
        days=group(found.items, web.settings().zone, marked=marked),
        older_than=found.older_than,
        present=present,
        live=live,
        is_first_page=not before,
        **_WORDS,
    )


@bp.get("/<int:revision_id>")
@web.needs("article.see", editing.load)
def show(article_id: int, revision_id: int) -> str:
    """One revision: its text as formatted, everything beside it, and what can be done with it."""
    return _show(editing.load(article_id), revision_id)


@bp.get("/compare")
@web.needs("article.see", editing.load)
def compare(article_id: int) -> ResponseReturnValue:
    """What leads from one version to another: ``old`` and ``new`` are ids of revisions, ``working`` or ``live``."""
    article = editing.load(article_id)
    asked = [request.args.get(name, "") for name in ("old", "new")]
    if not all(asked):
        return redirect(url_for("admin.history.index", article_id=article_id, done="pick-two"), 303)
    (old, old_revision), (new, new_revision) = (_version(article, name) for name in asked)
    return render_template(
        "admin/history/compare.html",
        article=article,
        asked=asked,
        revisions=[old_revision, new_revision],
        difference=snapshots.compare(old, new),
        is_source_same=old.body == new.body,
        **_WORDS,
    )


@bp.post("/<int:revision_id>/name")
@web.needs("article.edit", editing.load)
def name(article_id: int, revision_id: int) -> ResponseReturnValue:
    """Give a revision a name; an empty field takes it away."""
    web.require_button()
    session = web.writer()
    revision = _revision(session, article_id, revision_id)
    try:
        revising.name_revision(session, revision, request.form.get("name", ""))
    except revising.RevisionNameTooLong as refusal:
        session.rollback()
        return _show(editing.load(article_id), revision_id, refused=web.sentence(refusal)), 422
    article = editing.load_in(session, article_id)
    note_article("revision.name", article, revision=revision_id, called=revision.name)
    session.commit()
    done = "revision-named" if revision.name else "revision-unnamed"
    return redirect(url_for("admin.history.show", article_id=article_id, revision_id=revision_id, done=done), 303)


@bp.post("/<int:revision_id>/restore")
@web.needs("article.edit", editing.load)
def restore(article_id: int, revision_id: int) -> ResponseReturnValue:
    """Make a revision's text the working copy again; readers see it once it is published."""
    web.require_button()
    session = web.writer()
    article = editing.load_in(session, article_id)
    revision = _revision(session, article_id, revision_id)
    before = article.draft.version
    with_authors = may(web.me(), "article.assign", article)
    with noting_choices(article):
        draft = writing.restore_revision(session, article, revision, by_id=web.myself().id, with_authors=with_authors)
    done = "revision-same" if draft.version == before else "revision-restored"
    note_article("revision.restore", article, revision=revision_id, version=draft.version)
    session.commit()
    return redirect(url_for("admin.articles.edit", article_id=article_id, done=done), 303)


_WORDS = {"REASONS": REASONS, "BADGES": BADGES, "told_words": told_words}


def _show(article: Article, revision_id: int, *, refused: str = "") -> str:
    session = web.reader()
    revision = _revision(session, article.id, revision_id)
    present, live = find_present(session, article), find_live_revision(session, article)
    try:
        text = show_body(revision.body, revision.body_format)
    except html.TooIntricate:
        text = None
    return render_template(
        "admin/history/show.html",
        article=article,
        status=article.status(clock.now()),
        revision=revision,
        text=text,
        before=find_before(session, revision),
        is_present=present is not None and present.id == revision.id,
        live=live,
        refused=refused,
        typed=request.form.get("name", revision.name),
        **_WORDS,
    )


def _version(article: Article, asked: str) -> tuple[Snapshot, Revision | None]:
    """A version by its name in an address; 404 if there is none."""
    if asked == WORKING:
        return snapshots.of_draft(article.draft), None
    if asked == LIVE:
        live = snapshots.of_live(article)
        return (live, None) if live is not None else abort(404)
    if not asked.isdecimal() or len(asked) > 10:
        abort(404)
    revision = _revision(web.reader(), article.id, int(asked))
    return snapshots.of_revision(revision), revision


def _revision(session: Session, article_id: int, revision_id: int) -> Revision:
    try:
        return get_revision(session, article_id, revision_id)
    except RevisionUnknown:
        abort(404)
