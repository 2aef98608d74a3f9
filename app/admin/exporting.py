"""Everything that is known of oneself, as one JSON file."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from app import clock, web
from app.accounts.exporting import describe_account, describe_ways_in
from app.accounts.reading import get_account
from app.articles.exporting import list_own as list_own_articles
from app.audit.models import AuditEntry
from app.audit.reading import Filter, list_all
from app.db import Database
from app.media.exporting import list_own as list_own_files

bp = Blueprint("exporting", __name__, url_prefix="/admin/profile")


@bp.post("/export")
@web.needs("profile.edit", fresh=True)
def export() -> ResponseReturnValue:
    web.require_button()
    me = web.myself()
    name = f"{me.slug}-{clock.now():%Y-%m-%d}.json"
    web.note("person.export", kind="person", id=me.id, name=me.name)
    web.writer().commit()
    answer = Response(_write(web.database(), me.id), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _write(database: Database, account_id: int) -> Iterator[str]:
    """The file, a piece at a time, in a session of its own: the request's is over when the last piece is made."""
    with database.reader() as session:
        account = get_account(session, account_id)
        yield '{"account": ' + _json(describe_account(account))
        yield ',\n"signing_in": ' + _json(describe_ways_in(session, account))
        yield ',\n"files": ' + _json(list_own_files(session, account_id))
        yield ',\n"articles": ['
        yield from _members(list_own_articles(session, account_id))
        yield '],\n"audit": ['
        yield from _members(_entry(entry) for entry in list_all(session, Filter(person_id=account_id)))
        yield "]}\n"


def _members(items: Iterator[dict[str, Any]]) -> Iterator[str]:
    for place, item in enumerate(items):
        yield (",\n" if place else "\n") + _json(item)


def _entry(entry: AuditEntry) -> dict[str, Any]:
    """What the log says of what they did, and of what was done to them: there nobody else's network."""
    return {
        "number": entry.number,
        "at": entry.at,
        "action": entry.action,
        "by": entry.actor,
        "about": entry.subject,
        "details": entry.details,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    raise TypeError(type(value).__name__)
