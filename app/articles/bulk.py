"""Doing one thing to several articles, each asked for by itself, and undoing it within a day.

What may not be done to an article, or changes nothing, is left and named; the rest is done, in one transaction.
Undoing puts back only what nobody has changed since.
"""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app import clock
from app.articles.bulk_kinds import KINDS, Kind, Wanted
from app.articles.models import Article, Draft, DraftAuthor, DraftTag
from app.articles.models_desk import BulkAction
from app.articles.reading import for_lists

MOST = 100
"""Articles at once: what one transaction does in a few seconds, while others wait to save."""
KEPT = timedelta(days=1)
REASONS = ("unknown", "forbidden", "already", "without", "trashed", "never-published", "ahead", "changed")
"""Why an article was left: it is not there (or not to be seen), it may not be done to it, it is so already …"""
May = Callable[[str, Article], bool]
"""Whether whoever asks may do an action of the rights table to an article."""


class BulkUnknown(Exception):
    """This is not kept any more: what was done to several articles can be undone for a day."""


class UndoneAlready(Exception):
    """This was undone already."""


def act(session: Session, kind: str, *, ids: Collection[int], wanted: Wanted, may: May) -> BulkAction:
    """Do it to each of these articles (the first ``MOST``) as far as ``may`` says so; what is left says why."""
    session.execute(delete(BulkAction).where(BulkAction.done_at < clock.now() - KEPT))
    chosen = list(dict.fromkeys(ids))[:MOST]
    articles = _hold(session, chosen)
    items: list[dict[str, Any]] = []
    left: list[dict[str, Any]] = []
    for article_id in chosen:
        article = articles.get(article_id)
        why = _why_not(article, KINDS[kind], wanted, may)
        if article is None or why:
            left.append({"id": article_id, "why": why})
            continue
        before = KINDS[kind].state(article)
        KINDS[kind].do(session, article, wanted, may("article.publish", article))
        items.append({"id": article_id, "before": before, "after": KINDS[kind].state(article)})
    given = wanted.account.name if wanted.account is not None else ", ".join(wanted.tag_names)
    made = BulkAction(account_id=wanted.by_id, kind=kind, given=given[:1000], items=items, left=left, undone_left=[])
    session.add(made)
    session.flush()
    return made


def undo(session: Session, done: BulkAction, *, by_id: int, may: May) -> list[int]:
    """Put back what it changed and nobody has changed since; the ids of these. Raises ``UndoneAlready``."""
    session.refresh(done, with_for_update=True)
    if done.undone_at is not None:
        raise UndoneAlready
    kind, left, back = KINDS[done.kind], [], []
    articles = _hold(session, [item["id"] for item in done.items])
    for item in done.items:
        article = articles.get(item["id"])
        why = _why_not_back(article, kind, item, may)
        if article is None or why:
            left.append({"id": item["id"], "why": why})
            continue
        kind.undo(session, article, item["before"], by_id)
        back.append(article.id)
    done.undone_at, done.undone_left = clock.now(), left
    session.flush()
    return back


def get_bulk(session: Session, bulk_id: int) -> BulkAction:
    """What was done, by its number, while it is kept. Raises ``BulkUnknown``."""
    found = session.get(BulkAction, bulk_id)
    if found is None or found.done_at < clock.now() - KEPT:
        raise BulkUnknown
    return found


def list_recent(session: Session, *, by_id: int | None = None) -> list[BulkAction]:
    """What was done to several articles in the last day, the latest first; by one person only, if given."""
    wanted = [BulkAction.done_at >= clock.now() - KEPT]
    if by_id is not None:
        wanted.append(BulkAction.account_id == by_id)
    query = select(BulkAction).where(*wanted).order_by(BulkAction.id.desc()).limit(50)
    return list(session.scalars(query.options(joinedload(BulkAction.account))))


def _hold(session: Session, ids: list[int]) -> dict[int, Article]:
    """The articles, held until the end: first the working copies, then the articles, each by id, as a save does.

    Whoever publishes holds them before the site's version: taking some only later could lock each other out.
    """
    session.execute(
        select(Draft.article_id).where(Draft.article_id.in_(ids)).order_by(Draft.article_id).with_for_update()
    )
    found = session.scalars(
        select(Article)
        .where(Article.id.in_(ids))
        .order_by(Article.id)
        .with_for_update()
        .execution_options(populate_existing=True)
        .options(
            *for_lists(),
            selectinload(Article.draft).selectinload(Draft.author_links).joinedload(DraftAuthor.account),
            selectinload(Article.draft).selectinload(Draft.tag_links).joinedload(DraftTag.tag),
        )
    )
    return {article.id: article for article in found}


def _why_not(article: Article | None, kind: Kind, wanted: Wanted, may: May) -> str:
    """Of what somebody may not see they learn nothing, not even that it is there."""
    if article is None or not may("article.see", article):
        return "unknown"
    if not may(kind.right, article):
        return "forbidden"
    return kind.obstacle(article, wanted, may("article.publish", article))


def _why_not_back(article: Article | None, kind: Kind, item: dict[str, Any], may: May) -> str:
    if article is None or not may("article.see", article):
        return "unknown"
    if kind.state(article) != item["after"]:
        return "changed"
    is_live = any(item["before"].get(name) != item["after"].get(name) for name in ("live_tags", "live_authors"))
    needed = [kind.undoing_right, *(["article.publish"] if is_live else [])]
    return "" if all(may(right, article) for right in needed) else "forbidden"
