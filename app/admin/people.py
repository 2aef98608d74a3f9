"""People: who is here, adding somebody, roles, links to sign in with, coming and going."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, letters, mail, web
from app.accounts.inviting import list_invitations
from app.accounts.joining import WELCOME_LASTS, AccountInactive, NoAddress, add_person, offer_welcome_link
from app.accounts.listing import MOST, STATES, count_people, list_people
from app.accounts.membership import AddressInUse, LastAdmin, change_role, deactivate, give_address, reactivate
from app.accounts.models import Account
from app.accounts.permissions import may
from app.accounts.reading import AccountUnknown, get_account
from app.accounts.registering import EmailTaken
from app.accounts.roles import list_roles
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
    """Everybody, or those who fit what is asked for; and who is invited and has not come yet."""
    asked = {name: request.args.get(name, "").replace("\0", "")[:200] for name in ("words", "role", "state")}
    session, me = web.reader(), web.me()
    return render_template(
        "admin/people/index.html",
        accounts=list_people(session, **asked),
        found=count_people(session, **asked),
        most=MOST,
        asked=asked,
        roles=list_roles(session),
        states=STATES,
        invitations=list_invitations(session) if may(me, "people.add") else [],
        failures=mail.count_failed(session) if may(me, "mail.manage") else 0,
        moment=clock.now(),
    )


@bp.get("/new")
@web.needs("people.add")
def new() -> str:
    return render_template("admin/people/new.html", form=PersonForm())


@bp.post("")
@web.needs("people.add", fresh=True)
def add() -> ResponseReturnValue:
    form = PersonForm()
    if not form.validate_on_submit():
        return render_template("admin/people/new.html", form=form), form.refusal_status
    try:
        account = add_person(web.writer(), name=form.name.data or "", email=form.email.data or "", role=form.role.data)
    except EmailTaken as refusal:
        form.refuse(refusal, "email")
        return render_template("admin/people/new.html", form=form), 422
    web.note("person.add", kind="person", id=account.id, name=account.name, role=account.role)
    return _give_link(account)


@bp.get("/<int:account_id>")
@web.needs("people.list")
def show(account_id: int) -> ResponseReturnValue:
    return _show(account_id)


@bp.post("/<int:account_id>/role")
@web.needs("people.change_role", subject=somebody, fresh=True)
def assign_role(account_id: int) -> ResponseReturnValue:
    form = RoleForm()
    if not form.validate_on_submit():
        return _show(account_id, role_form=form, status=form.refusal_status)
    former = somebody(account_id).role
    try:
        account = change_role(web.writer(), account_id, role=form.role.data)
    except AccountUnknown:
        abort(404)
    except LastAdmin as refusal:
        form.refuse(refusal, "role")
        return _show(account_id, role_form=form, status=409)
    web.note("person.role", kind="person", id=account_id, name=account.name, before=former, after=account.role)
    web.writer().commit()
    return redirect(url_for(".show", account_id=account_id, done="role-changed"), 303)


@bp.post("/<int:account_id>/address")
@web.needs("people.link", subject=somebody, fresh=True)
def assign_address(account_id: int) -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate_on_submit():
        return _show(account_id, address_form=form, status=form.refusal_status)
    try:
        account = give_address(web.writer(), account_id, email=form.email.data or "")
        web.note("address.give", kind="person", id=account_id, name=account.name)
        return _give_link(account)
    except AccountUnknown:
        abort(404)
    except (EmailTaken, AddressInUse, AccountInactive) as refusal:
        form.refuse(refusal, "email")
        return _show(account_id, address_form=form, status=422 if isinstance(refusal, EmailTaken) else 409)


@bp.post("/<int:account_id>/link")
@web.needs("people.link", subject=somebody, fresh=True)
def make_link(account_id: int) -> ResponseReturnValue:
    web.require_button()
    try:
        return _give_link(get_account(web.writer(), account_id))
    except AccountUnknown:
        abort(404)
    except (NoAddress, AccountInactive) as refusal:
        return _show(account_id, refusal=refusal, status=409)


@bp.post("/<int:account_id>/deactivate")
@web.needs("people.deactivate", subject=somebody, fresh=True)
def leave(account_id: int) -> ResponseReturnValue:
    web.require_button()
    try:
        account = deactivate(web.writer(), account_id)
    except AccountUnknown:
        abort(404)
    except LastAdmin as refusal:
        return _show(account_id, refusal=refusal, status=409)
    web.note("person.deactivate", kind="person", id=account_id, name=account.name)
    web.writer().commit()
    return redirect(url_for(".show", account_id=account_id, done="deactivated"), 303)


@bp.post("/<int:account_id>/reactivate")
@web.needs("people.deactivate", subject=somebody, fresh=True)
def come_back(account_id: int) -> ResponseReturnValue:
    web.require_button()
    try:
        account = reactivate(web.writer(), account_id)
    except AccountUnknown:
        abort(404)
    web.note("person.reactivate", kind="person", id=account_id, name=account.name)
    web.writer().commit()
    return redirect(url_for(".show", account_id=account_id, done="activated"), 303)


def _give_link(account: Account) -> ResponseReturnValue:
    """Make a new link for this person and commit: send it where that was asked for, else show it, this once."""
    token = offer_welcome_link(web.writer(), account)
    is_sent = letters.is_mailed() and "mail" in request.form
    if is_sent:
        letters.post_welcome(web.writer(), account, token=token, lasts=WELCOME_LASTS)
    name, email, account_id = account.name, account.email, account.id
    web.note("person.link", kind="person", id=account_id, name=name, is_mailed=is_sent)
    web.writer().commit()
    if is_sent:
        return redirect(url_for(".show", account_id=account_id, done="link-sent"), 303)
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
        is_mailed=letters.is_mailed(),
    )
    return page, status
