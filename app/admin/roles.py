"""Roles: who may do what, the whole table; making own roles, and changing one after a look at what that does."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import web
from app.accounts import roles
from app.accounts.models import ADMIN, Role
from app.accounts.permissions import may
from app.accounts.rights_words import SCOPES, WORDS, list_groups
from app.admin.roles_form import DemandForm, NewRoleForm, cells_of, rights_form
from app.admin.roles_preview import what_changes, what_deleting_does

bp = Blueprint("roles", __name__, url_prefix="/admin/roles")
TABLE = {"groups": list_groups(), "words": WORDS, "scopes": SCOPES}


def the_role(role: str) -> Role:
    """What a policy is about: nobody changes a role that may do more than they may."""
    found = roles.find_role(web.reader(), role)
    if found is None:
        abort(404)
    return found


@bp.get("")
@web.needs("role.see")
def index() -> str:
    """The whole table."""
    every = roles.list_roles(web.reader())
    rows = {role.name: roles.spread(role) for role in every}
    holders = roles.count_holders(web.reader())
    return render_template("admin/roles/index.html", roles=every, rows=rows, holders=holders, **TABLE)


@bp.get("/new")
@web.needs("role.manage")
def new() -> str:
    """Ask for a name, and for the role to begin with."""
    return render_template("admin/roles/new.html", form=NewRoleForm())


@bp.post("")
@web.needs("role.manage", fresh=True)
def make() -> ResponseReturnValue:
    """Make a role that may what another may; nobody has it yet."""
    form, session = NewRoleForm(), web.writer()
    if not form.validate():
        return render_template("admin/roles/new.html", form=form), form.refusal_status
    like = roles.find_role(web.reader(), form.like.data) or roles.NOTHING
    try:
        made = roles.make_role(session, label=form.label.data or "", rights=roles.spread(like), by=web.myself())
    except (roles.RoleNameless, roles.RoleNameTooLong, roles.RoleNameTaken, roles.TooManyRoles) as refusal:
        form.refuse(refusal, "label")
        return render_template("admin/roles/new.html", form=form), 422
    web.note("role.make", kind="role", name=made.label, role=made.name, after=roles.spread(made))
    name = made.name
    session.commit()
    return redirect(url_for(".show", role=name, done="role-made"), 303)


@bp.get("/<role>")
@web.needs("role.see")
def show(role: str) -> ResponseReturnValue:
    """One role: who has it, what it may, what it demands."""
    return _show(the_role(role))


@bp.post("/<role>")
@web.needs("role.manage", subject=the_role, fresh=True)
def change(role: str) -> ResponseReturnValue:
    """Show what the change takes from whom and gives to whom; the second time, once that was seen, make it."""
    before = the_role(role)
    form = rights_form(before)
    if before.name == ADMIN:
        form.refuse(roles.RoleFixed())
    if before.name == ADMIN or not form.validate():
        return _show(before, form=form, status=422 if before.name == ADMIN else form.refusal_status)
    after = roles.Thought(before.name, cells_of(form))
    found = what_changes(before, after, label=form.label.data)
    if not found.is_something:
        return redirect(url_for(".show", role=role, done="role-same"), 303)
    if request.form.get("seen") != found.fingerprint:
        return render_template("admin/roles/confirm.html", role=before, form=form, found=found, **TABLE)
    try:
        _keep(before, after, label=form.label.data)
    except (roles.RoleNameless, roles.RoleNameTooLong, roles.RoleNameTaken) as refusal:
        form.refuse(refusal, "label")
        return _show(before, form=form, status=422)
    return redirect(url_for(".show", role=role, done="role-saved"), 303)


@bp.post("/<role>/second-factor")
@web.needs("role.manage", subject=the_role, fresh=True)
def demand(role: str) -> ResponseReturnValue:
    """Demand a second factor of everybody in it, or stop."""
    form, before = DemandForm(), the_role(role)
    if not form.validate():
        return _show(before, demand_form=form, status=form.refusal_status)
    demanded, days = bool(form.demands_second_factor.data), form.grace_days.data or 0
    roles.demand_second_factor(web.writer(), role, demanded=demanded, grace_days=days, by=web.myself())
    was = {"demands_second_factor": before.demands_second_factor, "grace_days": before.grace_days}
    now = {"demands_second_factor": demanded, "grace_days": days}
    web.note("role.demand", kind="role", name=before.label, role=role, before=was, after=now)
    web.writer().commit()
    return redirect(url_for(".show", role=role, done="role-saved"), 303)


@bp.get("/<role>/delete")
@web.needs("role.manage", subject=the_role)
def confirm(role: str) -> ResponseReturnValue:
    """Ask which role those get who have it, and show what that takes from them and gives to them."""
    return _ask_to_delete(the_role(role))


@bp.post("/<role>/delete")
@web.needs("role.manage", subject=the_role, fresh=True)
def delete(role: str) -> ResponseReturnValue:
    """Delete it; who has it gets the other role that was shown."""
    web.require_button()
    gone = the_role(role)
    into = roles.find_role(web.reader(), request.form.get("into", ""))
    if gone.is_builtin or into is None or into.name == gone.name or not may(web.me(), "role.manage", into):
        return _ask_to_delete(gone, status=422)
    if request.form.get("seen") != what_deleting_does(gone, into).fingerprint:
        return _ask_to_delete(gone, status=409)
    moved = roles.delete_role(web.writer(), role, into=into.name, by=web.myself())
    web.note("role.delete", kind="role", name=gone.label, role=role, before=roles.spread(gone), into=into.name)
    for account in moved:
        web.note("person.role", kind="person", id=account.id, name=account.name, before=role, after=into.name)
    web.writer().commit()
    return redirect(url_for(".index", done="role-deleted"), 303)


def _keep(before: Role, after: roles.Thought, *, label: str | None) -> None:
    """Make the change that was seen, note it, and commit."""
    session = web.writer()
    was = {action: old for action, old, _new in roles.compare(before, after)}
    now = {action: new for action, _old, new in roles.compare(before, after)}
    changed = roles.change_rights(session, before.name, rights=after.rights, by=web.myself())
    if label is not None and label != changed.label and not changed.is_builtin:
        roles.rename_role(session, before.name, label=label, by=web.myself())
        was, now = was | {"label": before.label}, now | {"label": changed.label}
    web.note("role.change", kind="role", name=changed.label, role=before.name, before=was, after=now)
    session.commit()


def _show(
    role: Role,
    *,
    form: web.Form | None = None,
    demand_form: DemandForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "admin/roles/show.html",
        role=role,
        row=roles.spread(role),
        holders=roles.list_holders(web.reader(), role.name),
        may_change=may(web.me(), "role.manage", role),
        form=form or demand_form,
        rights_form=form or rights_form(role, sent=False),
        demand_form=demand_form or DemandForm(formdata=None, obj=role),
        **TABLE,
    )
    return page, status


def _ask_to_delete(role: Role, *, status: int = 200) -> ResponseReturnValue:
    """The page before a role is deleted; 409 for one that comes with the software."""
    session, found = web.reader(), None
    others = [other for other in roles.list_roles(session) if other.name != role.name]
    others = [other for other in others if may(web.me(), "role.manage", other)]
    typed = (request.form if status != 200 else request.args).get("into", "")
    into = next((other for other in others if other.name == typed), None)
    if into is not None and not role.is_builtin:
        found = what_deleting_does(role, into)
    page = render_template(
        "admin/roles/delete.html",
        role=role,
        holders=roles.list_holders(session, role.name),
        others=others,
        into=into,
        found=found,
        is_stale=status == 409,
        **TABLE,
    )
    return page, 409 if role.is_builtin else status
