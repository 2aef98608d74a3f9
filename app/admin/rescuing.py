"""The way in for somebody who is locked out: a link that whoever runs the server made for them."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, PasswordField
from wtforms.validators import InputRequired

from app import letters, web
from app import login as our_login
from app.accounts.factors import find_ways
from app.accounts.joining import LinkUseless
from app.accounts.models import Account
from app.accounts.passwords import hash_password
from app.accounts.rescuing import find_rescued, rescue
from app.admin.fields import check_new_password
from app.audit.recording import record

bp = Blueprint("rescuing", __name__)


class RescueForm(web.Form):
    read_only = frozenset({"id", "name", "role", "slug", "email"})

    password = PasswordField("A new password")
    confirmed = BooleanField(
        "Remove them, and sign me out everywhere else", [InputRequired("Please tick this if you want to go on.")]
    )

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account

    def validate_password(self, field: Any) -> None:
        if field.data or self.account.password_hash is None:
            check_new_password(field, name=self.account.name, email=self.account.email or "")


@bp.get("/rescue/<token>")
@web.public
def ask(token: str) -> ResponseReturnValue:
    account = find_rescued(web.reader(), token)
    if account is None:
        return _over()
    return _page(RescueForm(account), token)


@bp.post("/rescue/<token>")
@web.public
def come_in(token: str) -> ResponseReturnValue:
    account = find_rescued(web.reader(), token)
    if account is None:
        return _over()
    form = RescueForm(account)
    if not form.validate_on_submit():
        return _page(form, token), form.refusal_status
    typed = form.password.data
    password_hash = hash_password(typed) if typed else None
    secret = web.config().secret_key
    try:
        rescued, ways = rescue(web.writer(), token=token, password_hash=password_hash, secret=secret)
    except LinkUseless:
        return _over()
    _tell(rescued, ways, has_new_password=password_hash is not None)
    session_token = our_login.open_here(rescued, means="link")
    web.writer().commit()
    our_login.admit(session_token)
    return redirect(url_for("admin.factors.show", done="rescued"), 303)


def _tell(account: Account, ways: list[str], *, has_new_password: bool) -> None:
    """In the audit log and to the account's address, in the same commit."""
    record(
        web.writer(), "person.rescue", actor_id=account.id, actor=account.name, network=web.network(),
        subject_kind="account", subject_id=account.id, subject=account.name,
        details={"removed": ways, "new_password": has_new_password},
    )  # fmt: skip
    letters.post_rescued(web.writer(), account, made=False)


def _page(form: RescueForm, token: str) -> str:
    ways = find_ways(web.reader(), form.account)
    if not ways:
        form.confirmed.label.text = "Sign me out everywhere else"
    return render_template("admin/rescuing/ask.html", form=form, account=form.account, ways=ways, link_token=token)


def _over() -> tuple[str, int]:
    web.take_try("reset")
    return render_template("admin/rescuing/over.html"), 404
