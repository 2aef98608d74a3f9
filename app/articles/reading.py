"""The questions readers and editors ask about articles. Every select of public pages is here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, null, or_, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app import clock
from app.accounts.models import Account
from app.articles.models import (
    Address,
    Article,
    ArticleAuthor,
    ArticleTag,
    Draft,
    DraftAuthor,
    LiveText,
    Revision,
)


class ArticleUnknown(Exception):
    """There is no such article."""


class RevisionUnknown(Exception):
    """There is no such revision."""


@dataclass(frozen=True)
class Moved:
    """The address leads elsewhere, for good: a path from the site's root, or a full address."""

    location: str


@dataclass(frozen=True)
class Gone:
    """There was an article at this address; it has been taken down."""


@dataclass(frozen=True)
class Page:
    """One page of a list. ``number`` counts from 1; an empty list has one empty page."""

    items: list[Article]
    number: int
    pages: int
    total: int


def published(now: datetime, *, is_common: bool = False) -> ColumnElement[bool]:
    """THE definition of public, as a condition: its time has come, its withdrawal has not, no trash.

    ``is_common`` is for lists in another order than that of publication: nearly all match, so following the
    other order and looking is quicker than sorting. SQLite would sort, if it saw a column with an index.
    """
    published_at = func.coalesce(Article.published_at, null()) if is_common else Article.published_at
    return and_(
        published_at <= now,
        or_(Article.withdrawn_at.is_(None), Article.withdrawn_at > now),
        Article.trashed_at.is_(None),
    )


def for_lists() -> list[ORMOption]:
    """What a list of live articles shows beside their own columns."""
    return [
        selectinload(Article.author_links).joinedload(ArticleAuthor.account),
        selectinload(Article.tag_links).joinedload(ArticleTag.tag),
    ]


def by_author(account_id: int) -> Select[int]:
    """The ids of the articles whose live text is by this account."""
    return select(ArticleAuthor.article_id).where(ArticleAuthor.account_id == account_id)


def owned_by(account_id: int) -> Select[int]:
    """The ids of the articles that are this account's own: named on the live text or on the working copy."""
    either = by_author(account_id).union(select(DraftAuthor.article_id).where(DraftAuthor.account_id == account_id))
    return select(either.subquery().c.article_id)


def tagged(tag_id: int, *, owner_id: int | None = None) -> Select[int]:
    """The ids of the articles whose live text carries this tag; of ``owner_id``'s own only, if given."""
    wanted = select(ArticleTag.article_id).where(ArticleTag.tag_id == tag_id)
    return wanted if owner_id is None else wanted.where(ArticleTag.article_id.in_(owned_by(owner_id)))


def find_published(session: Session, slug: str) -> Article | None:
    """The public article at this slug, with authors, tags and text."""
    return session.scalar(
        select(Article)
        .where(Article.slug == slug, published(clock.now()))
        .options(joinedload(Article.text), *for_lists())
    )


def find_published_by_id(session: Session, article_id: int) -> Article | None:
    """The public article of this id."""
    return session.scalar(select(Article).where(Article.id == article_id, published(clock.now())))


def resolve_address(session: Session, path: str) -> Moved | Gone | None:
    """What an address is that is no public article's: moved, gone, or unknown. ``path`` has no leading slash."""
    held = session.get(Address, path.strip("/"))
    if held is None:
        return None
    if held.target is not None:
        return Moved(held.target)
    if held.article_id is None:
        return Gone() if held.was_public else None
    article = session.get_one(Article, held.article_id)
    now = clock.now()
    status = article.status(now)
    if status == "published":
        return Moved(f"/{article.slug}") if held.was_public else None
    is_known = held.was_public and status != "scheduled" and article.was_seen(now)
    return Gone() if is_known else None


def get_article(session: Session, article_id: int) -> Article:
    """An article with its working copy, whatever its status. Raises ``ArticleUnknown``."""
    article = session.get(Article, article_id) if 0 < article_id < 2**31 else None
    if article is None:
        raise ArticleUnknown
    return article


def list_slugs(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The slug of each working copy; nothing for what is deleted."""
    slugs: dict[int, str] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 500):
        some = Draft.article_id.in_(wanted[start : start + 500])
        rows = session.execute(select(Draft.article_id, Draft.slug).where(some))
        slugs.update({row[0]: row[1] for row in rows})
    return slugs


def list_titles(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The title of each working copy; nothing for what is deleted."""
    rows = session.execute(select(Draft.article_id, Draft.title).where(Draft.article_id.in_(ids)))
    return {article_id: title for article_id, title in rows}  # noqa: C416 -- rows, not tuples


def find_neighbours(session: Session, article: Article) -> tuple[Article | None, Article | None]:
    """The public articles published just after and just before this one."""
    now = clock.now()
    order = (Article.published_at, Article.id)
    here = (article.published_at, article.id)
    newer = session.scalar(
        select(Article).where(published(now), _beyond(order, here, later=True)).order_by(*order).limit(1)
    )
    older = session.scalar(
        select(Article)
        .where(published(now), _beyond(order, here, later=False))
        .order_by(Article.published_at.desc(), Article.id.desc())
        .limit(1)
    )
    return newer, older


def find_next_due(session: Session, *, after: datetime) -> datetime | None:
    """When the next scheduled article appears or disappears; None if nothing is scheduled."""
    kept = Article.trashed_at.is_(None)
    appears = session.scalar(select(func.min(Article.published_at)).where(kept, Article.published_at > after))
    disappears = session.scalar(select(func.min(Article.withdrawn_at)).where(kept, Article.withdrawn_at > after))
    return min((moment for moment in (appears, disappears) if moment is not None), default=None)


def list_due(session: Session, *, after: datetime, until: datetime) -> list[Article]:
    """The articles whose scheduled time to appear or to disappear came after one moment and up to another."""
    came = or_(
        and_(Article.published_at > after, Article.published_at <= until),
        and_(Article.withdrawn_at > after, Article.withdrawn_at <= until),
    )
    return list(session.scalars(select(Article).where(Article.trashed_at.is_(None), came)))


def list_published(
    session: Session,
    *,
    page: int,
    size: int,
    tag_id: int | None = None,
    author_id: int | None = None,
    between: tuple[datetime, datetime] | None = None,
) -> Page:
    """A page of public articles, newest first, of a tag, an author or a span of time if given.

    A page beyond the last has no items. The second half of a long list is read from its end.
    """
    wanted = [published(clock.now())]
    if tag_id is not None:
        wanted.append(Article.id.in_(select(ArticleTag.article_id).where(ArticleTag.tag_id == tag_id)))
    if author_id is not None:
        wanted.append(Article.id.in_(select(ArticleAuthor.article_id).where(ArticleAuthor.account_id == author_id)))
    if between is not None:
        wanted.append(and_(Article.published_at >= between[0], Article.published_at < between[1]))
    total = session.scalar(select(func.count(Article.id)).where(*wanted)) or 0
    pages = max(1, -(-total // size))
    if not 1 <= page <= pages:
        return Page([], page, pages, total)
    start = (page - 1) * size
    length = min(size, total - start)
    from_end = start > total // 2
    order = (Article.published_at, Article.id) if from_end else (Article.published_at.desc(), Article.id.desc())
    offset = total - start - length if from_end else start
    ids = list(session.scalars(select(Article.id).where(*wanted).order_by(*order).offset(offset).limit(length)))
    return Page(_load(session, ids[::-1] if from_end else ids), page, pages, total)


def list_for_feed(session: Session, *, size: int) -> list[Article]:
    """The newest public articles, with their text."""
    return list(
        session.scalars(
            select(Article)
            .where(published(clock.now()))
            .order_by(Article.published_at.desc(), Article.id.desc())
            .limit(size)
            .options(selectinload(Article.text), *for_lists())
        )
    )


def count_published(session: Session) -> int:
    """How many articles are public."""
    return session.scalar(select(func.count(Article.id)).where(published(clock.now()))) or 0


def list_sitemap(session: Session, *, part: int, size: int) -> list[tuple[str, datetime]]:
    """Slug and last change of the public articles of one part (from 1) of the sitemap, oldest first."""
    rows = session.execute(
        select(Article.slug, Article.updated_at)
        .where(published(clock.now()))
        .order_by(Article.published_at, Article.id)
        .offset((part - 1) * size)
        .limit(size)
    )
    return [(slug, updated) for slug, updated in rows if slug and updated]


def list_authors(session: Session) -> list[Account]:
    """Everybody who is the author of an article or a working copy, by name."""
    live, drafts = select(ArticleAuthor.account_id), select(DraftAuthor.account_id)
    wanted = or_(Account.id.in_(live), Account.id.in_(drafts))
    return list(session.scalars(select(Account).where(wanted).order_by(func.lower(Account.name), Account.id)))


def list_revisions(session: Session, article_id: int) -> list[Revision]:
    """Everything that was saved of an article, newest first, without the texts."""
    return list(
        session.scalars(
            select(Revision)
            .where(Revision.article_id == article_id)
            .order_by(Revision.id.desc())
            .options(joinedload(Revision.account), defer(Revision.body), defer(Revision.as_typed))
        )
    )


def find_saved_as(session: Session, article_id: int, version: int) -> Revision | None:
    """The revision that made the working copy's ``version``: what was typed then, and what cleaning left of it."""
    return session.scalar(
        select(Revision)
        .where(Revision.article_id == article_id, Revision.version == version)
        .where(Revision.reason.not_in(["conflict", "published"]))
        .order_by(Revision.id.desc())
        .limit(1)
    )


def get_revision(session: Session, article_id: int, revision_id: int) -> Revision:
    """One revision of this article. Raises ``RevisionUnknown``, also for another article's."""
    revision = session.get(Revision, revision_id) if 0 < revision_id < 2**31 else None
    if revision is None or revision.article_id != article_id:
        raise RevisionUnknown
    return revision


def list_outdated(session: Session, *, renderer: int | None, after_id: int, size: int) -> list[Article]:
    """Live articles, by id, whose page was not made by this ``renderer`` (None: all), with their text."""
    wanted = [Article.id > after_id]
    if renderer is not None:
        wanted.append(LiveText.renderer != renderer)
    return list(
        session.scalars(
            select(Article).join(Article.text).where(*wanted).order_by(Article.id).limit(size)
            .options(joinedload(Article.text))
        )
    )  # fmt: skip


def find_by_source(session: Session, source_path: str) -> Article | None:
    """The article that was imported from this path."""
    return session.scalar(select(Article).where(Article.source_path == source_path).options(joinedload(Article.draft)))


def find_slug_holder(session: Session, slug: str) -> Article | None:
    """The article of this slug, public or not, live or only a working copy."""
    return session.scalar(select(Article).join(Draft).where(or_(Article.slug == slug, Draft.slug == slug)))


def _beyond(order: tuple, here: tuple, *, later: bool) -> ColumnElement[bool]:  # type: ignore[type-arg]
    """Whether a row stands after (or before) ``here`` in the order of two columns: an index can follow it."""
    first, second = order
    if later:
        return and_(first >= here[0], or_(first > here[0], second > here[1]))
    return and_(first <= here[0], or_(first < here[0], second < here[1]))


def _load(session: Session, ids: list[int]) -> list[Article]:
    found = session.scalars(select(Article).where(Article.id.in_(ids)).options(*for_lists()))
    by_id = {article.id: article for article in found}
    return [by_id[article_id] for article_id in ids]
