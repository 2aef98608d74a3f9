"""People: who is here, adding somebody, roles, links to sign in with, coming and going."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import web
from app.accounts.joining import AccountInactive, NoAddress, add_person, offer_welcome_link
from app.accounts.membership import AddressInUse, LastAdmin, change_role, deactivate, give_address, reactivate
from app.accounts.models import Account
from app.accounts.reading import AccountUnknown, get_account, list_accounts
from app.accounts.registering import EmailTaken
from app.admin.fields import email_field, name_field, role_field

bp = Blueprint("people", __name__, url_prefix="/admin/people")

READ_ONLY = frozenset({"id", "slug", "password", "password_hash", "deactivated_at", "created_at", "is_admin"})


class PersonForm(web.Form):
    read_only = READ_ONLY

    name = name_field()
    email = email_field()
    role = role_field("people.add")


class RoleForm(web.Form):
    read_only = READ_ONLY | {"name", "email"}

    role = role_field("people.change_role")


class AddressForm(web.Form):
    read_only = READ_ONLY | {"name", "role"}

    email = email_field()


def somebody(account_id: int) -> Account:
    """Who a policy is about: nobody acts upon people who may do more than they may."""
    try:
        return get_account(web.reader(), account_id)
    except AccountUnknown:
        abort(404)


@bp.get("")
@web.needs("people.list")
def index() -> str:
    return render_template("admin/people/index.html", accounts=list_accounts(web.reader()))


@bp.get("/new")
@web.needs("people.add")
def new() -> str:
    return render_template("admin/people/new.html", form=PersonForm())


@bp.post("")
@web.needs("people.add")
def add() -> ResponseReturnValue:
    form = PersonForm()
    if not form.validate_on_submit():
        return render_template("admin/people/new.html", form=form), form.refusal_status
    try:
        account = add_person(web.writer(), name=form.name.data or "", email=form.email.data or "", role=form.role.data)
    except EmailTaken as refusal:
        form.refuse(refusal, "email")
        return render_template("admin/people/new.html", form=form), 422
    return _show_link(account)


@bp.get("/<int:account_id>")
@web.needs("people.list")
def show(account_id: int) -> ResponseReturnValue:
    return _show(account_id)


@bp.post("/<int:account_id>/role")
@web.needs("people.change_role", subject=somebody)
def assign_role(account_id: int) -> ResponseReturnValue:
    form = RoleForm()
    if not form.validate_on_submit():
        return _show(account_id, role_form=form, status=form.refusal_status)
    try:
        change_role(web.writer(), account_id, role=form.role.data)
    except AccountUnknown:
        abort(404)
    except LastAdmin as refusal:
        form.refuse(refusal, "role")
        return _show(account_id, role_form=form, status=409)
    web.writer().commit()
    return redirect(url_for(".show", account_id=account_id, done="role-changed"), 303)


@bp.post("/<int:account_id>/address")
@web.needs("people.link", subject=somebody)
def assign_address(account_id: int) -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate_on_submit():
        return _show(account_id, address_form=form, status=form.refusal_status)
    try:
        account = give_address(web.writer(), account_id, email=form.email.data or "")
        return _show_link(account)
    except AccountUnknown:
        abort(404)
    except (EmailTaken, AddressInUse, AccountInactive) as refusal:
        form.refuse(refusal, "email")
        return _show(account_id, address_form=form, status=422 if isinstance(refusal, EmailTaken) else 409)


@bp.post("/<int:account_id>/link")
@web.needs("people.link", subject=somebody)
def make_link(account_id: int) -> ResponseReturnValue:
    web.require_button()
    try:
        return _show_link(get_account(web.writer(), account_id))
    except AccountUnknown:
        abort(404)
    except (NoAddress, AccountInactive) as refusal:
        return _show(account_id, refusal=refusal, status=409)


@bp.post("/<int:account_id>/deactivate")
@web.needs("people.deactivate", subject=somebody)
def leave(account_id: int) -> ResponseReturnValue:
    web.require_button()
    try:
        deactivate(web.writer(), account_id)
    except AccountUnknown:
        abort(404)
    except LastAdmin as refusal:
        return _show(account_id, refusal=refusal, status=409)
    web.writer().commit()
    return redirect(url_for(".show", account_id=account_id, done="deactivated"), 303)


@bp.post("/<int:account_id>/reactivate")
@web.needs("people.deactivate", subject=somebody)
def come_back(account_id: int) -> ResponseReturnValue:
    web.require_button()
    try:
        reactivate(web.writer(), account_id)
    except AccountUnknown:
        abort(404)
    web.writer().commit()
    return redirect(url_for(".show", account_id=account_id, done="activated"), 303)


def _show_link(account: Account) -> ResponseReturnValue:
    """Make a new link for this person, commit, and show it: this once, as only its hash is kept."""
    token = offer_welcome_link(web.writer(), account)
    name, email, account_id = account.name, account.email, account.id
    web.writer().commit()
    link = web.absolute("admin.entrance.welcomed", token=token)
    return render_template("admin/people/link.html", link=link, name=name, email=email, account_id=account_id)


def _show(
    account_id: int,
    *,
    role_form: RoleForm | None = None,
    address_form: AddressForm | None = None,
    refusal: Exception | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    try:
        account = get_account(web.reader(), account_id)
    except AccountUnknown:
        abort(404)
    page = render_template(
        "admin/people/show.html",
        account=account,
        form=role_form or address_form,
        role_form=role_form or RoleForm(formdata=None, data={"role": account.role}),
        address_form=address_form or AddressForm(formdata=None, data={"email": account.email or ""}),
        refusal=web.sentence(refusal) if refusal else "",
    )
    return page, status
