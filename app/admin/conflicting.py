"""The page for a conflict, where no script settles it: what both changed, and one button for each side."""

from flask import request
from sqlalchemy.orm import Session

from app import web
from app.accounts.permissions import may
from app.admin.article_form import CONTENT, ArticleForm, values_of
from app.admin.noting import noting_choices
from app.articles import blocks, settling, snapshots
from app.articles.models import Article, Revision
from app.articles.reading import RevisionUnknown, get_revision
from app.articles.tagging import format_names


def fill(session: Session, article: Article, form: ArticleForm, kept: Revision) -> dict[str, object]:
    """Put into the form what somebody typed, with what only the others changed; for the page: what it has to show."""
    draft = article.draft
    sides = settling.find_sides(session, draft, kept, version=draft.version)
    mine = sides.mine
    for name in CONTENT - {"body", "body_format"}:
        value = mine.fields[name]
        form[name].data = format_names(map(str, value)) if isinstance(value, list | tuple) else value
    form.body.data, form.body_format.data = blocks.join(mine.text.blocks), mine.text.format
    form.version.data = str(draft.version)
    for name in ("publish_at", "withdraw_at"):
        form[name].data = form[name].data or values_of(article)[name]
    ours = snapshots.Snapshot(str(form.body.data), mine.text.format, mine.fields)
    return {"conflict": kept, "theirs": draft, "difference": snapshots.compare(snapshots.of_draft(draft), ours)}


def take_theirs(session: Session, article: Article) -> str:
    """After saving: do what the button says by which theirs is taken. What to tell, "" if it was another button."""
    asked = request.form.get("take_theirs", "").split("-")
    if len(asked) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in asked):
        return ""
    try:
        kept = get_revision(session, article.id, int(asked[0]))
        sides = settling.find_sides(session, article.draft, kept, version=int(asked[1]))
    except (RevisionUnknown, settling.VersionGone):
        return "conflict-gone"
    with_authors = may(web.me(), "article.assign", article)
    with noting_choices(article):
        settling.take_theirs(session, article, sides, by_id=web.myself().id, with_authors=with_authors)
    return "saved-theirs"
