"""The nouns of coming in: invitations, second factors, ceremonies under way, and the limiter's memory."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Account
from app.db import Base, Moment


class Invitation(Base):
    """Somebody asked to join. The account is made when they accept; the database keeps the link's hash only."""

    __tablename__ = "invitation"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    role: Mapped[str] = mapped_column(String(40), ForeignKey("role.name"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the link sent last: sending again makes a new one and the former useless."""
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    sent_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    """Who came of it."""

    invited_by: Mapped[Account | None] = relationship(foreign_keys=[invited_by_id])


class Passkey(Base):
    """A passkey (WebAuthn credential) of somebody; it counts, as it is only kept once it has worked."""

    __tablename__ = "passkey"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    """In base64url, as browsers name it."""
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    transports: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_synced: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(100))
    """What its owner calls it."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)


class Authenticator(Base):
    """An app that shows six digits (TOTP). It counts from ``confirmed_at`` on, when its first code was right."""

    __tablename__ = "authenticator"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), unique=True)
    secret: Mapped[str] = mapped_column(String(300))
    """Encrypted with a key made from SECRET_KEY."""
    last_step: Mapped[int] = mapped_column(default=0)
    """The number of the half minute whose code was used last: each works once."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)


class RecoveryCode(Base):
    """One of the codes that replace a second factor, once each. Gone when it was used."""

    __tablename__ = "recovery_code"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)


class Ceremony(Base):
    """Something begun in one browser that another request of the same browser ends: half a sign-in, a challenge.

    The cookie holds the token, the database its hash. It is used up by success, by too many tries, and by time.
    """

    __tablename__ = "ceremony"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    """second-factor, passkey-sign-in, passkey-new, prove."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    data: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)

    account: Mapped[Account | None] = relationship(lazy="joined")


class Throttle(Base):
    """How often a secret was guessed wrongly for one account or from one network, and until when nobody may."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    """What is guessed, and a keyed hash of whose it is or where from: no address is kept."""
    failures: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    last_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    refused_until: Mapped[datetime | None] = mapped_column(Moment)
