"""What makes a kept page old: one version of the site, raised in the commit that changes what readers see.

A verb says what it changed with ``note(session, "article:17", "lists")``. Beside the version stands a log of
the keys, so that a cache drops only the pages that carry one of them. Keys: ``site`` (everything), ``lists``
(home, archive, feeds, sitemap), ``article:ID``, ``tag:ID``, ``author:ID``; ``pageviews:ID``: an article's number was
changed by something else than views, and whoever remembers it must ask again; ``pageviews:0``: many were.
"""

from dataclasses import dataclass

from sqlalchemy import BigInteger, CheckConstraint, String, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Base

KEPT = 2000
"""How many versions the log goes back; who is further behind drops everything."""
PAGEVIEWS = "pageviews:"
NOTED = "typecase.changes_noted"


class SiteVersion(Base):
    """The one row with the number that every visible change raises. Made by the first migration."""

    __tablename__ = "site_version"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    version: Mapped[int] = mapped_column(BigInteger, default=0)


class Change(Base):
    """What one version changed, by key."""

    __tablename__ = "change"

    version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)


@dataclass(frozen=True)
class Changes:
    """What happened since a version: the version now, and the keys that changed; None: too much to say."""

    version: int
    keys: frozenset[str] | None


def note(session: Session, *keys: str) -> None:
    """Say that what readers see under these keys changes with this transaction; raises the version.

    The row stays locked until the commit, so versions appear in their order: who reads version 7 has 6, too.
    """
    if not keys:
        return
    raised = update(SiteVersion).values(version=SiteVersion.version + 1).returning(SiteVersion.version)
    version = session.execute(raised, execution_options={"synchronize_session": False}).scalar_one()
    session.execute(insert(Change), [{"version": version, "key": key} for key in sorted(set(keys))])
    session.execute(delete(Change).where(Change.version <= version - KEPT))
    session.info[NOTED] = True


def read_since(session: Session, version: int | None) -> Changes:
    """What changed after ``version`` (None: from nothing known), in one snapshot."""
    rows = session.execute(
        select(SiteVersion.version, Change.version, Change.key).outerjoin(Change, Change.version > (version or 0))
    ).all()
    now = rows[0][0] if rows else 0
    if version is None or now < version:
        return Changes(now, None)
    seen = {changed for _, changed, _ in rows if changed is not None}
    if len(seen) != now - version:
        return Changes(now, None)  # the log does not go back that far
    return Changes(now, frozenset(key for _, _, key in rows if key is not None))
