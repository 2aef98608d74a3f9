"""The nouns of the articles room that only the desk needs: what was answered to a save, who has what open."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
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
