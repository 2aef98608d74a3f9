"""What is due, what came due lately, and what will not happen although a date says so.

Nothing carries a date out: an article is public while its dates say so, whenever a page is asked for. So nothing can be
late; but an article in the trash, or withdrawn before its day, will not appear.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from app import clock
from app.articles.models import Article, Draft
from app.articles.reading import owned_by

MOST = 200
APPEARS, DISAPPEARS = "appears", "disappears"


@dataclass(frozen=True)
class Event:
    """An article appears or disappears at a moment, future or past."""

    moment: datetime
    kind: str
    article: Article


def list_ahead(session: Session, *, owner_id: int | None = None, limit: int = MOST) -> list[Event]:
    """What will appear and disappear, the next first, at most ``limit``; of ``owner_id``'s own only, if given."""
    now = clock.now()
    ahead = [
        *_list(session, Article.published_at, APPEARS, owner_id, Article.published_at > now, _not_withdrawn_before(),
               limit=limit),
        *_list(session, Article.withdrawn_at, DISAPPEARS, owner_id, Article.withdrawn_at > now, limit=limit),
    ]  # fmt: skip
    return sorted(ahead, key=_by_moment)[:limit]


def list_lately(session: Session, *, since: datetime, owner_id: int | None = None) -> list[Event]:
    """What appeared and disappeared after ``since``, the latest first, at most ``MOST``."""
    now = clock.now()
    published_at, withdrawn_at = Article.published_at, Article.withdrawn_at
    lately = [
        *_list(session, published_at, APPEARS, owner_id, published_at > since, published_at <= now,
               _not_withdrawn_before(), latest_first=True),
        *_list(session, withdrawn_at, DISAPPEARS, owner_id, withdrawn_at > since, withdrawn_at <= now,
               published_at <= withdrawn_at, latest_first=True),
    ]  # fmt: skip
    return sorted(lately, key=_by_moment, reverse=True)[:MOST]


def list_held_up(session: Session, *, since: datetime, owner_id: int | None = None, limit: int = MOST) -> list[Article]:
    """Articles whose day to appear lies ahead, or came after ``since``, and that do not appear."""
    in_trash = and_(Article.trashed_at.is_not(None), Article.published_at > Article.trashed_at)
    withdrawn = and_(Article.trashed_at.is_(None), Article.withdrawn_at <= Article.published_at)
    wanted = [Article.published_at > since, or_(in_trash, withdrawn)]
    return _articles(session, [*wanted, *_owned(owner_id)], Article.published_at, limit)


def _list(
    session: Session, column: InstrumentedAttribute[datetime | None], kind: str, owner_id: int | None,
    *wanted: ColumnElement[bool], latest_first: bool = False, limit: int = MOST,
) -> list[Event]:  # fmt: skip
    kept = [Article.trashed_at.is_(None), *wanted, *_owned(owner_id)]
    found = _articles(session, kept, column.desc() if latest_first else column, limit)
    moments = [(getattr(article, column.key), article) for article in found]
    return [Event(moment, kind, article) for moment, article in moments]


def _articles(session: Session, wanted: list[ColumnElement[bool]], order: Any, limit: int = MOST) -> list[Article]:
    found = session.scalars(
        select(Article).where(*wanted).order_by(order).limit(limit)
        .options(joinedload(Article.draft).selectinload(Draft.author_links))
    )  # fmt: skip
    return list(found)


def _not_withdrawn_before() -> ColumnElement[bool]:
    return or_(Article.withdrawn_at.is_(None), Article.withdrawn_at > Article.published_at)


def _owned(owner_id: int | None) -> list[ColumnElement[bool]]:
    return [] if owner_id is None else [Article.id.in_(owned_by(owner_id))]


def _by_moment(event: Event) -> tuple[datetime, int]:
    return event.moment, event.article.id
