"""S28: nothing that somebody typed adds a line or a reader to a mail."""

from collections.abc import Callable
from email import message_from_bytes, policy

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import mail
from app.accounts.models import Account
from app.mail import Message
from app.mail_sending import Letter
from tests.forms import post_form

ADDRESSES = [
    "eve@example.org\r\nBcc: all@example.org", "eve@example.org\nSubject: x", "eve@example.org, all@example.org",
    "eve@example.org;all@example.org", "<eve@example.org>", "Eve <eve@example.org>", "eve@example.org\x00",
    "eve@a@b.example",
    "\"eve\r\n\"@example.org", "-oQ/tmp -X/tmp/x@example.org", "eve@example.org%0aBcc:x@example.org b",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_with_more_in_it_is_none(
    session: Session, alice: Account, client_of: Callable[[Account], FlaskClient], address: str
) -> None:
    fields = {"name": "Eve", "email": address, "role": "author"}
    answer = post_form(client_of(alice), "/admin/people", fields)
    if answer.status_code < 400:  # what is left of it once control characters are gone is an address
        kept = session.scalars(select(Account.email).where(Account.name == "Eve")).one()
        assert kept is not None and not set(kept) & set("\r\n\0 ,;<>")
    with pytest.raises(ValueError):
        mail.post(session, kind="reset", recipient=address, subject="x", text="x")
    session.rollback()
    assert not [to for to in session.scalars(select(Message.recipient)) if set(to) & set("\r\n ,;<>")]
    session.rollback()


def test_no_line_is_added_by_a_subject(session: Session) -> None:
    hostile = "Hello\r\nBcc: all@example.org\r\n\r\n<html>"
    message = mail.post(session, kind="invitation", recipient="eve@example.org", subject=hostile, text=hostile)
    letter = Letter(
        number=message.id, kind=message.kind, sender="noreply@example.org", sender_name="Typecase",
        recipient=message.recipient, subject=message.subject, text=message.text, written_at=message.created_at,
        site_host="example.org",
    )  # fmt: skip
    session.commit()
    read = message_from_bytes(letter.as_mail().as_bytes(), policy=policy.default)
    assert read["Bcc"] is None and read["To"] == "eve@example.org"
    assert "\n" not in read["Subject"] and [str(to.addr_spec) for to in read["From"].addresses] == [
        "noreply@example.org"
    ]
