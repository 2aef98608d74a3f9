"""The nouns of the pageviews room. It knows article ids, not articles: a count outlives what was counted."""

from datetime import date

from sqlalchemy import BigInteger, Date, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class PageviewTotal(Base):
    """How often an article was read: the number people see is ``starting + counted``."""

    __tablename__ = "pageview_total"

    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starting: Mapped[int] = mapped_column(BigInteger, default=0)
    """The balance brought along by an import."""
    counted: Mapped[int] = mapped_column(BigInteger, default=0)


class PageviewHour(Base):
    """Views of one article in one hour of the site's own day, by class (browser, bot, staff …)."""

    __tablename__ = "pageview_hour"

    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    view_class: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger, default=0)


class JournalOffset(Base):
    """How far a journal file of one machine has been folded: written in the same commit as the counts."""

    __tablename__ = "journal_offset"

    machine: Mapped[str] = mapped_column(String(64), primary_key=True)
    file: Mapped[str] = mapped_column(String(100), primary_key=True)
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
