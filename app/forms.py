"""What all forms of the doors share; used as ``web.Form``, ``web.sentence`` …"""

import inspect
from collections.abc import Callable
from typing import Any

from flask import abort, request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from wtforms import ValidationError


class Form(FlaskForm):  # type: ignore[misc]
    """The base of every form: CSRF token, fields that are refused, and the status for its handler.

    Unknown fields are ignored. Those in ``read_only`` exist but are not changed here: sending one is refused,
    so that nobody believes it was.
    """

    read_only: frozenset[str] = frozenset()

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Take what a form sent and nothing else: JSON or a file would bring values that are no text."""
            if formdata is _Auto:
                return request.form if form.is_submitted() else None
            return formdata

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether it can be taken as it is; if not, ``errors`` says why."""
        valid = super().validate(extra_validators)
        sent = sorted(self.read_only & set(request.form))
        self.form_errors.extend(f"“{name}” cannot be changed here." for name in sent)
        return valid and not sent

    def refuse(self, refusal: Exception, field: str = "") -> None:
        """Say why a room refused what was typed: at the field, or without one above the form."""
        if field:
            self[field].errors = [*self[field].errors, sentence(refusal)]
        else:
            self.form_errors.append(sentence(refusal))

    @property
    def has_expired(self) -> bool:
        """Whether it was refused for its token: show it again, filled in, and say so."""
        return "csrf_token" in self.errors

    @property
    def refusal_status(self) -> int:
        """400 for an expired form, 422 for a field that cannot be taken."""
        return 400 if self.has_expired else 422


def sentence(refusal: Exception) -> str:
    """What a refusal says to people: its message, or else the docstring of its kind."""
    return " ".join((str(refusal) or inspect.getdoc(type(refusal)) or "").split())


def checked_by(check: Callable[[str], Any], *refusals: type[Exception]) -> Callable[[Any, Any], None]:
    """A WTForms validator from a room's check: its value replaces the typed one, its refusal is the error."""

    def validate(_form: Any, field: Any) -> None:
        try:
            field.data = check(field.data or "")
        except refusals as refusal:
            raise ValidationError(sentence(refusal)) from None

    return validate


class ButtonForm(Form):
    """A form that is one button: nothing but its token."""


def require_button() -> None:
    """For a handler behind one button: the token must be right, or the expired-form page answers (400)."""
    if not ButtonForm().validate_on_submit():
        abort(400, description="expired-form")
