"""What somebody wrote, as plain data: for their own export."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article, Revision
from app.articles.reading import owned_by

BATCH = 50


def list_own(session: Session, account_id: int) -> Iterator[dict[str, Any]]:
    """Every article somebody is an author of, live and in the working copy, with the versions they saved themselves.

    A batch at a time, so that any number of them takes little memory.
    """
    after = 0
    while True:
        wanted = select(Article).where(Article.id.in_(owned_by(account_id)), Article.id > after).order_by(Article.id)
        batch = session.scalars(wanted.limit(BATCH)).all()
        for article in batch:
            yield _describe(article) | {"revisions": _revisions(session, article.id, account_id)}
        if len(batch) < BATCH:
            return
        after = batch[-1].id
        session.expunge_all()


def _describe(article: Article) -> dict[str, Any]:
    draft, live = article.draft, article.text
    return {
        "id": article.id,
        "slug": article.slug or draft.slug,
        "created_at": article.created_at,
        "published_at": article.published_at,
        "withdrawn_at": article.withdrawn_at,
        "trashed_at": article.trashed_at,
        "live": {"title": article.title, "body": live.body, "body_format": live.body_format} if live else None,
        "working_copy": {
            "version": draft.version,
            "title": draft.title,
            "slug": draft.slug,
            "excerpt": draft.excerpt,
            "body": draft.body,
            "body_format": draft.body_format,
            "language": draft.language,
            "tags": [tag.name for tag in draft.tags],
            "authors": [account.name for account in draft.authors],
        },
    }


def _revisions(session: Session, article_id: int, account_id: int) -> list[dict[str, Any]]:
    own = select(Revision).where(Revision.article_id == article_id, Revision.account_id == account_id)
    return [
        {
            "id": revision.id,
            "version": revision.version,
            "saved_at": revision.created_at,
            "reason": revision.reason,
            "name": revision.name,
            "title": revision.title,
            "body": revision.body,
            "body_format": revision.body_format,
        }
        for revision in session.scalars(own.order_by(Revision.id))
    ]
