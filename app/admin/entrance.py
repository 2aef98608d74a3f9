"""The way in and out: set-up of the site, sign in, sign out, first password."""

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired

from app import login as our_login
from app import web
from app.accounts.joining import LinkUseless, find_welcomed, is_setup_link, set_up, welcome
from app.accounts.limiting import TooManyTries, succeeded
from app.accounts.models import Account
from app.accounts.passwords import hash_password
from app.accounts.reading import find_account_by_email, has_admin
from app.accounts.registering import EmailTaken
from app.accounts.signing_in import SignInRefused, authenticate, end_session, settle
from app.admin.factors_entrance import come_in, go_on
from app.admin.fields import check_new_password, email_field, name_field, new_password_field
from app.admin.keeping import keep
from app.admin.passkey_asking import find_site

bp = Blueprint("entrance", __name__)
HOME = "/admin/"


@bp.record
def _furnish(state: BlueprintSetupState) -> None:
    state.app.extensions["typecase.keep_and_sign_in"] = keep_and_sign_in


class LoginForm(web.Form):
    email = EmailField("E-mail address", [InputRequired("Please give your e-mail address.")])
    password = PasswordField("Password", [InputRequired("Please give your password.")])
    next = HiddenField()
    kept = HiddenField()


class SetupForm(web.Form):
    read_only = frozenset({"id", "role", "slug"})

    name = name_field("Your name")
    email = email_field("Your e-mail address")
    password = new_password_field("A password")

    def validate_password(self, field: Any) -> None:
        check_new_password(field, name=self.name.data or "", email=self.email.data or "")


class WelcomeForm(web.Form):
    read_only = frozenset({"id", "name", "role", "slug", "email"})

    password = new_password_field("A password")

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account

    def validate_password(self, field: Any) -> None:
        check_new_password(field, name=self.account.name, email=self.account.email or "")


# Signing in and out


@bp.get("/login")
@web.public
def login() -> ResponseReturnValue:
    target = web.safe_next(request.args.get("next"), default=HOME)
    if web.me() is not None:
        return redirect(target, 303)
    return _login_page(LoginForm(data={"next": target}))


@bp.post("/login")
@web.public
def enter() -> ResponseReturnValue:
    form = LoginForm()
    if not form.validate_on_submit():
        return _login_page(form, form.refusal_status)
    try:
        attempt = web.take_try("password", account=form.email.data)
        recognised = authenticate(web.reader(), email=form.email.data or "", password=form.password.data or "")
        account = settle(web.writer(), recognised)
    except SignInRefused as refusal:
        form.refuse(refusal)
        _note_refused(form.email.data or "")
        return _login_page(form, 401)
    except TooManyTries as refusal:
        form.refuse(refusal)
        return _too_many(form, refusal)
    succeeded(web.writer(), attempt)
    return go_on(account, means="password", target=form.next.data, kept=form.kept.data)


def _note_refused(email: str) -> None:
    """In the audit log: whose password was tried in vain. What was typed for nobody's address may be a secret."""
    tried = find_account_by_email(web.reader(), email)
    known = (tried.id, tried.name) if tried is not None else (None, "")
    web.note_apart("session.refused", kind="account", id=known[0], name=known[1], means="password")


def keep_and_sign_in() -> ResponseReturnValue:
    """The answer to a form that was sent while nobody was signed in: sign in, and send it again."""
    kept = keep()
    form = LoginForm(formdata=None, data={"next": HOME, "kept": kept})
    return _login_page(form, 401, was_sent=True)


@bp.get("/logout")
@web.public
def logout() -> str:
    return render_template("admin/entrance/logout.html")


@bp.post("/logout")
@web.public
def leave() -> ResponseReturnValue:
    web.require_button()
    me = web.me()
    end_session(web.writer(), our_login.current_token())
    if me is not None:
        web.note("session.end", kind="account", id=me.id, name=me.name, browser="this one")
    web.writer().commit()
    our_login.dismiss()
    answer = redirect(url_for("admin.entrance.login", done="signed-out"), 303)
    # What the browser kept of the desk (so that Back still has the text) is nobody's business from now on.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@bp.get("/admin/session.json")
@web.public
def session() -> ResponseReturnValue:
    """Whether this browser is signed in, as whom, and the token of its forms: a page left open asks."""
    me = web.me()
    mine = {"account_id": me.id, "name": me.name} if me else {"account_id": None, "name": ""}
    return jsonify(signed_in=me is not None, csrf_token=generate_csrf(), **mine)


# The first admin


@bp.get("/setup/<token>")
@web.public
def setup(token: str) -> ResponseReturnValue:
    if not is_setup_link(web.reader(), token):
        return _setup_over()
    return _setup_page(SetupForm(), token)


@bp.post("/setup/<token>")
@web.public
def found(token: str) -> ResponseReturnValue:
    if not is_setup_link(web.reader(), token):
        return _setup_over()
    form = SetupForm()
    if not form.validate_on_submit():
        return _setup_page(form, token), form.refusal_status
    password_hash = hash_password(form.password.data or "")
    try:
        first = set_up(
            web.writer(),
            token=token,
            name=form.name.data or "",
            email=form.email.data or "",
            password_hash=password_hash,
        )
    except LinkUseless:
        return _setup_over()
    except EmailTaken as refusal:
        form.refuse(refusal, "email")
        return _setup_page(form, token), 422
    return come_in(first, means="link", target=url_for("admin.settings.edit", step="first"), kept=None)


def _setup_page(form: SetupForm, token: str) -> str:
    return render_template("admin/entrance/setup.html", form=form, action=url_for(".found", token=token))


def _setup_over() -> tuple[str, int]:
    web.reader().rollback()  # somebody else may have set the site up a moment ago
    return render_template("admin/entrance/setup_over.html", is_set_up=has_admin(web.reader())), 404


# A first or a new password


@bp.get("/welcome/<token>")
@web.public
def welcomed(token: str) -> ResponseReturnValue:
    account = find_welcomed(web.reader(), token)
    if account is None:
        return render_template("admin/entrance/welcome_over.html"), 404
    return _welcome_page(WelcomeForm(account), token)


@bp.post("/welcome/<token>")
@web.public
def choose_password(token: str) -> ResponseReturnValue:
    account = find_welcomed(web.reader(), token)
    if account is None:
        return render_template("admin/entrance/welcome_over.html"), 404
    form = WelcomeForm(account)
    if not form.validate_on_submit():
        return _welcome_page(form, token), form.refusal_status
    password_hash = hash_password(form.password.data or "")
    try:
        welcomed_now = welcome(web.writer(), token=token, password_hash=password_hash)
    except LinkUseless:
        return render_template("admin/entrance/welcome_over.html"), 404
    return go_on(welcomed_now, means="link")  # a link is no way around somebody's second step


def _welcome_page(form: WelcomeForm, token: str) -> str:
    action = url_for(".choose_password", token=token)
    return render_template("admin/entrance/welcome.html", form=form, account=form.account, action=action)


def _login_page(
    form: LoginForm, status: int = 200, *, was_sent: bool = False, is_closed: bool = False
) -> tuple[str, int]:
    page = render_template(
        "admin/entrance/login.html", form=form, was_sent=was_sent, has_kept=bool(form.kept.data), is_closed=is_closed,
        site=find_site(),
    )  # fmt: skip
    return page, status


def _too_many(form: LoginForm, refusal: TooManyTries) -> ResponseReturnValue:
    """The sign-in page again: what was kept stays kept, and other ways in are named."""
    return *_login_page(form, 429, is_closed=True), {"Retry-After": str(refusal.retry_after)}
