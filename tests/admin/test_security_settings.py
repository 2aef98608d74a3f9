"""Settings that concern security and mail."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.audit.models import AuditEntry
from app.settings import get_settings
from tests.forms import field_errors, post_form, typed_fields, where_to

HERE = "/admin/settings/security"


@pytest.fixture
def admin(alice: Account, client_of: Callable[[Account], FlaskClient]) -> FlaskClient:
    return client_of(alice)


def test_they_are_kept_and_recorded(admin: FlaskClient, session: Session) -> None:
    answer = post_form(admin, HERE, {
        "allows_foreign_pictures": "", "security_contact": "sec@example.org", "mail_sender": " news@example.org ",
    })  # fmt: skip
    assert where_to(answer) == f"{HERE}?done=settings-saved"
    found = get_settings(session)
    assert (found.allows_foreign_pictures, found.security_contact) == (False, "mailto:sec@example.org")
    assert found.mail_sender == "news@example.org"
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.details is not None
    assert entry.details["changes"]["mail_sender"] == {"before": "", "after": "news@example.org"}  # type: ignore[index]
    session.rollback()
    assert typed_fields(admin.get(HERE))["security_contact"] == "mailto:sec@example.org"
    post_form(admin, HERE, {"mail_sender": ""})
    session.expire_all()
    assert (get_settings(session).mail_sender, get_settings(session).allows_foreign_pictures) == ("", False)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("security_contact", "somebody"), ("security_contact", "http://example.org"), ("security_contact", "a@b@c"),
        ("security_contact", "javascript:alert(1)"), ("security_contact", "https://example.org/\x7f a"),
        ("security_contact", "https://example.org\u2028Contact: x"), ("security_contact", "https://" + "x" * 300),
        ("mail_sender", "News <news@example.org>"), ("mail_sender", "a@example.org, b@example.org"),
        ("mail_sender", "news"), ("mail_sender", "news@exa mple.org"), ("mail_sender", "a@" + "x" * 300),
    ],
)  # fmt: skip
def test_bad_input_is_named_at_its_field(admin: FlaskClient, session: Session, field: str, typed: str) -> None:
    answer = post_form(admin, HERE, {field: typed})
    assert answer.status_code == 422
    assert field in field_errors(answer)
    assert getattr(get_settings(session), field) == ""


@pytest.mark.parametrize("contact", ["tel:+41-44-123-45-67", "https://example.org/security", "mailto:a@example.org"])
def test_other_contacts(admin: FlaskClient, session: Session, contact: str) -> None:
    assert post_form(admin, HERE, {"security_contact": contact}).status_code == 303
    assert get_settings(session).security_contact == contact
