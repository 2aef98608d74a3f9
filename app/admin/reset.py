"""A forgotten password: asking for a link by mail, and choosing another one with it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField
from wtforms.validators import InputRequired

from app import letters, web
from app import login as our_login
from app.accounts import resetting
from app.accounts.joining import LinkUseless
from app.accounts.models import Account
from app.accounts.passwords import hash_password
from app.admin.fields import check_new_password, new_password_field
from app.audit.recording import record

bp = Blueprint("reset", __name__)


class ForgottenForm(web.Form):
    email = EmailField("E-mail address", [InputRequired("Please give your e-mail address.")])


class ResetForm(web.Form):
    read_only = frozenset({"id", "name", "role", "slug", "email"})

    password = new_password_field("A new password")

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account

    def validate_password(self, field: Any) -> None:
        check_new_password(field, name=self.account.name, email=self.account.email or "")


@bp.get("/login/forgotten")
@web.public
def forgotten() -> str:
    return render_template("admin/reset/forgotten.html", form=ForgottenForm(formdata=None))


@bp.post("/login/forgotten")
@web.public
def ask() -> ResponseReturnValue:
    """The answer is the same for every address, and says so: nobody learns who has an account."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("admin/reset/forgotten.html", form=form), form.refusal_status
    web.take_try("reset", account=form.email.data or "")
    _send(form.email.data or "")
    web.writer().commit()
    return redirect(url_for(".asked"), 303)


@bp.get("/login/forgotten/asked")
@web.public
def asked() -> str:
    return render_template("admin/reset/asked.html", is_mailed=letters.is_mailed())


@bp.get("/reset/<token>")
@web.public
def choose(token: str) -> ResponseReturnValue:
    account = resetting.find_forgetful(web.reader(), token)
    if account is None:
        web.take_try("reset")
        return _over()
    return _page(ResetForm(account))


@bp.post("/reset/<token>")
@web.public
def change(token: str) -> ResponseReturnValue:
    account = resetting.find_forgetful(web.reader(), token)
    if account is None:
        web.take_try("reset")
        return _over()
    form = ResetForm(account)
    if not form.validate_on_submit():
        return _page(form), form.refusal_status
    password_hash = hash_password(form.password.data or "")
    try:
        changed = resetting.reset(web.writer(), token=token, password_hash=password_hash)
    except LinkUseless:
        return _over()
    _note("password.change", changed, by="reset")
    letters.post_password_changed(web.writer(), changed)
    web.writer().commit()
    our_login.dismiss()
    return redirect(url_for("admin.entrance.login", done="password-reset"), 303)


def _send(email: str) -> None:
    """The same work for every address, and a row that stays in either case."""
    found = resetting.ask(web.writer(), email=email)
    if found is not None:
        letters.post_reset(web.writer(), found[0], token=found[1])
    _note("reset.ask", found[0] if found else None)


def _note(action: str, account: Account | None, **details: object) -> None:
    """Have it in the audit log without an actor: whoever has the link is not known to be them."""
    known: dict[str, Any] = {"subject_id": account.id, "subject": account.name} if account else {}
    record(web.writer(), action, network=web.network(), subject_kind="person", **known, details=details)


def _page(form: ResetForm) -> str:
    return render_template("admin/reset/choose.html", form=form, account=form.account, action=request.path)


def _over() -> tuple[str, int]:
    return render_template("admin/reset/over.html"), 404
