"""The nouns of the articles room.

An ``Article`` is what readers see, its ``Draft`` what is being worked on, a ``Revision`` what was once saved.
An ``Address`` is the one place where a path is taken: by a draft, a live article, or a redirect.
Status is derived from dates and never stored.
"""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Account
from app.db import Base, Moment

MAX_PATH = 500
PLAIN_FIELDS = ("title", "excerpt", "language", "cover_url", "cover_alt", "canonical_url", "is_featured")
"""What working copy, live article and revision have in common beside body, slug, tags and authors."""


class Tag(Base):
    """A subject. Its page /tag/<slug> exists while a public article carries it."""

    __tablename__ = "tag"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300), unique=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)


class ArticleAuthor(Base):
    """Who the live article is by, in order."""

    __tablename__ = "article_author"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)

    account: Mapped[Account] = relationship(lazy="joined")


class DraftAuthor(Base):
    """Who the working copy is by, in order; they own the article."""

    __tablename__ = "draft_author"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)

    account: Mapped[Account] = relationship(lazy="joined")


class ArticleTag(Base):
    """The tags of the live article, in order."""

    __tablename__ = "article_tag"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)

    tag: Mapped[Tag] = relationship(lazy="joined")


class DraftTag(Base):
    """The tags of the working copy, in order."""

    __tablename__ = "draft_tag"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)

    tag: Mapped[Tag] = relationship(lazy="joined")


class Article(Base):
    """What readers see, and the dates that say whether they may.

    Public means: ``published_at`` has come, ``withdrawn_at`` has not, and it is not in the trash
    (``articles.reading.published()`` is the one definition). Before the first publication the live
    columns are empty.
    """

    __tablename__ = "article"
    __table_args__ = (
        Index("ix_article_edited_at_id", "edited_at", "id"),
        Index("ix_article_created_at_id", "created_at", "id"),
        # Holds all that published() asks, so that counting and skipping pages never read the rows.
        Index("ix_article_public", "published_at", "id", "withdrawn_at", "trashed_at"),
        Index(
            "ix_article_trashed",
            "edited_at",
            "id",
            sqlite_where=text("trashed_at IS NOT NULL"),
            postgresql_where=text("trashed_at IS NOT NULL"),
        ),
        Index(
            "ix_article_withdrawn",
            "withdrawn_at",
            "edited_at",
            "id",
            sqlite_where=text("withdrawn_at IS NOT NULL"),
            postgresql_where=text("withdrawn_at IS NOT NULL"),
        ),
        Index(
            "ix_article_never_published",
            "edited_at",
            "id",
            sqlite_where=text("published_at IS NULL"),
            postgresql_where=text("published_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    edited_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When the working copy was last saved."""
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    """From when it is public; in the future for a scheduled article."""
    first_public_at: Mapped[datetime | None] = mapped_column(Moment)
    """Noted when an article that readers saw gets another date, which may lie ahead; else empty: ``published_at``."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    """From when it is public no more; may be in the future."""
    trashed_at: Mapped[datetime | None] = mapped_column(Moment)
    updated_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the live text last changed."""

    slug: Mapped[str | None] = mapped_column(String(200), unique=True)
    title: Mapped[str] = mapped_column(String(300), default="")
    excerpt: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(35), default="")
    cover_url: Mapped[str] = mapped_column(String(2000), default="")
    cover_alt: Mapped[str] = mapped_column(String(500), default="")
    canonical_url: Mapped[str] = mapped_column(String(2000), default="")
    is_featured: Mapped[bool] = mapped_column(default=False)
    shows_pageviews: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether readers see how often it was read, where the site shows that at all."""
    live_version: Mapped[int | None] = mapped_column()
    """The draft's version that is live; a larger one in the draft means: changed since."""
    words: Mapped[int] = mapped_column(default=0)
    summary: Mapped[str] = mapped_column(Text, default="")
    """Plain text: the excerpt, or the beginning of the body; for lists, feeds and descriptions."""
    source_path: Mapped[str | None] = mapped_column(String(MAX_PATH), unique=True)
    """Where an imported article came from: its identity in later imports."""

    text: Mapped["LiveText | None"] = relationship(
        back_populates="article", cascade="all, delete-orphan", passive_deletes=True
    )
    draft: Mapped["Draft"] = relationship(back_populates="article", cascade="all, delete-orphan", passive_deletes=True)
    author_links: Mapped[list[ArticleAuthor]] = relationship(
        order_by=ArticleAuthor.position, cascade="all, delete-orphan", passive_deletes=True
    )
    tag_links: Mapped[list[ArticleTag]] = relationship(
        order_by=ArticleTag.position, cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def authors(self) -> list[Account]:
        return [link.account for link in self.author_links]

    @property
    def tags(self) -> list[Tag]:
        return [link.tag for link in self.tag_links]

    @property
    def owner_ids(self) -> set[int]:
        """The accounts that may edit it as their own: the authors of the live text and of the working copy."""
        return {account.id for account in [*self.authors, *self.draft.authors]}

    @property
    def was_published(self) -> bool:
        """Whether it is, was or is due to be public."""
        return self.published_at is not None

    def was_seen(self, now: datetime) -> bool:
        """Whether readers could ever see it: its time had come before it was withdrawn or went into the trash."""
        first = self.first_public_at or self.published_at
        ends = [moment for moment in (self.withdrawn_at, self.trashed_at, now) if moment is not None]
        return first is not None and first <= min(ends)

    def status(self, now: datetime) -> str:
        """One of trashed, draft, scheduled, withdrawn, published."""
        if self.trashed_at is not None:
            return "trashed"
        if self.published_at is None:
            return "draft"
        if self.withdrawn_at is not None and self.withdrawn_at <= now:
            return "withdrawn"
        return "scheduled" if self.published_at > now else "published"

    @property
    def has_unpublished_changes(self) -> bool:
        return self.live_version is not None and self.draft.version > self.live_version


class LiveText(Base):
    """The live body, apart from its article so that lists do not read it: source, and HTML as shown."""

    __tablename__ = "live_text"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    body_format: Mapped[str] = mapped_column(String(20))
    rendered: Mapped[str] = mapped_column(Text)
    """Cleaned HTML with heading anchors; remade by ``articles render --all``."""
    renderer: Mapped[int] = mapped_column()
    """The version of the renderer that made ``rendered``."""

    article: Mapped[Article] = relationship(back_populates="text")


class Draft(Base):
    """The working copy: what the form shows and saves. ``version`` grows with every save."""

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_title_article_id", "title", "article_id"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text, default="")
    """HTML as cleaned, or Markdown as typed."""
    body_format: Mapped[str] = mapped_column(String(20), default="html")
    excerpt: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(35), default="")
    cover_url: Mapped[str] = mapped_column(String(2000), default="")
    cover_alt: Mapped[str] = mapped_column(String(500), default="")
    canonical_url: Mapped[str] = mapped_column(String(2000), default="")
    is_featured: Mapped[bool] = mapped_column(default=False)
    block_ids: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    """The name of each block of the body while it is edited (``blocks.split``); empty for a text never edited."""
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    article: Mapped[Article] = relationship(back_populates="draft")
    saved_by: Mapped[Account | None] = relationship()
    author_links: Mapped[list[DraftAuthor]] = relationship(
        order_by=DraftAuthor.position,
        primaryjoin="Draft.article_id == foreign(DraftAuthor.article_id)",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    tag_links: Mapped[list[DraftTag]] = relationship(
        order_by=DraftTag.position,
        primaryjoin="Draft.article_id == foreign(DraftTag.article_id)",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @property
    def authors(self) -> list[Account]:
        return [link.account for link in self.author_links]

    @property
    def tags(self) -> list[Tag]:
        return [link.tag for link in self.tag_links]


class SearchText(Base):
    """What the admin's search looks through: the working copy's title, slug, excerpt, tags, authors, folded."""

    __tablename__ = "search_text"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    folded: Mapped[str] = mapped_column(Text)


class Revision(Base):
    """A working copy as it was saved, or as somebody wanted to save it. Never changed, never overwritten."""

    __tablename__ = "revision"
    __table_args__ = (Index(None, "article_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column()
    """The draft's version it became; for a conflict, the version it was based on."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(String(20))
    """created, saved, automatic, published, restored, imported, duplicated or conflict."""
    name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """What somebody called it, so that it is found again and never thinned out."""
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    body_format: Mapped[str] = mapped_column(String(20))
    as_typed: Mapped[str | None] = mapped_column(Text)
    """The body as it was typed, where cleaning took something out of it."""
    fields: Mapped[dict[str, object]] = mapped_column(JSON)
    """The other fields by name: slug, excerpt, tags (names), authors (ids), language, cover_url …"""

    block_ids: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    """As of the working copy then; what is said without them is found by its content."""

    account: Mapped[Account | None] = relationship()


class Address(Base):
    """A path below the site's root, taken for good: by an article's draft, live or former slug, or a redirect."""

    __tablename__ = "address"

    path: Mapped[str] = mapped_column(String(MAX_PATH), primary_key=True)
    """Without the leading slash; of several segments for imported redirects."""
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="SET NULL"), index=True)
    target: Mapped[str | None] = mapped_column(String(2000))
    """For a redirect that belongs to no article: where it leads."""
    was_public: Mapped[bool] = mapped_column(default=False)
    """Whether readers could ever know it. Such an address answers 410, not 404, once its article is gone."""
