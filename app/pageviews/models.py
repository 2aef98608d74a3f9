"""The nouns of the pageviews room. It knows article ids, not articles: a count outlives what was counted.

The narrow truth is ``PageviewTotal``. The others are detail beside it, thinned by ``thinning``; a total never
changes by that. Rows of article ``SITE`` are the sum over all articles, kept so that no screen has to add up.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Moment

SITE = 0
"""Stands for all articles together where an article's id is asked for; articles begin at 1."""


class PageviewTotal(Base):
    """How often an article was read: the number people see is ``starting + counted - corrected``."""

    __tablename__ = "pageview_total"

    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starting: Mapped[int] = mapped_column(BigInteger, default=0)
    """The balance brought along by an import."""
    counted: Mapped[int] = mapped_column(BigInteger, default=0)
    corrected: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """What corrections in force take away."""


class PageviewHour(Base):
    """Views of one article (or ``SITE``) in one hour of the site's own day, by class (browser, bot, staff …)."""

    __tablename__ = "pageview_hour"

    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    view_class: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger, default=0)
    """As journaled; ``corrected`` of them do not count."""
    corrected: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class PageviewDay(Base):
    """Views of one article (or ``SITE``) on one of the site's own days, by class."""

    __tablename__ = "pageview_day"

    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    view_class: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger, default=0)
    """As journaled; ``corrected`` of them do not count."""
    readers: Mapped[int] = mapped_column(BigInteger, default=0)
    """Distinct visitor keys of that day; only of the class that counts."""
    corrected: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class PageviewMinute(Base):
    """Counted views of one article in one minute (since 1970), for what is popular now; kept for an hour."""

    __tablename__ = "pageview_minute"

    minute: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger, default=0)


class PageviewDetail(Base):
    """Counted views of one article (or ``SITE``) on one day by where they came from, campaign or device."""

    __tablename__ = "pageview_detail"

    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    dimension: Mapped[str] = mapped_column(String(10), primary_key=True)
    """``direct``, ``own``, ``search``, ``social``, ``assistant``, ``site``; ``campaign``; ``device``."""
    label: Mapped[str] = mapped_column(String(100), primary_key=True)
    """The name of a search engine or social site, the host of another ("(spam)" for made-up ones); a campaign's
    source; a device class. "(others)" for all those of the dimension that found no more room on that day."""
    detail: Mapped[str] = mapped_column(String(300), primary_key=True)
    """The path on this or another site; a campaign's medium and name, tab between them; "" for others and after
    thinning."""
    count: Mapped[int] = mapped_column(BigInteger, default=0)


class PageviewVisitor(Base):
    """That somebody, known only by a key of that day, has read an article (or ``SITE``); gone after the day."""

    __tablename__ = "pageview_visitor"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    visitor: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class VisitorSalt(Base):
    """What one day's visitor keys are made with; shared by all workers and machines, thrown away after the day."""

    __tablename__ = "visitor_salt"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))


class PageviewCorrection(Base):
    """Views that somebody took out of the count, why, and whether that was undone."""

    __tablename__ = "pageview_correction"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int]
    """Whose views; ``SITE``: those of all articles."""
    first_day: Mapped[date] = mapped_column(Date)
    first_hour: Mapped[int] = mapped_column(SmallInteger)
    last_day: Mapped[date] = mapped_column(Date)
    last_hour: Mapped[int] = mapped_column(SmallInteger)
    """The last hour is part of the range."""
    view_class: Mapped[str] = mapped_column(String(20))
    views: Mapped[int] = mapped_column(BigInteger)
    """How many were taken out: the sum of the parts."""
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[int | None]
    """The id of an account; the name beside it outlives the account."""
    made_by_name: Mapped[str] = mapped_column(String(200))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[int | None]
    undone_by_name: Mapped[str] = mapped_column(String(200), default="")


class PageviewCorrectionPart(Base):
    """What a correction took from one article in one hour; hour -1 where only the day is kept."""

    __tablename__ = "pageview_correction_part"

    correction_id: Mapped[int] = mapped_column(
        ForeignKey("pageview_correction.id", ondelete="CASCADE"), primary_key=True
    )
    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    views: Mapped[int] = mapped_column(BigInteger)


class JournalOffset(Base):
    """How far a journal file of one machine has been folded: written in the same commit as the counts."""

    __tablename__ = "journal_offset"

    machine: Mapped[str] = mapped_column(String(64), primary_key=True)
    file: Mapped[str] = mapped_column(String(100), primary_key=True)
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
