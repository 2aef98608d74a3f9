"""Mail as admins see it: what failed and why, and sending it again."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import mail
from app.accounts.models import Account
from app.config import Config
from tests.forms import page, post_form, text_of, where_to

ClientOf = Callable[[Account], FlaskClient]


def test_what_failed_is_said_and_sent_again(
    app: Flask, config: Config, session: Session, alice: Account, client_of: ClientOf
) -> None:
    mail.post(session, kind="invitation", recipient="new@example.org", subject="S", text="https://x/a-secret")
    session.commit()
    config.outbox_dir.write_text("a file where the folder should be")
    courier = app.extensions["typecase.courier"]
    assert courier.deliver()
    admin = client_of(alice)
    assert "1 message could not be sent" in text_of(admin.get("/admin/people"))
    shown = admin.get("/admin/mail?show=failed")
    assert "cannot be written" in text_of(shown)
    assert "a-secret" not in shown.get_data(as_text=True)
    config.outbox_dir.unlink()
    assert not courier.deliver(), "the pause is not over"
    (action,) = page(shown).xpath("//form[contains(@action, '/send')]/@action")
    answer = post_form(admin, action)
    assert where_to(answer) == "/admin/mail?done=mail-again"
    assert courier.deliver()
    assert "Nothing has failed" in text_of(admin.get("/admin/mail?show=failed"))
    answer = post_form(admin, action)
    assert "cannot be sent again" in text_of(admin.get(where_to(answer)))
    assert post_form(admin, "/admin/mail/77/send").status_code == 404


def test_others_do_not_see_it(bob: Account, client_of: ClientOf) -> None:
    assert client_of(bob).get("/admin/mail").status_code == 403


def test_an_empty_outbox_says_what_comes(alice: Account, client_of: ClientOf) -> None:
    assert "invite somebody" in text_of(client_of(alice).get("/admin/mail"))
