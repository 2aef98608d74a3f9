"""The nouns of the media room: a file with what is said about it, and where it is used."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Account
from app.db import Base, Moment

KINDS = ("image", "document", "audio", "video")
MAX_LENGTHS = {"title": 200, "alt": 500, "caption": 2000, "credit": 300}
MIDDLE = 50


class Media(Base):
    """A file of the library. Its address is made of ``id``, ``name`` and ``extension``, which never change."""

    __tablename__ = "media"
    __table_args__ = (Index("ix_media_kind_id", "kind", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    """One of ``KINDS``."""
    name: Mapped[str] = mapped_column(String(80))
    """The words in its address, made from the name it came with."""
    extension: Mapped[str] = mapped_column(String(8))
    mime: Mapped[str] = mapped_column(String(40))
    """What is stored, by its content; after a replacement not always what the extension says."""
    file: Mapped[str] = mapped_column(String(80), unique=True)
    """Where the storage keeps it: a name made by us, new with each replacement."""
    bytes: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None] = mapped_column()
    height: Mapped[int | None] = mapped_column()
    frames: Mapped[int] = mapped_column(default=1)
    """More than one for a picture that moves."""
    upload_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the bytes as they came: the same file is not kept twice."""
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    """SHA-256 of the bytes as stored: what caches compare."""
    title: Mapped[str] = mapped_column(String(200))
    """What staff call it; first the name it came with."""
    alt: Mapped[str] = mapped_column(String(500), default="")
    caption: Mapped[str] = mapped_column(Text, default="")
    credit: Mapped[str] = mapped_column(String(300), default="")
    focus_x: Mapped[int] = mapped_column(default=MIDDLE)
    """What must stay in sight when it is cropped: per cent of the width from the left edge."""
    focus_y: Mapped[int] = mapped_column(default=MIDDLE)
    folded: Mapped[str] = mapped_column(Text)
    """What the search looks through."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When the file itself was last replaced."""

    account: Mapped[Account | None] = relationship()

    @property
    def address(self) -> str:
        """Its path on the site."""
        return f"/media/{self.id}/{self.name}.{self.extension}"

    @property
    def version(self) -> str:
        """Changes with the file and with what is cut out of it."""
        focus = "" if (self.focus_x, self.focus_y) == (MIDDLE, MIDDLE) else f"-{self.focus_x}-{self.focus_y}"
        return f"{self.content_hash[:10]}{focus}"

    @property
    def is_animated(self) -> bool:
        return self.frames > 1

    @property
    def owner_ids(self) -> set[int]:
        """Whose own it is: whoever uploaded it."""
        return set() if self.account_id is None else {self.account_id}

    @property
    def was_published(self) -> bool:
        """Files have no publication of their own."""
        return False

    def fold(self) -> None:
        """Remake what the search looks through."""
        said = [self.title, self.name, self.extension, self.alt, self.caption, self.credit]
        self.folded = "\n".join(said).casefold()


class MediaUse(Base):
    """An article uses a file: kept when the article is saved, so that a file in use cannot be deleted."""

    __tablename__ = "media_use"
    __table_args__ = (Index("ix_media_use_article_id", "article_id"),)

    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[str] = mapped_column(String(20), primary_key=True)
    """One of ``media.using.PLACES``."""
