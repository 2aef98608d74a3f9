"""Changing one's own address: asked for here, confirmed from the new one, told to the former one."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import letters, web
from app.accounts import addresses
from app.accounts.joining import LinkUseless
from app.accounts.naming import check_email
from app.accounts.registering import EmailTaken
from app.admin.fields import email_field
from app.audit.recording import record

bp = Blueprint("addresses", __name__)


class AddressForm(web.Form):
    read_only = frozenset({"id", "name", "role", "password"})

    email = email_field("Your new address")


@bp.get("/admin/profile/address")
@web.needs("profile.edit")
def edit() -> str:
    return _page(AddressForm(formdata=None))


@bp.post("/admin/profile/address")
@web.needs("profile.edit", fresh=True)
def ask() -> ResponseReturnValue:
    """The answer is the same whether somebody has the new address already: its mailbox is told."""
    form, me = AddressForm(), web.myself()
    if not form.validate_on_submit():
        return _page(form), form.refusal_status
    email = check_email(form.email.data or "")
    if email == me.email:
        form.refuse(addresses.SameAddress(), "email")
        return _page(form), 422
    web.take_try("reset", account=me.id)  # nobody's mailbox is filled from here
    token = addresses.ask(web.writer(), me.id, email=email)
    letters.post_address_asked(web.writer(), email=email, token=token)
    web.note("address.ask", kind="person", id=me.id, name=me.name)
    web.writer().commit()
    return redirect(url_for(".asked"), 303)


@bp.get("/admin/profile/address/asked")
@web.needs("profile.edit")
def asked() -> str:
    return render_template("admin/addresses/asked.html", is_mailed=letters.is_mailed())


@bp.get("/confirm-address/<token>")
@web.public
def open_link(token: str) -> ResponseReturnValue:
    link = addresses.find_asked(web.reader(), token)
    if link is None:
        return _guessed()
    return render_template(
        "admin/addresses/confirm.html", email=link.email, is_back=link.purpose == addresses.BACK, action=request.path
    )


@bp.post("/confirm-address/<token>")
@web.public
def confirm(token: str) -> ResponseReturnValue:
    if addresses.find_asked(web.reader(), token) is None:
        return _guessed()
    web.require_button()
    try:
        account, former, way_back = addresses.confirm(web.writer(), token=token)
    except (LinkUseless, EmailTaken):
        return _over()
    if former is not None and way_back is not None:
        letters.post_address_changed(web.writer(), account, former=former, way_back=way_back)
    email = account.email
    record(
        web.writer(),
        "address.change",
        network=web.network(),
        subject_kind="person",
        subject_id=account.id,
        subject=account.name,
        details={"before": former, "after": email},
    )
    web.writer().commit()
    return render_template("admin/addresses/confirmed.html", email=email, is_back=way_back is None)


def _page(form: AddressForm) -> str:
    return render_template("admin/addresses/edit.html", form=form, account=web.myself(), is_mailed=letters.is_mailed())


def _guessed() -> ResponseReturnValue:
    web.take_try("reset")
    return _over()


def _over() -> tuple[str, int]:
    return render_template("admin/addresses/over.html"), 404
