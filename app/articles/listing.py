"""The staff's list of articles: searched, filtered, sorted, paged by key so that no page is slow."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from app import clock
from app.articles.models import (
    Article,
    ArticleAuthor,
    ArticleTag,
    Draft,
    DraftAuthor,
    DraftTag,
    SearchText,
)
from app.articles.reading import for_lists, published
from app.pageviews.models import PageviewTotal
from app.pageviews.reading import SHOWN

STATUSES = ("draft", "scheduled", "published", "withdrawn", "trashed")
_VIEWS = func.coalesce(SHOWN, 0)
SORTS: dict[str, tuple[Any, bool]] = {
    # by name: the column, and whether the list begins with its largest value
    "edited": (Article.edited_at, True),
    "published": (Article.published_at, True),
    "created": (Article.created_at, True),
    "title": (Draft.title, False),
    "views": (_VIEWS, True),
}


@dataclass(frozen=True)
class Filter:
    """What the list is asked for. Unknown names of a status or sort are the caller's mistake (``KeyError``)."""

    q: str = ""
    """Words that must all be in the title, slug, excerpt, tags or authors' names."""
    status: str = ""
    author_id: int | None = None
    tag_id: int | None = None
    sort: str = "edited"
    owner_id: int | None = None
    """Only what this account may edit as its own."""


@dataclass(frozen=True)
class Slice:
    """Some rows of the list, and the cursors of the rows before and after them, where there are any."""

    items: list[Article]
    previous: str | None
    next: str | None


class CursorInvalid(Exception):
    """That page of the list cannot be found; begin again with the first one."""


def list_articles(
    session: Session, wanted: Filter, *, after: str | None = None, before: str | None = None, size: int = 25
) -> Slice:
    """The rows after (or before) a cursor, or the first ones. Raises ``CursorInvalid``."""
    column, descending = SORTS[wanted.sort]
    backwards = before is not None
    rows = _matching(session, wanted)
    cursor = before if backwards else after
    if cursor:
        rows = rows.where(_past(column, _decode(cursor, wanted.sort), down=descending != backwards))
    down = descending != backwards
    order = (column.desc(), Article.id.desc()) if down else (column.asc(), Article.id.asc())
    found = [tuple(row) for row in session.execute(rows.add_columns(column).order_by(*order).limit(size + 1))]
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_previous = more if backwards else bool(cursor)
    has_next = True if backwards else more
    return Slice(
        _load(session, [article_id for article_id, _ in found]),
        previous=_encode(found[0], wanted.sort) if found and has_previous else None,
        next=_encode(found[-1], wanted.sort) if found and has_next else None,
    )


def count_matching(session: Session, wanted: Filter, *, most: int) -> int:
    """How many articles match, counted up to ``most`` and one more: all of a large site's would take too long."""
    some = _matching(session, wanted).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def list_matching_ids(session: Session, wanted: Filter, *, most: int) -> list[int]:
    """The first ``most`` ids in the order of the list."""
    column, descending = SORTS[wanted.sort]
    order = (column.desc(), Article.id.desc()) if descending else (column.asc(), Article.id.asc())
    rows = _matching(session, wanted).add_columns(column).order_by(*order).limit(most)
    return [row[0] for row in session.execute(rows)]


def _matching(session: Session, wanted: Filter) -> Select[int]:
    rows = select(Article.id).where(_has_status(wanted.status, sort=wanted.sort))
    if wanted.sort == "published":
        rows = rows.where(Article.published_at.is_not(None))
    if wanted.sort == "title":
        rows = rows.join(Draft, Draft.article_id == Article.id)
    if wanted.sort == "views":
        rows = rows.outerjoin(PageviewTotal, PageviewTotal.article_id == Article.id)
    for account_id in (wanted.author_id, wanted.owner_id):
        if account_id is not None:
            rows = rows.where(_is_by(account_id))
    if wanted.tag_id is not None:
        rows = rows.where(_either(DraftTag.article_id, DraftTag.tag_id, ArticleTag.article_id, ArticleTag.tag_id,
                                  wanted.tag_id))  # fmt: skip
    words = wanted.q.casefold().split()
    if words:
        rows = rows.join(SearchText, SearchText.article_id == Article.id)
        find = func.instr if session.get_bind().dialect.name == "sqlite" else func.strpos
        rows = rows.where(*(find(SearchText.folded, word) > 0 for word in words[:10]))
    return rows


def _has_status(status: str, *, sort: str) -> ColumnElement[bool]:
    now = clock.now()
    kept = Article.trashed_at.is_(None)
    return {
        "": kept,
        "draft": and_(kept, Article.published_at.is_(None)),
        "scheduled": and_(
            kept, _few(Article.published_at > now), or_(Article.withdrawn_at.is_(None), Article.withdrawn_at > now)
        ),
        "published": published(now, is_common=sort != "published"),
        "withdrawn": and_(kept, Article.published_at.is_not(None), _few(Article.withdrawn_at <= now)),
        "trashed": Article.trashed_at.is_not(None),
    }[status]


def _few(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition, told to be rare: SQLite would read the whole list in its order to find some."""
    return Article.id.in_(select(Article.id).where(condition).correlate(None))


def _is_by(account_id: int) -> ColumnElement[bool]:
    return _either(
        DraftAuthor.article_id, DraftAuthor.account_id, ArticleAuthor.article_id, ArticleAuthor.account_id, account_id
    )


def _either(
    draft_article: InstrumentedAttribute[int], draft_key: InstrumentedAttribute[int],
    live_article: InstrumentedAttribute[int], live_key: InstrumentedAttribute[int], value: int,
) -> ColumnElement[bool]:  # fmt: skip
    """Whether the working copy or the live article is linked with ``value``."""
    drafts = select(draft_article).where(draft_key == value)
    return Article.id.in_(drafts.union(select(live_article).where(live_key == value)))


def _past(column: Any, key: tuple[Any, int], *, down: bool) -> ColumnElement[bool]:
    value, article_id = key
    if down:
        return and_(column <= value, or_(column < value, Article.id < article_id))
    return and_(column >= value, or_(column > value, Article.id > article_id))


def _encode(row: tuple[Any, ...], sort: str) -> str:
    article_id, value = row
    if isinstance(value, datetime):
        value = value.isoformat()
    return base64.urlsafe_b64encode(json.dumps([sort, value, article_id]).encode()).decode().rstrip("=")


def _decode(cursor: str, sort: str) -> tuple[Any, int]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        named, value, article_id = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if named != sort or not isinstance(article_id, int) or abs(article_id) > 2**31:
            raise CursorInvalid
        if sort == "title":
            return str(value), article_id
        if sort == "views":
            return int(value), article_id
        return datetime.fromisoformat(str(value)).astimezone(UTC), article_id
    except (ValueError, TypeError, OverflowError, OSError, binascii.Error, RecursionError) as error:
        raise CursorInvalid from error


def _load(session: Session, ids: list[int]) -> list[Article]:
    found = session.scalars(
        select(Article)
        .where(Article.id.in_(ids))
        .options(
            *for_lists(),
            joinedload(Article.draft).selectinload(Draft.author_links).joinedload(DraftAuthor.account),
            joinedload(Article.draft).selectinload(Draft.tag_links).joinedload(DraftTag.tag),
        )
    )
    by_id = {article.id: article for article in found}
    return [by_id[article_id] for article_id in ids]
