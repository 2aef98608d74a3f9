"""Everyone's own page: name, biography, password."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, TextAreaField
from wtforms.validators import InputRequired, Length

from app import letters, web
from app.accounts.limiting import TooManyTries, succeeded
from app.accounts.passwords import PasswordWrong, hash_password, verify
from app.accounts.profile import BIOGRAPHY_LENGTH, BiographyTooLong, change_password, change_profile
from app.accounts.signing_in import note_proved
from app.admin.fields import check_new_password, name_field, new_password_field
from app.articles.searching import refold_author
from app.login import current_token
from app.text import clean_block

bp = Blueprint("profile", __name__, url_prefix="/admin/profile")

READ_ONLY = frozenset({"id", "email", "role", "slug", "password_hash", "is_admin", "deactivated_at"})


class ProfileForm(web.Form):
    read_only = READ_ONLY

    name = name_field("Name")
    biography = TextAreaField(
        "Biography",
        [web.checked_by(clean_block), Length(max=BIOGRAPHY_LENGTH, message=web.sentence(BiographyTooLong()))],
    )


class FirstPasswordForm(web.Form):
    """For somebody who signs in with a passkey only."""

    read_only = READ_ONLY

    password = new_password_field("A new password")

    def validate_password(self, field: Any) -> None:
        check_new_password(field, name=web.myself().name, email=web.myself().email or "")


class PasswordForm(FirstPasswordForm):
    current_password = PasswordField("Your password now", [InputRequired("Please give your password.")])


@bp.get("")
@web.needs("profile.edit")
def edit() -> str:
    return _page()


@bp.post("")
@web.needs("profile.edit")
def save() -> ResponseReturnValue:
    form = ProfileForm(obj=web.myself())
    if not form.validate_on_submit():
        return _page(profile_form=form), form.refusal_status
    me, name = web.myself(), form.name.data or ""
    change_profile(web.writer(), me.id, name=name, biography=form.biography.data or "")
    refold_author(web.writer(), me.id, former=me.name, name=name)
    web.writer().commit()
    return redirect(url_for(".edit", done="profile-saved"), 303)


@bp.post("/password")
@web.needs("profile.edit")
def save_password() -> ResponseReturnValue:
    form = PasswordForm()
    if not form.validate_on_submit():
        return _page(password_form=form), form.refusal_status
    try:
        attempt = web.take_try("prove", account=web.myself().id)
    except TooManyTries as refusal:
        form.refuse(refusal, "current_password")
        return _page(password_form=form), 429, {"Retry-After": str(refusal.retry_after)}
    if not verify(web.myself().password_hash, form.current_password.data or ""):
        form.refuse(PasswordWrong(), "current_password")
        return _page(password_form=form), 422
    password_hash = hash_password(form.password.data or "")
    succeeded(web.writer(), attempt)
    return _keep_password(password_hash)


@bp.post("/first-password")
@web.needs("profile.edit", fresh=True)
def save_first_password() -> ResponseReturnValue:
    if web.myself().password_hash is not None:
        abort(409)  # it is changed by whoever knows it
    form = FirstPasswordForm()
    if not form.validate_on_submit():
        return _page(password_form=form), form.refusal_status
    return _keep_password(hash_password(form.password.data or ""))


def _keep_password(password_hash: str) -> ResponseReturnValue:
    """Commit a new password; whoever chose it has just shown who they are, and stays signed in here only."""
    me = web.myself()
    change_password(web.writer(), me.id, password_hash=password_hash, token=current_token())
    note_proved(web.writer(), current_token())
    letters.post_password_changed(web.writer(), me)
    web.note("password.change", kind="person", id=me.id, name=me.name)
    web.writer().commit()
    return redirect(url_for(".edit", done="password-changed"), 303)


def _page(*, profile_form: ProfileForm | None = None, password_form: FirstPasswordForm | None = None) -> str:
    return render_template(
        "admin/profile/edit.html",
        account=web.myself(),
        form=profile_form or password_form,
        profile_form=profile_form or ProfileForm(formdata=None, obj=web.myself()),
        password_form=password_form
        or (PasswordForm if web.myself().password_hash else FirstPasswordForm)(formdata=None),
    )
