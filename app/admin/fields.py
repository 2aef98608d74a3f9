"""Form fields that several pages share; those about people are tied to the checks of the accounts room."""

from typing import Any

from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    EmailField,
    IntegerField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired

from app import web
from app.accounts.naming import EmailInvalid, NameBlank, NameTooLong, check_email, check_name
from app.accounts.passwords import PasswordUnfit, check_password
from app.accounts.permissions import may
from app.accounts.roles import list_roles

ROLE_LABELS = {
    "admin": "Admin: also manages people and settings",
    "editor": "Editor: edits and publishes all articles",
    "author": "Author: writes own articles, does not publish",
}


_FALSE = {"", "0", "n", "no", "off", "false"}


class PairedBox(BooleanField):
    """A checkbox beside a hidden field of its name: absent altogether it keeps its value."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = any(value.lower() not in _FALSE for value in valuelist)


class NumberField(IntegerField):
    """A whole number; of one that is too long to be meant, the beginning is enough to be out of every range.

    WTForms' ``NumberRange`` fails at one of several hundred digits.
    """

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([value[:20] for value in valuelist])


def name_field(label: str = "Name") -> StringField:
    """A person's name as readers see it."""
    return StringField(
        label, [InputRequired(web.sentence(NameBlank())), web.checked_by(check_name, NameBlank, NameTooLong)]
    )


def email_field(label: str = "E-mail address") -> EmailField:
    """The address somebody signs in with."""
    return EmailField(
        label, [InputRequired("Please give an e-mail address."), web.checked_by(check_email, EmailInvalid)]
    )


def role_field(action: str) -> SelectField:
    """One of the roles that whoever is signed in may give with ``action``: those that may no more than they may."""
    return SelectField("Role", choices=lambda: list_role_choices(action))


def list_role_choices(action: str) -> list[SelectChoice]:
    """The roles to choose from, the one with the fewest rights first of those that come with the software."""
    given = [role for role in list_roles(web.reader()) if may(web.me(), action, role)]
    ordered = [role for role in reversed(given) if role.is_builtin] + [role for role in given if not role.is_builtin]
    return [SelectChoice(role.name, ROLE_LABELS.get(role.name, role.label)) for role in ordered]


def new_password_field(label: str = "Password") -> PasswordField:
    """A password to be chosen; the form says whose in ``check_new_password``."""
    return PasswordField(label, [InputRequired("Please choose a password.")])


def check_new_password(field: Any, *, name: str, email: str) -> None:
    """For a form's ``validate_password``: the accounts room's sentence if the password will not do."""
    try:
        check_password(field.data or "", name=name, email=email, also=web.settings().name)
    except PasswordUnfit as refusal:
        raise ValidationError(web.sentence(refusal)) from None
