"""Roles: who may do what, the whole table, and what each role demands."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, IntegerField
from wtforms.validators import NumberRange

from app import web
from app.accounts import roles
from app.accounts.models import Role
from app.accounts.permissions import may
from app.accounts.rights_words import SCOPES, WORDS, list_groups

GRACE = web.sentence(roles.GraceInvalid())
bp = Blueprint("roles", __name__, url_prefix="/admin/roles")


class DemandForm(web.Form):
    read_only = frozenset({"name", "rights", "is_builtin"})

    demands_second_factor = BooleanField("Demand a second factor")
    grace_days = IntegerField("Days of grace", [NumberRange(0, roles.MOST_GRACE_DAYS, GRACE)])


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
    session = web.reader()
    every = roles.list_roles(session)
    return render_template(
        "admin/roles/index.html",
        roles=every,
        rows={role.name: roles.spread(role) for role in every},
        holders=roles.count_holders(session),
        groups=list_groups(),
        words=WORDS,
        scopes=SCOPES,
    )


@bp.get("/<role>")
@web.needs("role.see")
def show(role: str) -> ResponseReturnValue:
    """One role."""
    return _show(the_role(role))


@bp.post("/<role>/second-factor")
@web.needs("role.manage", subject=the_role)
def demand(role: str) -> ResponseReturnValue:
    """Demand a second factor of everybody in it, or stop."""
    form = DemandForm()
    if not form.validate():
        return _show(the_role(role), demand_form=form, status=form.refusal_status)
    roles.demand_second_factor(
        web.writer(),
        role,
        demanded=bool(form.demands_second_factor.data),
        grace_days=form.grace_days.data or 0,
        by=web.myself(),
    )
    web.writer().commit()
    return redirect(url_for(".show", role=role, done="role-saved"), 303)


def _show(role: Role, *, demand_form: DemandForm | None = None, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "admin/roles/show.html",
        role=role,
        row=roles.spread(role),
        holders=roles.list_holders(web.reader(), role.name),
        may_change=may(web.me(), "role.manage", role),
        form=demand_form,
        demand_form=demand_form or DemandForm(formdata=None, obj=role),
        groups=list_groups(),
        words=WORDS,
        scopes=SCOPES,
    )
    return page, status
