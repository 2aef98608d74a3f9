"""Step-up: what is dangerous asks who one is, unless that was proved within the last ten minutes.

A form that was sent too late is kept through the proof and offered again, as through the sign-in page.
"""

from flask import Blueprint, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired

from app import web
from app.accounts.limiting import TooManyTries, succeeded
from app.accounts.passwords import verify
from app.accounts.signing_in import note_proved
from app.admin.keeping import find_kept, keep
from app.login import current_token

bp = Blueprint("proving", __name__, url_prefix="/admin/prove")
HOME = "/admin/"


@bp.record
def _furnish(state: BlueprintSetupState) -> None:
    state.app.extensions["typecase.keep_and_prove"] = keep_and_prove


class ProofForm(web.Form):
    password = PasswordField("Your password", [InputRequired("Please give your password.")])
    next = HiddenField()
    kept = HiddenField()


@bp.get("")
@web.needs("profile.edit")
def ask() -> ResponseReturnValue:
    return _page(ProofForm(data={"next": web.safe_next(request.args.get("next"), default=HOME)}))


@bp.post("")
@web.needs("profile.edit")
def prove() -> ResponseReturnValue:
    form = ProofForm()
    if not form.validate_on_submit():
        return _page(form, form.refusal_status)
    me = web.myself()
    try:
        attempt = web.take_try("prove", account=me.id)
    except TooManyTries as refusal:
        form.refuse(refusal)
        return *_page(form, 429), {"Retry-After": str(refusal.retry_after)}
    if not verify(me.password_hash, form.password.data or ""):
        form.password.errors = ["This is not your password."]
        return _page(form, 422)
    succeeded(web.writer(), attempt)
    return proved(next_page=form.next.data, kept=form.kept.data)


def proved(*, next_page: str | None, kept: str | None) -> ResponseReturnValue:
    """Note a proof, whichever it was, commit, and go on: to the form that was kept, or to the page asked for."""
    note_proved(web.writer(), current_token())
    web.writer().commit()
    form = find_kept(kept)
    if form is not None:
        return render_template("admin/entrance/send_again.html", kept=form, was_proved=True)
    return redirect(web.safe_next(next_page, default=HOME), 303)


def keep_and_prove() -> ResponseReturnValue:
    """The answer to a dangerous form that was sent without a recent proof: prove who you are, and send it again."""
    page, _ = _page(ProofForm(formdata=None, data={"next": HOME, "kept": keep()}), was_sent=True)
    return page, 403


def _page(form: ProofForm, status: int = 200, *, was_sent: bool = False) -> tuple[str, int]:
    page = render_template("admin/proving/ask.html", form=form, was_sent=was_sent, has_kept=bool(form.kept.data))
    return page, status
