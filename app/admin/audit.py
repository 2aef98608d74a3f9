"""The audit log: who did what to what, from where; filtered, as files, and erasing a person's details from it."""

from collections.abc import Iterator
from datetime import date

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from app import csv_cells, web
from app.accounts.models import Account
from app.accounts.reading import find_account, list_accounts
from app.admin import audit_words
from app.audit import erasing, files, reading, verifying
from app.audit.reading import Filter

bp = Blueprint("audit", __name__, url_prefix="/admin/audit")
FILTER = ("person", "action", "of", "id", "first", "last")


class PersonForm(web.Form):
    """Whose details are to be erased."""

    person = HiddenField()


@bp.get("")
@web.needs("audit.see")
def index() -> str:
    """The newest entries first, as far as the address asks for them."""
    session, wanted = web.reader(), _filter()
    found = reading.read_page(session, wanted, before=_number("before"), after=_number("after"))
    return render_template(
        "admin/audit/index.html",
        found=found,
        wanted=wanted,
        asked=_asked(),
        people=_people(wanted.person_id),
        actions=reading.list_actions(session),
        head=verifying.get_head(session),
        words=audit_words.HELPERS,
    )


@bp.get("/<int:number>")
@web.needs("audit.see")
def show(number: int) -> str:
    """One entry, with all that is kept of it."""
    try:
        entry = reading.get_entry(web.reader(), number)
    except reading.EntryUnknown:
        abort(404)
    return render_template("admin/audit/show.html", entry=entry, words=audit_words.HELPERS)


@bp.post("/export.<any(csv, json):kind>")
@web.needs("audit.see", fresh=True)
def export(kind: str) -> ResponseReturnValue:
    """What the address asks for as a file, oldest first; that it was taken is recorded before it is sent."""
    web.require_button()
    wanted = _filter()
    web.note("audit.export", kind="audit", format=kind, asked=_asked())
    web.writer().commit()
    answer = Response(_write(wanted, kind), content_type=csv_cells.TYPE if kind == "csv" else "application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="audit.{kind}"'
    return answer


@bp.get("/erase")
@web.needs("audit.erase")
def confirm() -> ResponseReturnValue:
    """Ask once more whose details are to go; nobody is asked about who was not chosen in the list."""
    person_id = _number("person")
    return _confirm(person_id) if person_id else redirect(url_for(".index"), 303)


@bp.post("/erase")
@web.needs("audit.erase", fresh=True)
def erase() -> ResponseReturnValue:
    """Erase who a person is from the log; the rows and the chain stay."""
    web.require_button()
    person_id = _read_number(request.form.get("person"))
    if not person_id:
        abort(404)
    erasing.erase_person(web.writer(), person_id, **web.who())
    web.writer().commit()
    return redirect(url_for(".index", person=person_id, done="audit-erased"), 303)


def _confirm(person_id: int) -> str:
    found = reading.read_page(web.reader(), Filter(person_id=person_id), size=5)
    return render_template(
        "admin/audit/erase.html",
        person_id=person_id,
        account=find_account(web.reader(), person_id),
        found=found,
        form=PersonForm(formdata=None, data={"person": person_id}),
        words=audit_words.HELPERS,
    )


def _write(wanted: Filter, kind: str) -> Iterator[str]:
    """The file in parts, through a session of its own: the request's is closed by then."""
    database = web.database()

    def parts() -> Iterator[str]:
        with database.reader() as session:
            entries = reading.list_all(session, wanted)
            if kind == "csv":
                yield from csv_cells.write_csv(files.HEADER, files.list_lines(entries))
            else:
                yield from files.list_json(entries, head=str(verifying.get_head(session)))

    return parts()


def _filter() -> Filter:
    """What the address asks for; what it cannot mean is left out."""
    return Filter(
        person_id=_number("person"),
        action=request.args.get("action", "")[:60].strip(),
        subject_kind=request.args.get("of", "")[:40].strip(),
        subject_id=_number("id"),
        first=_day("first"),
        last=_day("last"),
        zone=web.settings().zone,
    )


def _asked() -> dict[str, str]:
    """The filter as it stands in the address, for links that keep it."""
    return {name: request.args[name] for name in FILTER if request.args.get(name)}


def _number(name: str) -> int | None:
    return _read_number(request.args.get(name))


def _read_number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, "").strip())
    except ValueError:
        return None


def _people(chosen: int | None) -> list[tuple[int, str]]:
    """Whom one can choose: who can sign in, and whoever is chosen, also after their account is gone."""
    found = [(account.id, account.name) for account in list_accounts(web.reader()) if _is_somebody(account)]
    if chosen is not None and chosen not in {number for number, _ in found}:
        account = find_account(web.reader(), chosen)
        found.append((chosen, account.name if account else f"Person {chosen}, whose account is gone"))
    return found


def _is_somebody(account: Account) -> bool:
    return account.email is not None
