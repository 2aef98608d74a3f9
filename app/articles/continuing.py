"""Where somebody left off, and whether there is anything yet: what the staff's first page asks.

Everything here looks at a bounded number of rows, so that it takes as long with 100,000 articles as with ten.
"""

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, contains_eager

from app.articles.models import Article, Draft, DraftAuthor

LATEST, OWN = 300, 1000
"""How many of the articles that were edited last, and of somebody's own, are looked through."""


def list_unfinished(session: Session, account_id: int, *, limit: int = 5) -> list[Article]:
    """What this account wrote at last, or is the author of, and has not published as it is; last edited first.

    Looked for among what was edited last on the whole site, and, for somebody who was away, among their own.
    """
    latest = (
        select(Article.id).where(Article.trashed_at.is_(None)).order_by(Article.edited_at.desc(), Article.id.desc())
    )
    own = select(DraftAuthor.article_id).where(DraftAuthor.account_id == account_id)
    is_own = exists().where(DraftAuthor.article_id == Draft.article_id, DraftAuthor.account_id == account_id)
    seen = _unfinished(Article.id.in_(latest.limit(LATEST)), or_(Draft.saved_by_id == account_id, is_own))
    theirs = _unfinished(Article.id.in_(own.limit(OWN)), Article.trashed_at.is_(None))
    found = {article.id: article for query in (seen, theirs) for article in session.scalars(query.limit(limit))}
    return sorted(found.values(), key=lambda article: (article.edited_at, article.id), reverse=True)[:limit]


def has_articles(session: Session) -> bool:
    """Whether anything was ever written on this site and is still there."""
    return session.scalar(select(Article.id).limit(1)) is not None


def has_own(session: Session, account_id: int) -> bool:
    """Whether this account is the author of a working copy."""
    return (
        session.scalar(select(DraftAuthor.article_id).where(DraftAuthor.account_id == account_id).limit(1)) is not None
    )


def _unfinished(*wanted: ColumnElement[bool]) -> Select[Article]:
    is_changed = and_(Article.live_version.is_not(None), Draft.version > Article.live_version)
    return (
        select(Article)
        .join(Article.draft)
        .where(or_(Article.published_at.is_(None), is_changed), *wanted)
        .order_by(Article.edited_at.desc(), Article.id.desc())
        .options(contains_eager(Article.draft).defer(Draft.body))
    )
