"""The nouns of the audit room."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, Moment


class AuditEntry(Base):
    """One thing somebody did. Rows are added, never changed, but for the columns about people, which can be emptied.

    ``actor_digest`` is over ``actor_salt`` and who it was, ``digest`` over ``salt`` and what it was done to; ``chain``
    over the number, the moment, the action, the ids, both digests and the ``chain`` of the row before. So the chain
    still holds when a person's details were erased: who they were in what they did, and all in what was done to them.
    The database itself refuses every other change of a row, and moves ``AuditHead`` on (migration 0006).
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "at"),
        Index(None, "action", "number"),
        Index(None, "actor_id", "number"),
        Index(None, "subject_kind", "subject_id", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 … without a gap."""
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    action: Mapped[str] = mapped_column(String(60))
    """What happened, like a right: article.publish, session.end, role.change."""
    actor_id: Mapped[int | None] = mapped_column()
    """An account, which may be gone; None: nobody signed in, or the command line."""
    subject_kind: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None] = mapped_column()
    actor_digest: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    chain: Mapped[str] = mapped_column(String(64))

    actor_salt: Mapped[str] = mapped_column(String(64), default="")
    """Random, so that what was erased cannot be guessed from the digest; erased with it."""
    actor: Mapped[str] = mapped_column(String(300), default="")
    network: Mapped[str] = mapped_column(String(64), default="")
    salt: Mapped[str] = mapped_column(String(64), default="")
    subject: Mapped[str] = mapped_column(String(300), default="")
    details: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    """What was before and after, and the like; never a secret."""
    actor_erased_at: Mapped[datetime | None] = mapped_column(Moment)
    erased_at: Mapped[datetime | None] = mapped_column(Moment)


class AuditHead(Base):
    """The end of the chain, in one row: whoever adds to the chain holds it, and the database moves it on."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    number: Mapped[int] = mapped_column(default=0)
    chain: Mapped[str] = mapped_column(String(64), default="")
