"""The nouns of the accounts room: accounts, their sessions, and one-time links."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Base, Moment

ROLES = ("admin", "editor", "author")


class Account(Base):
    """A person. Without an e-mail address or a password it is a byline only and cannot sign in."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'editor', 'author')", name="role_known"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    """Stored in lower case, so that an address has one account."""
    name: Mapped[str] = mapped_column(String(300))
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    """The address of the author's page: /author/<slug>."""
    biography: Mapped[str] = mapped_column(Text, default="")
    role: Mapped[str] = mapped_column(String(20), default="author")
    password_hash: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    deactivated_at: Mapped[datetime | None] = mapped_column(Moment)
    last_seen_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    @property
    def can_sign_in(self) -> bool:
        return self.is_active and self.email is not None and self.password_hash is not None


class SignedIn(Base):
    """One browser in which somebody is signed in. The cookie holds the token, the database its hash."""

    __tablename__ = "signed_in"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    account: Mapped[Account] = relationship(lazy="joined")


class OneTimeLink(Base):
    """A link that works once: the set-up of the site (no account yet) or the choice of a first password."""

    __tablename__ = "one_time_link"
    __table_args__ = (Index(None, "account_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)

    account: Mapped[Account | None] = relationship(lazy="joined")
