"""Deleting a person: what is theirs is handed to somebody who is chosen."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import InputRequired

from app import web
from app.accounts.leaving import HeirUnfit
from app.accounts.listing import list_people
from app.accounts.membership import LastAdmin
from app.accounts.models import Account
from app.accounts.permissions import may
from app.accounts.reading import AccountUnknown
from app.admin.people import somebody
from app.articles import handing as articles
from app.audit.erasing import erase_person
from app.audit.recording import record
from app.media import handing as media
from app.parting import part

bp = Blueprint("leaving", __name__, url_prefix="/admin/people")


class DeletionForm(web.Form):
    read_only = frozenset({"id", "name", "email", "role"})

    heir = SelectField("Who gets what is theirs", coerce=int, validators=[InputRequired("Please choose somebody.")])

    erases = BooleanField("Also erase their name and network from the audit log")

    def __init__(self, account: Account) -> None:
        super().__init__()
        others = [other for other in list_people(web.reader()) if other.id != account.id and other.is_active]
        self.heir.choices = [SelectChoice(other.id, f"{other.name} ({other.email or 'name only'})") for other in others]


@bp.get("/<int:account_id>/delete")
@web.needs("people.delete", subject=somebody, fresh=True)
def ask(account_id: int) -> ResponseReturnValue:
    account = somebody(account_id)
    form = DeletionForm(account)
    form.heir.data = web.myself().id
    return _page(form, account)


@bp.post("/<int:account_id>/delete")
@web.needs("people.delete", subject=somebody, fresh=True)
def delete(account_id: int) -> ResponseReturnValue:
    account = somebody(account_id)
    form = DeletionForm(account)
    if account_id == web.myself().id:
        abort(403)
    if not form.validate_on_submit():
        return _page(form, account, form.refusal_status)
    try:
        parted = part(web.writer(), account_id, heir_id=form.heir.data)
    except AccountUnknown:
        abort(404)
    except (LastAdmin, HeirUnfit) as refusal:
        form.refuse(refusal, "heir" if isinstance(refusal, HeirUnfit) else "")
        return _page(form, account, 409)
    is_erased = form.erases.data and may(web.me(), "audit.erase")
    if is_erased:
        erase_person(web.writer(), account_id, **web.who())
    handed = {"handed_to": parted.heir, "articles": parted.articles, "files": parted.files}
    name = "" if is_erased else parted.name
    record(web.writer(), "person.delete", **web.who(), subject_kind="person", subject_id=account_id, subject=name,
           details=handed)  # fmt: skip
    web.writer().commit()
    return redirect(url_for("admin.people.index", done="person-deleted"), 303)


def _page(form: DeletionForm, account: Account, status: int = 200) -> tuple[str, int]:
    page = render_template(
        "admin/leaving/ask.html",
        form=form,
        account=account,
        articles=articles.count_of(web.reader(), account.id),
        files=media.count_of(web.reader(), account.id),
    )
    return page, status
