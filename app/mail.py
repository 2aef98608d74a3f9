"""Mail: a message is a row in the outbox, written in the same commit as what it tells of.

A thread sends it (``mail_courier``). Whoever sends takes the message first, in a short transaction that moves its
``due_at`` on; if it dies then, another one takes it after a while. So a message may come twice, never not at all.
"""

import re
from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Base, Moment
from app.text import clean_block, clean_line, shorten

SUBJECT_LENGTH = 300
POSTED = "mail posted"
"""In the ``info`` of a session that has posted something: what is told of commits can look at it."""
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


def post(
    session: Session, *, kind: str, recipient: str, subject: str, text: str, expires_at: datetime | None = None
) -> Message:
    """Put a message into the outbox; it goes out after the commit. ``text`` is plain, its lines are kept.

    The subject becomes one line. Raises ``ValueError`` for a recipient that is no single address: nothing that
    somebody typed may add a line or a reader to a message. ``expires_at``: when the link in it stops working.
    """
    if not _RECIPIENT.fullmatch(recipient):
        raise ValueError(f"not one mail address: {recipient!r}")
    subject = shorten(clean_line(subject), SUBJECT_LENGTH)
    message = Message(
        kind=kind, recipient=recipient, subject=subject, text=clean_block(text).strip() + "\n", expires_at=expires_at
    )
    session.add(message)
    session.flush()
    session.info[POSTED] = True
    return message
