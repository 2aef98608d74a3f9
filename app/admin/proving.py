"""Step-up: what is dangerous asks who one is, unless that was proved within the last ten minutes.

A form that was sent too late is kept through the proof and offered again, as through the sign-in page.
"""

from flask import Blueprint, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired

from app import web
from app.accounts.factors import find_ways
from app.accounts.limiting import TooManyTries, succeeded
from app.accounts.passwords import PasswordWrong, verify
from app.accounts.signing_in import note_proved
from app.admin.keeping import find_kept, keep
from app.admin.passkey_asking import find_site
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


class CodeForm(web.Form):
    code = StringField("The six digits that your app shows", [InputRequired("Please type the six digits.")])
    next = HiddenField()
    kept = HiddenField()


@bp.get("")
@web.needs("profile.edit")
def ask() -> ResponseReturnValue:
    return proof_page(ProofForm(data={"next": web.safe_next(request.args.get("next"), default=HOME)}))


@bp.post("")
@web.needs("profile.edit")
def prove() -> ResponseReturnValue:
    form = ProofForm()
    if not form.validate_on_submit():
        return proof_page(form, form.refusal_status)
    me = web.myself()
    try:
        attempt = web.take_try("prove", account=me.id)
    except TooManyTries as refusal:
        form.refuse(refusal)
        return *proof_page(form, 429), {"Retry-After": str(refusal.retry_after)}
    if not verify(me.password_hash, form.password.data or ""):
        form.refuse(PasswordWrong(), "password")
        return proof_page(form, 422)
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
    page, _ = proof_page(ProofForm(formdata=None, data={"next": HOME, "kept": keep()}), was_sent=True)
    return page, 403


def proof_page(form: web.Form, status: int = 200, *, was_sent: bool = False) -> tuple[str, int]:
    """All ways by which this person can prove who they are; ``form`` is one of them, perhaps refused."""
    carried = {"next": form.next.data, "kept": form.kept.data}
    page = render_template(
        "admin/proving/ask.html",
        form=form,
        password_form=form if isinstance(form, ProofForm) else ProofForm(formdata=None, data=carried),
        code_form=form if isinstance(form, CodeForm) else CodeForm(formdata=None, data=carried),
        ways=find_ways(web.reader(), web.myself()),
        site=find_site(),
        was_sent=was_sent,
        has_kept=bool(form.kept.data),
    )
    return page, status
