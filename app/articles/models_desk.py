"""The nouns of the articles room that only the desk needs: what was answered to a save, who has what open, what was
done to several articles at once.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Account
from app.db import Base, Moment


class SaveReceipt(Base):
    """What was answered to a save: whoever sends it again, because the answer was lost, gets that one."""

    __tablename__ = "save_receipt"
    __table_args__ = (Index(None, "article_id", "created_at"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    save_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Made by the browser. Of one account, so that nobody meets the saves of another."""
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    answer: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)


class Presence(Base):
    """A tab in which somebody has an article open, as of a moment ago."""

    __tablename__ = "presence"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    tab: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Made by the browser."""
    seen_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)


class BulkAction(Base):
    """One thing that was done to several articles at once, with what undoing it needs. Kept for a day."""

    __tablename__ = "bulk_action"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    """Who did it."""
    kind: Mapped[str] = mapped_column(String(20))
    """A name of ``bulk.KINDS``."""
    given: Mapped[str] = mapped_column(String(1000), default="")
    """What was chosen with it, in words: the names of tags, or of an author."""
    done_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Of each article that was changed its ``id``, and its state ``before`` and ``after``, as the kind knows it."""
    left: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Of each article that was left as it was its ``id`` and ``why``, one of ``bulk.REASONS``."""
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_left: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What undoing has left as it was, and why."""

    account: Mapped[Account] = relationship()
