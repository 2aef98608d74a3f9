"""Mail: a message is a row in the outbox, written in the same commit as what it tells of.

A thread sends it (``mail_courier``). Whoever sends takes the message first, in a short transaction that moves its
``due_at`` on; if it dies then, another one takes it after a while. So a message may come twice, never not at all.
"""

import re
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Index, String, Text, and_, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Base, Moment
from app.text import clean_block, clean_line, shorten

SUBJECT_LENGTH = 300
CLAIMED = timedelta(minutes=10)
"""Longer than an attempt takes; after it a message is somebody's who died, and is taken anew."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
TRIED_FOR = timedelta(days=4)
KEPT_FOR = timedelta(days=90)
"""So long after it was sent or given up it stays in the list."""
_RECIPIENT = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]+@[^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]+")


class Message(Base):
    """A message to one person. Its text is forgotten once it was sent: it may hold a link that lets somebody in."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "sent_at", "due_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    """What it is about: invitation, reset, address, address-changed."""
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    """From when on it is of no use, as the link in it is not either; None: it is always of use."""
    due_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When it is tried next; a sender that takes it moves this on first, so that no other takes it too."""
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(300), default="")
    """What the last attempt came to, in words for admins."""
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    given_up_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def state(self) -> str:
        """One of sent, given-up, failing (tried, and tried again), waiting."""
        if self.sent_at is not None:
            return "sent"
        if self.given_up_at is not None:
            return "given-up"
        return "failing" if self.problem else "waiting"


class MessageUnknown(Exception):
    """There is no message with this number."""


class MessageGone(Exception):
    """This message cannot be sent again: it was sent, or the link in it has expired, and its text is forgotten."""


def post(
    session: Session, *, kind: str, recipient: str, subject: str, text: str, expires_at: datetime | None = None
) -> Message:
    """Put a message into the outbox; it goes out after the commit. ``text`` is plain, its lines are kept.

    The subject becomes one line. Raises ``ValueError`` for a recipient that is no single address: nothing that
    somebody typed may add a line or a reader to a message. ``expires_at``: when the link in it stops working.
    """
    if not _RECIPIENT.fullmatch(recipient):
        raise ValueError(f"not one mail address: {recipient!r}")
    now = clock.now()
    message = Message(
        kind=kind,
        recipient=recipient,
        subject=shorten(clean_line(subject), SUBJECT_LENGTH),
        text=clean_block(text).strip() + "\n",
        created_at=now,
        due_at=now,
        expires_at=expires_at,
    )
    session.add(message)
    session.flush()
    return message


# Questions


def get_message(session: Session, message_id: int) -> Message:
    """The message with this number; raises ``MessageUnknown``."""
    message = session.get(Message, message_id)
    if message is None:
        raise MessageUnknown(f"There is no message with the number {message_id}.")
    return message


def list_messages(session: Session, *, failed: bool = False, limit: int = 200) -> list[Message]:
    """The newest first; ``failed``: only those that an attempt failed for and that are not sent."""
    wanted = select(Message).order_by(Message.id.desc()).limit(limit)
    return list(session.scalars(wanted.where(_failed()) if failed else wanted))


def count_failed(session: Session) -> int:
    """How many messages an attempt failed for that are not sent."""
    return session.scalar(select(func.count()).select_from(Message).where(_failed())) or 0


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether there is something to send now."""
    return session.scalar(select(Message.id).where(_due(now)).limit(1)) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(Message.sent_at.is_(None), Message.given_up_at.is_(None), Message.due_at <= now)


def _failed() -> ColumnElement[bool]:
    return and_(Message.sent_at.is_(None), Message.problem != "")


# Sending: each of these is a short transaction of its own


def claim(session: Session, *, now: datetime) -> Message | None:
    """Take the message that has been due longest upon oneself, past those that somebody else is taking."""
    wanted = select(Message).where(_due(now)).order_by(Message.due_at, Message.id).limit(1)
    message = session.scalar(wanted.with_for_update(skip_locked=True))
    if message is None:
        return None
    if message.expires_at is not None and message.expires_at <= now:
        _give_up(message, now, "The link in it expired before it could be sent.")
    else:
        message.attempts, message.due_at = message.attempts + 1, now + CLAIMED
    session.flush()
    return message


def note_sent(session: Session, message_id: int, *, now: datetime) -> None:
    """It is out: forget its text. Right also where somebody else has taken it meanwhile."""
    message = session.get(Message, message_id, with_for_update=True)
    if message is not None:
        message.sent_at, message.given_up_at, message.text, message.problem = now, None, "", ""
        session.flush()


def note_failed(
    session: Session, message_id: int, *, attempt: int, problem: str, is_final: bool, now: datetime
) -> None:
    """It is not out: try again after a pause, each twice as long as the one before, and give up after some days.

    Nothing is noted where somebody else has tried it since (``attempt`` is an earlier one).
    """
    message = session.get(Message, message_id, with_for_update=True)
    if message is None or message.sent_at is not None or message.attempts != attempt:
        return
    message.problem = problem[:300]
    message.due_at = now + min(FIRST_PAUSE * 2 ** min(attempt - 1, 20), LONGEST_PAUSE)
    if is_final or now - message.created_at >= TRIED_FOR:
        _give_up(message, now, problem)
    session.flush()


def send_again(session: Session, message_id: int) -> Message:
    """Have a message tried at once. Raises ``MessageUnknown``, ``MessageGone``."""
    message = session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if message is None:
        raise MessageUnknown(f"There is no message with the number {message_id}.")
    if not message.text or (message.expires_at is not None and message.expires_at <= clock.now()):
        raise MessageGone
    message.given_up_at, message.due_at = None, clock.now()
    session.flush()
    return message


def call_back(session: Session, *, kind: str, recipient: str) -> None:
    """Take what has not gone out yet back: the link in it has been replaced or revoked."""
    session.execute(
        delete(Message).where(Message.kind == kind, Message.recipient == recipient, Message.sent_at.is_(None))
    )


def forget(session: Session, *, recipient: str) -> None:
    """Forget every message to this address; those that have not gone out do not."""
    session.execute(delete(Message).where(Message.recipient == recipient))


def remove_old(session: Session, *, now: datetime) -> None:
    """Forget to whom was written when, some months later."""
    ended = or_(Message.sent_at < now - KEPT_FOR, Message.given_up_at < now - KEPT_FOR)
    session.execute(delete(Message).where(ended))


def _give_up(message: Message, now: datetime, problem: str) -> None:
    message.given_up_at, message.problem = now, problem[:300]
    if message.expires_at is not None and message.expires_at <= now:
        message.text = ""
