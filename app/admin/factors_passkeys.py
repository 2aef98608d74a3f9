"""Somebody's own passkeys: add one, name it, take it away."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from app import web
from app.accounts import factor_changes, passkeys
from app.accounts.ceremonies import CeremonyOver
from app.accounts.factor_changes import LastFactorDemanded, LastWayIn
from app.accounts.models import Account
from app.accounts.passkeys import (
    LONGEST_ANSWER,
    NAME_LENGTH,
    PasskeyGone,
    PasskeyNameUnfit,
    PasskeyRefused,
    PasskeyTaken,
)
from app.admin.factors import finish_adding, show_standing
from app.admin.passkey_asking import NO_ANSWER, get_site, put, take_back
from app.login import current_token

bp = Blueprint("factors_passkeys", __name__, url_prefix="/admin/profile/security/passkeys")
PURPOSE = "passkey-new"
_ANSWERED = [InputRequired(NO_ANSWER), Length(max=LONGEST_ANSWER, message=NO_ANSWER)]


class NameForm(web.Form):
    name = StringField("Name", [web.checked_by(passkeys.check_name, PasskeyNameUnfit)])


class NewPasskeyForm(NameForm):
    made = HiddenField("Passkey", _ANSWERED)
    used = HiddenField("Passkey", _ANSWERED)


@bp.get("/new")
@web.needs("profile.edit", fresh=True)
def new() -> ResponseReturnValue:
    get_site()
    count = len(passkeys.list_passkeys(web.reader(), web.myself().id))
    return _new_page(NewPasskeyForm(data={"name": f"My passkey {count + 1}" if count else "My passkey"}))


@bp.post("/options")
@web.needs("profile.edit", fresh=True)
def ask() -> ResponseReturnValue:
    """What the browser needs to make a passkey, as JSON."""
    web.require_button()
    site, me = get_site(), web.writer().get_one(Account, web.myself().id)
    me.handle = me.handle or passkeys.make_handle()
    known = passkeys.list_passkeys(web.writer(), me.id)
    asked = passkeys.ask_to_make(site, handle=me.handle, email=me.email or "", name=me.name, known=known)
    return put(asked, purpose=PURPOSE, account_id=me.id)


@bp.post("")
@web.needs("profile.edit", fresh=True)
def add() -> ResponseReturnValue:
    form, me = NewPasskeyForm(), web.myself()
    if not form.validate_on_submit():
        return _new_page(form), form.refusal_status
    try:
        kept = take_back(PURPOSE, account_id=me.id)
        new = passkeys.check_new(get_site(), kept=kept, made=form.made.data or "", used=form.used.data or "")
        made = factor_changes.add_passkey(
            web.writer(), me.id, new=new, name=form.name.data or "", token=current_token()
        )
    except (CeremonyOver, PasskeyRefused, PasskeyTaken) as refusal:
        web.writer().commit()  # the challenge is used up all the same
        form.refuse(refusal)
        return _new_page(form), 422
    web.note("factor.add", kind="person", id=me.id, name=me.name, factor="passkey", called=made.name)
    return finish_adding("passkey-added")


@bp.post("/<int:passkey_id>")
@web.needs("profile.edit", fresh=True)
def rename(passkey_id: int) -> ResponseReturnValue:
    form = NameForm()
    if not form.validate_on_submit():
        refused = PasskeyNameUnfit() if form.name.errors else None
        return abort(400, description="expired-form") if refused is None else show_standing(refusal=refused, status=422)
    try:
        passkeys.rename(web.writer(), web.myself().id, passkey_id=passkey_id, name=form.name.data or "")
    except PasskeyGone:
        abort(404)
    web.writer().commit()
    return redirect(url_for("admin.factors.show", done="passkey-renamed"), 303)


@bp.post("/<int:passkey_id>/remove")
@web.needs("profile.edit", fresh=True)
def remove(passkey_id: int) -> ResponseReturnValue:
    web.require_button()
    me = web.myself()
    try:
        called = factor_changes.remove_passkey(web.writer(), me.id, passkey_id=passkey_id, token=current_token())
    except PasskeyGone:
        abort(404)
    except (LastFactorDemanded, LastWayIn) as refusal:
        return show_standing(refusal=refusal, status=409)
    web.note("factor.remove", kind="person", id=me.id, name=me.name, factor="passkey", called=called)
    web.writer().commit()
    return redirect(url_for("admin.factors.show", done="passkey-removed"), 303)


def _new_page(form: NewPasskeyForm) -> str:
    return render_template("admin/factors_passkeys/new.html", form=form, longest=NAME_LENGTH)
