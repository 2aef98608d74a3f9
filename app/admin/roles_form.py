"""The forms of roles: a new one, its cells of the table, its demand of a second factor."""

from typing import Any, cast

from wtforms import BooleanField, SelectChoice, SelectField, StringField  # type: ignore[attr-defined]
from wtforms.validators import NumberRange, Optional

from app import web
from app.accounts import roles
from app.accounts.models import Role
from app.accounts.permissions import EVERYBODY, RIGHTS, WIDTH, may, scope_in, scope_of, scopes_for
from app.accounts.rights_words import SCOPES, WORDS
from app.admin.fields import NumberField

READ_ONLY = frozenset({"name", "is_builtin", "created_at"})
GRACE = web.sentence(roles.GraceInvalid())


def list_likes() -> list[SelectChoice]:
    """What a new role can begin with: nothing, or what another role may that whoever is signed in covers."""
    covered = [role for role in roles.list_roles(web.reader()) if may(web.me(), "role.manage", role)]
    return [SelectChoice("", "Nothing"), *(SelectChoice(role.name, f"As {role.label}") for role in covered)]


class NewRoleForm(web.Form):
    read_only = READ_ONLY

    label = StringField("Name")
    like = SelectField("What it may at first", choices=list_likes)


class DemandForm(web.Form):
    read_only = READ_ONLY | {"rights"}

    demands_second_factor = BooleanField("Demand a second factor")
    grace_days = NumberField("Days of grace", [NumberRange(0, roles.MOST_GRACE_DAYS, GRACE)])


class RightsForm(web.Form):
    """The cells of one role, a field for each action; absent ones keep their value."""

    read_only = READ_ONLY

    label = StringField("Name", [Optional()])


def rights_form(role: Role, *, sent: bool = True) -> RightsForm:
    """The form with a role's cells; to choose from is what makes sense and whoever is signed in may do themselves."""
    fields: dict[str, Any] = {}
    for action in RIGHTS:
        if action not in EVERYBODY:
            most = WIDTH[scope_of(web.myself(), action)]
            given = [scope for scope in reversed(scopes_for(action)) if WIDTH[scope] <= most]
            fields[_field(action)] = SelectField(
                WORDS[action],
                choices=[SelectChoice(scope, SCOPES[scope].capitalize()) for scope in given],
                default=scope_in(role, action),
            )
    made = type("RightsForm", (RightsForm,), fields)
    values = {_field(action): scope for action, scope in roles.spread(role).items()} | {"label": role.label}
    form = made(data=values) if sent else made(formdata=None, data=values)
    return cast(RightsForm, form)


def cells_of(form: RightsForm) -> dict[str, str]:
    """Action to scope, as it stands in the form."""
    return {action: form[_field(action)].data for action in RIGHTS if action not in EVERYBODY}


def _field(action: str) -> str:
    return "right_" + action.replace(".", "_")
