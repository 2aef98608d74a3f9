"""Proving who one is by a passkey or the app's code: the other ways at /admin/prove, beside the password."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app import web
from app.accounts import authenticators, passkeys
from app.accounts.authenticators import CodeWrong
from app.accounts.ceremonies import CeremonyOver
from app.accounts.limiting import TooManyTries, succeeded
from app.accounts.passkeys import PasskeyRefused
from app.admin.passkey_asking import PasskeyForm, get_site, put, take_back
from app.admin.proving import CodeForm, proof_page, proved

bp = Blueprint("factors_proving", __name__, url_prefix="/admin/prove")
PURPOSE = "prove"


@bp.post("/code")
@web.needs("profile.edit")
def prove_by_code() -> ResponseReturnValue:
    form, me = CodeForm(), web.myself()
    if not form.validate_on_submit():
        return proof_page(form, form.refusal_status)
    try:
        attempt = web.take_try("totp", account=me.id)
    except TooManyTries as refusal:
        form.refuse(refusal, "code")
        return *proof_page(form, 429), {"Retry-After": str(refusal.retry_after)}
    try:
        authenticators.use_code(web.writer(), me.id, code=form.code.data or "", secret_key=web.config().secret_key)
    except CodeWrong as refusal:
        form.refuse(refusal, "code")
        return proof_page(form, 422)
    succeeded(web.writer(), attempt)
    return proved(next_page=form.next.data, kept=form.kept.data)


@bp.post("/passkey/options")
@web.needs("profile.edit")
def ask() -> ResponseReturnValue:
    """What the browser needs to use one of this person's passkeys, as JSON."""
    web.require_button()
    known = passkeys.list_passkeys(web.writer(), web.myself().id)
    return put(passkeys.ask_to_use(get_site(), known=known), purpose=PURPOSE, account_id=web.myself().id)


@bp.post("/passkey")
@web.needs("profile.edit")
def prove_by_passkey() -> ResponseReturnValue:
    form, me = PasskeyForm(), web.myself()
    if not form.validate_on_submit():
        return proof_page(form, form.refusal_status)
    try:
        challenge = take_back(PURPOSE, account_id=me.id)["challenge"]
        used = form.used.data or ""
        passkeys.use(web.writer(), get_site(), challenge=challenge, used=used, account_id=me.id, must_verify=False)
    except (CeremonyOver, PasskeyRefused) as refusal:
        web.writer().commit()  # the challenge is used up all the same
        form.refuse(refusal)
        return proof_page(form, 422)
    return proved(next_page=form.next.data, kept=form.kept.data)
