"""The ways in that somebody has, in words; the authenticator app and the recovery codes."""

from urllib.parse import quote

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired

from app import clock, web
from app.accounts import authenticators, ceremonies, factor_changes, recovery
from app.accounts.authenticators import CodeWrong
from app.accounts.factor_changes import LastFactorDemanded
from app.accounts.factors import find_due, find_ways, get_standing
from app.accounts.models import Account
from app.admin.passkey_asking import find_site, where_passkeys_work
from app.admin.times import for_people
from app.login import current_token

bp = Blueprint("factors", __name__, url_prefix="/admin/profile/security")
NEW_APP = "totp-new"


class CodeForm(web.Form):
    code = StringField("The six digits that the app shows", [InputRequired("Please type the six digits.")])


@bp.get("")
@web.needs("profile.edit")
def show() -> ResponseReturnValue:
    return show_standing()


def show_standing(*, refusal: Exception | None = None, status: int = 200) -> ResponseReturnValue:
    """The page of all ways in, also with a refusal above them."""
    me = web.myself()
    page = render_template(
        "admin/factors/show.html",
        account=me,
        standing=get_standing(web.reader(), me),
        due_at=find_due(web.reader(), me),
        site=find_site(),
        elsewhere=where_passkeys_work(),
        refusal=web.sentence(refusal) if refusal else "",
    )
    return page, status


# The authenticator app


@bp.post("/authenticator")
@web.needs("profile.edit", fresh=True)
def begin_app() -> ResponseReturnValue:
    """Make a secret for an app. It counts once the app has shown a right code."""
    web.require_button()
    sealed = authenticators.seal(authenticators.make_secret(), secret_key=web.config().secret_key)
    token = ceremonies.begin(web.writer(), NEW_APP, account_id=web.myself().id, data={"sealed": sealed})
    web.writer().commit()
    session[NEW_APP] = token
    return redirect(url_for(".new_app"), 303)


@bp.get("/authenticator")
@web.needs("profile.edit", fresh=True)
def new_app() -> ResponseReturnValue:
    sealed = _find_sealed()
    return _app_page(sealed, CodeForm()) if sealed else redirect(url_for(".show", done="begun-is-over"), 303)


@bp.post("/authenticator/confirm")
@web.needs("profile.edit", fresh=True)
def confirm_app() -> ResponseReturnValue:
    sealed, form, me = _find_sealed(), CodeForm(), web.myself()
    if sealed is None:
        web.require_button()
        return redirect(url_for(".show", done="begun-is-over"), 303)
    if not form.validate_on_submit():
        return _app_page(sealed, form), form.refusal_status
    try:
        factor_changes.add_authenticator(
            web.writer(), me.id, sealed=sealed, code=form.code.data or "", secret_key=web.config().secret_key,
            token=current_token(),
        )  # fmt: skip
    except CodeWrong as refusal:
        form.refuse(refusal, "code")
        return _app_page(sealed, form), 422
    web.note("factor.add", kind="person", id=me.id, name=me.name, factor="authenticator app")
    session.pop(NEW_APP, None)
    return finish_adding("app-added")


@bp.post("/authenticator/remove")
@web.needs("profile.edit", fresh=True)
def remove_app() -> ResponseReturnValue:
    web.require_button()
    me = web.myself()
    try:
        was_there = factor_changes.remove_authenticator(web.writer(), me.id, token=current_token())
    except LastFactorDemanded as refusal:
        return show_standing(refusal=refusal, status=409)
    if was_there:
        web.note("factor.remove", kind="person", id=me.id, name=me.name, factor="authenticator app")
    web.writer().commit()
    return redirect(url_for(".show", done="app-removed"), 303)


def _find_sealed() -> str | None:
    """The secret of the app that is being set up in this browser."""
    begun = ceremonies.find_ceremony(web.reader(), str(session.get(NEW_APP, "")), purpose=NEW_APP)
    return begun.data["sealed"] if begun is not None and begun.account_id == web.myself().id else None


def _app_page(sealed: str, form: CodeForm) -> str:
    secret = authenticators.unseal(sealed, secret_key=web.config().secret_key) or ""
    address = authenticators.address_of(secret, email=web.myself().email or "", issuer=web.settings().name)
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return render_template(
        "admin/factors/authenticator.html", form=form, address=address, picture=authenticators.draw(address),
        secret=spaced,
    )  # fmt: skip


# Recovery codes


@bp.post("/recovery-codes")
@web.needs("profile.edit", fresh=True)
def make_codes() -> ResponseReturnValue:
    web.require_button()
    me = web.myself()
    if not find_ways(web.writer(), me):
        return redirect(url_for(".show", done="codes-need-a-factor"), 303)
    return _new_codes(me, "")


def finish_adding(done: str) -> ResponseReturnValue:
    """A factor was added: commit, and go back to the page; with the first one come its recovery codes."""
    me = web.myself()
    if recovery.count_codes(web.writer(), me.id):
        web.writer().commit()
        return redirect(url_for("admin.factors.show", done=done), 303)
    return _new_codes(me, done)


def _new_codes(me: Account, done: str) -> str:
    """Make ten, commit, and show them: this once, as only their hashes are kept."""
    codes = recovery.make_codes(web.writer(), me.id)
    web.note("factor.codes", kind="person", id=me.id, name=me.name, made=len(codes))
    web.writer().commit()
    made = for_people(clock.now(), web.settings().zone)
    lines = [f"Recovery codes for {web.settings().name} ({web.address()})", f"{me.email}, made {made}", "", *codes, ""]
    text = "\r\n".join([*lines, "Each works once, in place of the second step.", ""])
    file = f"data:text/plain;charset=utf-8,{quote(text)}"
    return render_template("admin/factors/codes.html", codes=codes, file=file, done_code=done)
