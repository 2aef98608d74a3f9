"""Settings that concern security and mail: what pages may show from elsewhere, where holes are reported, the sender."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import Length

from app import web
from app.admin.fields import PairedBox
from app.audit.withholding import differences
from app.settings import ContactInvalid, SenderInvalid, change_settings, check_contact, check_sender

bp = Blueprint("security_settings", __name__, url_prefix="/admin/settings/security")


class SecurityForm(web.Form):
    """What is not sent keeps its value."""

    read_only = frozenset({"id", "site_url", "purge_secret"})

    allows_foreign_pictures = PairedBox("Show pictures from other sites")
    security_contact = StringField(
        "Where holes are reported", [web.checked_by(check_contact, ContactInvalid), Length(max=300)]
    )
    mail_sender = StringField("Sender of mail", [web.checked_by(check_sender, SenderInvalid), Length(max=254)])


@bp.get("")
@web.needs("settings.edit")
def edit() -> str:
    """The form."""
    return _page(SecurityForm(obj=web.settings()))


@bp.post("")
@web.needs("settings.edit", fresh=True)
def save() -> ResponseReturnValue:
    """Keep what was typed, with before and after in the audit log."""
    form = SecurityForm(obj=web.settings())
    if not form.validate_on_submit():
        return _page(form), form.refusal_status
    changes = {field.name: field.data for field in form if field.name != "csrf_token"}
    noted = differences({name: getattr(web.settings(), name) for name in changes}, changes)
    if noted:
        change_settings(web.writer(), **changes)
        web.note("settings.change", kind="settings", changes=noted)
        web.writer().commit()
    return redirect(url_for(".edit", done="settings-saved"), 303)


def _page(form: SecurityForm) -> str:
    return render_template("admin/security_settings/edit.html", form=form)
