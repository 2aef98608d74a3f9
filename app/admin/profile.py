"""Everyone's own page: name, biography, password."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from app import web
from app.accounts.passwords import hash_password, verify
from app.accounts.profile import BIOGRAPHY_LENGTH, BiographyTooLong, change_password, change_profile
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


class PasswordForm(web.Form):
    read_only = READ_ONLY

    current_password = PasswordField("Your password now", [InputRequired("Please give your password.")])
    password = new_password_field("A new password")

    def validate_current_password(self, field: Any) -> None:
        if not verify(web.myself().password_hash, field.data or ""):
            raise ValidationError("This is not your password.")

    def validate_password(self, field: Any) -> None:
        check_new_password(field, name=web.myself().name, email=web.myself().email or "")


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
    password_hash = hash_password(form.password.data or "")
    change_password(web.writer(), web.myself().id, password_hash=password_hash, token=current_token())
    web.writer().commit()
    return redirect(url_for(".edit", done="password-changed"), 303)


def _page(*, profile_form: ProfileForm | None = None, password_form: PasswordForm | None = None) -> str:
    return render_template(
        "admin/profile/edit.html",
        account=web.myself(),
        form=profile_form or password_form,
        profile_form=profile_form or ProfileForm(formdata=None, obj=web.myself()),
        password_form=password_form or PasswordForm(formdata=None),
    )
