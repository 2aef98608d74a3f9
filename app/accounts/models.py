"""The nouns of the accounts room: accounts, their roles, their sessions, and one-time links."""

from datetime import datetime
from typing import cast

from sqlalchemy import JSON, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Base, Moment

ADMIN = "admin"
"""The role that may do everything: it can be neither narrowed nor deleted, and its last holder cannot be lost."""


class Role(Base):
    """What somebody is here, and so what they may do. Three come with the software, admins make others."""

    __tablename__ = "role"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    """In addresses and commands: small letters, digits, hyphens. It never changes."""
    label: Mapped[str] = mapped_column(String(80))
    """What people read, in the singular: Editor."""
    is_builtin: Mapped[bool] = mapped_column(default=False, server_default=false())
    rights: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """Action to scope, where it differs from ``permissions.RIGHTS`` (a built-in role) or from none (another)."""
    demands_second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())
    grace_days: Mapped[int] = mapped_column(default=14, server_default="14")
    """So long somebody in this role may go on without a second factor after it was demanded of them."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class Account(Base):
    """A person. Without an e-mail address, or a way to prove who they are, it is a byline only and cannot sign in."""

    __tablename__ = "account"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    """Stored in lower case, so that an address has one account."""
    name: Mapped[str] = mapped_column(String(300))
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    """The address of the author's page: /author/<slug>."""
    biography: Mapped[str] = mapped_column(Text, default="")
    role: Mapped[str] = mapped_column(String(40), ForeignKey("role.name"), default="author")
    password_hash: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    deactivated_at: Mapped[datetime | None] = mapped_column(Moment)
    last_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    language: Mapped[str] = mapped_column(String(35), default="", server_default="")
    """The language of the admin for this person; empty: what their browser asks for."""
    handle: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Random; what their passkeys know them by, so that no address is kept in a passkey."""
    second_factor_due_at: Mapped[datetime | None] = mapped_column(Moment)
    """Until when they may go on without the second factor that their role demands; None: it demands none."""

    role_held: Mapped[Role] = relationship()

    looks_as = cast(Role | None, None)
    """The role through whose eyes they look in this browser (``SignedIn.as_role``); no column."""

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    @property
    def can_sign_in(self) -> bool:
        """With a password."""
        return self.is_active and self.email is not None and self.password_hash is not None

    @property
    def has_joined(self) -> bool:
        """Whether they have chosen a password, or came in without one: then they have a passkey."""
        return self.email is not None and (self.password_hash is not None or self.last_seen_at is not None)


class SignedIn(Base):
    """One browser in which somebody is signed in. The cookie holds the token, the database its hash."""

    __tablename__ = "signed_in"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    means: Mapped[str] = mapped_column(String(40), default="password", server_default="password")
    """How they proved who they are: password, passkey, password+totp, password+passkey, password+recovery, link."""
    proved_at: Mapped[datetime | None] = mapped_column(Moment)
    """When they last did, for actions that ask for it again."""
    browser: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """The User-Agent as it was sent, cut."""
    network: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """The shortened network they came from last."""
    as_role: Mapped[str | None] = mapped_column(String(40), ForeignKey("role.name", ondelete="SET NULL"))
    """The role through whose eyes an admin looks at the admin's pages in this browser."""

    account: Mapped[Account] = relationship(lazy="joined")
    eyes: Mapped[Role | None] = relationship()


class OneTimeLink(Base):
    """A link that works once: ``purpose`` says what for.

    setup (no account yet), welcome (a first password), reset (a new one), rescue (locked out: from the command line),
    address (``email`` becomes theirs).
    """

    __tablename__ = "one_time_link"
    __table_args__ = (Index(None, "account_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(20), default="welcome", server_default="welcome")
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)

    account: Mapped[Account | None] = relationship(lazy="joined")
