"""Accepting an invitation with a passkey in place of a password."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from app import web
from app.accounts import inviting, passkeys
from app.accounts.ceremonies import CeremonyOver
from app.accounts.joining import LinkUseless
from app.accounts.passkeys import LONGEST_ANSWER, PasskeyRefused, PasskeyTaken
from app.accounts.registering import EmailTaken
from app.admin.fields import name_field
from app.admin.invitations import accept_page, come_in, guessed, over
from app.admin.passkey_asking import NO_ANSWER, get_site, put, take_back

bp = Blueprint("invitations_passkeys", __name__)
PURPOSE = "passkey-join"
_ANSWERED = [InputRequired(NO_ANSWER), Length(max=LONGEST_ANSWER, message=NO_ANSWER)]


class PasskeyForm(web.Form):
    read_only = frozenset({"id", "email", "role", "slug", "is_admin"})

    name = name_field("Your name")
    made = HiddenField("Passkey", _ANSWERED)
    used = HiddenField("Passkey", _ANSWERED)


@bp.post("/invitation/<token>/passkey/options")
@web.public
def ask(token: str) -> ResponseReturnValue:
    """What the browser needs to make the passkey of somebody who has no account yet, as JSON."""
    web.require_button()
    invitation = inviting.find_invitation(web.reader(), token)
    if invitation is None:
        return {"error": "over", "sentence": web.sentence(LinkUseless())}, 404
    handle = passkeys.make_handle()
    asked = passkeys.ask_to_make(get_site(), handle=handle, email=invitation.email, name="", is_alone=True)
    asked.kept.update(handle=handle, invitation=str(invitation.id))
    return put(asked, purpose=PURPOSE)


@bp.post("/invitation/<token>/passkey")
@web.public
def accept(token: str) -> ResponseReturnValue:
    invitation, form = inviting.find_invitation(web.reader(), token), PasskeyForm()
    if invitation is None:
        return guessed()
    if not form.validate_on_submit():
        return accept_page(invitation, passkey_form=form), form.refusal_status
    try:
        kept = take_back(PURPOSE)
        if kept["invitation"] != str(invitation.id):
            raise CeremonyOver
        made, used = form.made.data or "", form.used.data or ""
        new = passkeys.check_new(get_site(), kept=kept, made=made, used=used, is_alone=True)
        account = inviting.accept(web.writer(), token=token, name=form.name.data or "", password_hash=None)
        account.handle = kept["handle"]
        passkeys.keep(web.writer(), account.id, new=new, name="My passkey")
    except (LinkUseless, EmailTaken):
        return over()
    except (CeremonyOver, PasskeyRefused, PasskeyTaken) as refusal:
        form.refuse(refusal)
        return accept_page(invitation, passkey_form=form), 422
    come_in(account, means="passkey")
    return redirect(url_for("admin.factors.show", done="joined-by-passkey"), 303)
