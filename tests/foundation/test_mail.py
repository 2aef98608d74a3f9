"""The outbox: what is put in, and what cannot be."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import mail


def test_a_message_waits_in_the_outbox(session: Session) -> None:
    mail.post(session, kind="reset", recipient="ada@example.org", subject="A new\r\npassword", text="One\r\ntwo\n\n")
    session.commit()
    kept = session.scalars(select(mail.Message)).one()
    assert (kept.recipient, kept.subject, kept.text) == ("ada@example.org", "A new password", "One\ntwo\n")
    assert kept.sent_at is None and kept.attempts == 0


@pytest.mark.parametrize(
    "recipient",
    [
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org,eve@example.org",
        "ada@example.org eve@example.org",
        "Ada <ada@example.org>",
        "ada@example.org\x00",
        "ada",
        "",
    ],
)
def test_a_recipient_is_one_address_and_nothing_else(session: Session, recipient: str) -> None:
    with pytest.raises(ValueError, match="address"):
        mail.post(session, kind="reset", recipient=recipient, subject="Hello", text="Hello")
