"""Signing in with a passkey, and the second step after a password."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired

from app import login as our_login
from app import web
from app.accounts import authenticators, ceremonies, passkeys, recovery
from app.accounts.authenticators import CodeWrong
from app.accounts.ceremonies import CeremonyOver
from app.accounts.factors import find_ways
from app.accounts.limiting import TooManyTries, succeeded
from app.accounts.models import Account
from app.accounts.passkeys import PasskeyRefused
from app.accounts.recovery import RecoveryCodeWrong
from app.accounts.signing_in import SECOND_STEP, begin_second_step
from app.admin.keeping import find_kept
from app.admin.passkey_asking import PasskeyForm, find_site, get_site, put, take_back

bp = Blueprint("factors_entrance", __name__)
HOME = "/admin/"
FIRST, SECOND = "passkey-sign-in", "passkey-second"


class CodeForm(web.Form):
    """Six digits of an app, or a recovery code: ``way`` says which."""

    code = StringField("Code", [InputRequired("Please type the code.")])
    way = HiddenField()
    next = HiddenField()
    kept = HiddenField()


# A passkey and nothing else


@bp.post("/login/passkey/options")
@web.public
def ask() -> ResponseReturnValue:
    """What the browser needs to sign in with whichever passkey it has for this site, as JSON."""
    web.require_button()
    return put(passkeys.ask_to_use(get_site(), must_verify=True), purpose=FIRST)


@bp.post("/login/passkey")
@web.public
def enter() -> ResponseReturnValue:
    form = PasskeyForm()
    if not form.validate_on_submit():
        return _passkey_page(form, form.refusal_status)
    try:
        challenge = take_back(FIRST)["challenge"]
        used = form.used.data or ""
        passkey = passkeys.use(web.writer(), get_site(), challenge=challenge, used=used, must_verify=True)
        account = web.writer().get_one(Account, passkey.account_id)
        if not account.is_active or account.email is None:
            raise PasskeyRefused
    except (CeremonyOver, PasskeyRefused) as refusal:
        return _refuse(form, refusal)
    return come_in(account, means="passkey", target=form.next.data, kept=form.kept.data)


def _refuse(form: PasskeyForm, refusal: Exception) -> ResponseReturnValue:
    web.writer().commit()  # the challenge is used up all the same
    web.note_apart("session.refused", means="passkey")
    form.refuse(refusal)
    return _passkey_page(form, 401)


def _passkey_page(form: PasskeyForm, status: int) -> ResponseReturnValue:
    """What became of a passkey that did not open: why, the button once more, and the way to the password."""
    return render_template("admin/factors_entrance/passkey.html", form=form, site=find_site()), status


def go_on(account: Account, *, means: str, target: str | None = None, kept: str | None = None) -> ResponseReturnValue:
    """After a password or a link: the second step if this person has one, else they are in. Commits."""
    if not find_ways(web.writer(), account):
        return come_in(account, means=means, target=target, kept=kept)
    token = begin_second_step(web.writer(), account)
    web.writer().commit()
    our_login.keep_step(token)
    target = web.safe_next(target, default=HOME)
    if kept:  # carried in the page itself: it is too long for an address
        return _second_page(account, {"next": target, "kept": kept})
    return redirect(url_for("admin.factors_entrance.second", next=target), 303)


def come_in(account: Account, *, means: str, target: str | None, kept: str | None) -> ResponseReturnValue:
    """Open a session, commit, and go on where they were: to the form that was kept, or the page they asked for."""
    token = our_login.open_here(account, means=means)
    web.writer().commit()
    our_login.admit(token)
    form = find_kept(kept)
    if form is not None:
        return render_template("admin/entrance/send_again.html", kept=form)
    if means == "password+recovery":
        return redirect(url_for("admin.factors.show", done="came-by-recovery"), 303)
    return redirect(web.safe_next(target, default=HOME), 303)


# The second step after a password


@bp.get("/login/second")
@web.public
def second() -> ResponseReturnValue:
    account = _find_half_in()
    if account is None:
        return _over()
    return _second_page(account, {"next": web.safe_next(request.args.get("next"), default=HOME)})


@bp.post("/login/second")
@web.public
def check_code() -> ResponseReturnValue:
    """Six digits of the app, or a recovery code."""
    form, account = CodeForm(), _find_half_in()
    if account is None:
        return _over()
    if not form.validate_on_submit():
        return _second_page(account, form.data, refused=form, status=form.refusal_status)
    way = "recovery" if form.way.data == "recovery" else "totp"
    try:
        attempt = web.take_try(way, account=account.id)
        ceremonies.try_to_end(web.writer(), our_login.step_token(), purpose=SECOND_STEP)
        _use_code(account.id, way, form.code.data or "")
    except CeremonyOver:
        return _over()
    except TooManyTries as refusal:
        form.refuse(refusal)
        page = _second_page(account, form.data, refused=form, status=429)
        return *page, {"Retry-After": str(refusal.retry_after)}
    except (CodeWrong, RecoveryCodeWrong) as refusal:
        return _refuse_second(account, form, refusal, way=way)
    succeeded(web.writer(), attempt)
    return _end_second(account.id, means=f"password+{way}", form=form)


@bp.post("/login/second/passkey/options")
@web.public
def ask_second() -> ResponseReturnValue:
    """What the browser needs to use one of this person's passkeys, as JSON."""
    web.require_button()
    account = _find_half_in()
    if account is None:
        return {"error": "over", "sentence": web.sentence(CeremonyOver())}, 404
    known = passkeys.list_passkeys(web.writer(), account.id)
    return put(passkeys.ask_to_use(get_site(), known=known), purpose=SECOND, account_id=account.id)


@bp.post("/login/second/passkey")
@web.public
def check_passkey() -> ResponseReturnValue:
    form, account = PasskeyForm(), _find_half_in()
    if account is None:
        return _over()
    if not form.validate_on_submit():
        return _second_page(account, form.data, refused=form, status=form.refusal_status)
    try:
        ceremonies.try_to_end(web.writer(), our_login.step_token(), purpose=SECOND_STEP)
        challenge = take_back(SECOND, account_id=account.id)["challenge"]
        passkeys.use(
            web.writer(), get_site(), challenge=challenge, used=form.used.data or "", account_id=account.id,
            must_verify=False,
        )  # fmt: skip
    except CeremonyOver:
        return _over()
    except PasskeyRefused as refusal:
        return _refuse_second(account, form, refusal, way="passkey")
    return _end_second(account.id, means="password+passkey", form=form)


def _use_code(account_id: int, way: str, code: str) -> None:
    if way == "recovery":
        recovery.use_code(web.writer(), account_id, code=code)
    else:
        authenticators.use_code(web.writer(), account_id, code=code, secret_key=web.config().secret_key)


def _end_second(account_id: int, *, means: str, form: web.Form) -> ResponseReturnValue:
    """The second step was right: use the ceremony up, so that no other request comes in by it, and come in."""
    try:
        ceremonies.use_up(web.writer(), our_login.step_token(), purpose=SECOND_STEP)
    except CeremonyOver:
        return _over()
    account = web.writer().get_one(Account, account_id, with_for_update=True)
    if not account.is_active:
        return _over()
    return come_in(account, means=means, target=form.next.data, kept=form.kept.data)


def _find_half_in() -> Account | None:
    """Who has given the right password in this browser and not yet the second step."""
    begun = ceremonies.find_ceremony(web.reader(), our_login.step_token(), purpose=SECOND_STEP)
    return begun.account if begun is not None and begun.account is not None and begun.account.is_active else None


def _refuse_second(account: Account, form: web.Form, refusal: Exception, *, way: str) -> ResponseReturnValue:
    web.writer().commit()  # a try was spent
    web.note_apart("session.refused", kind="person", id=account.id, name=account.name, means=f"password+{way}")
    form.refuse(refusal, "code" if "code" in form else "")
    web.reader().rollback()  # what it saw is older than the try
    if _find_half_in() is None:
        return _over()
    return _second_page(account, form.data, refused=form, status=422)


def _second_page(
    account: Account, carried: dict[str, str], *, refused: web.Form | None = None, status: int = 200
) -> tuple[str, int]:
    page = render_template(
        "admin/factors_entrance/second.html",
        ways=find_ways(web.reader(), account),
        site=find_site(),
        form=refused,
        way="recovery" if carried.get("way") == "recovery" else "",
        next=carried.get("next") or HOME,
        kept=carried.get("kept") or "",
    )
    return page, status


def _over() -> ResponseReturnValue:
    """There is nothing under way in this browser (any more): begin again with the password."""
    return render_template("admin/factors_entrance/over.html"), 404
