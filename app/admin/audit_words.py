"""The audit log in words: what each action is called, and where what it was done to can be looked at."""

from typing import Any

from flask import url_for

from app.accounts.models import Account
from app.accounts.permissions import may
from app.audit.models import AuditEntry

WORDS = {
    "article.create": "Article made",
    "article.publish": "Article published",
    "article.schedule": "Dates of an article changed",
    "article.withdraw": "Article withdrawn",
    "article.trash": "Article moved to the trash",
    "article.restore": "Article brought back from the trash",
    "article.delete": "Article deleted for good",
    "article.assign": "Authors of an article changed",
    "article.show_number": "Number of views shown or hidden",
    "article.import": "Articles imported",
    "article.render": "Pages made anew",
    "revision.name": "Version named",
    "revision.restore": "Earlier version brought back",
    "tag.rename": "Tag renamed",
    "tag.merge": "Tag merged into another",
    "tag.delete": "Tag deleted",
    "media.add": "File uploaded",
    "media.edit": "File described anew",
    "media.replace": "File replaced",
    "media.delete": "File deleted",
    "media.sweep": "Left-over files removed",
    "statistics.correct": "Views taken out of the count",
    "statistics.undo": "Views put back into the count",
    "settings.change": "Settings changed",
    "audit.erase": "A person's details erased from this log",
    "audit.export": "This log exported",
    "session.open": "Signed in",
    "session.refused": "Signing in refused",
    "session.end": "Signed out",
    "role.make": "Role made",
    "role.change": "Role changed",
    "role.delete": "Role deleted",
    "role.demand": "Demand for a second factor changed",
    "role.look": "Looked through the eyes of a role",
    "role.look_end": "Stopped looking through the eyes of a role",
    "person.role": "Role of a person changed",
    "person.add": "Person added",
    "person.join": "Joined by an invitation",
    "person.link": "Link to choose a password made",
    "person.deactivate": "Person deactivated",
    "person.reactivate": "Person reactivated",
    "person.delete": "Person deleted, and what was theirs handed over",
    "person.export": "Own data downloaded",
    "invitation.send": "Invitation sent",
    "invitation.revoke": "Invitation revoked",
    "reset.ask": "New password asked for by mail",
    "password.change": "Password changed",
    "address.ask": "New address asked for",
    "address.give": "Address given",
    "address.change": "Address changed",
    "mail.send": "Mail sent again",
}
_ENDPOINTS = {
    "article": ("admin.articles.edit", "article_id", "article.see"),
    "media": ("admin.media.show", "media_id", "media.see"),
    "tag": ("admin.tags.edit", "tag_id", "tag.manage"),
    "person": ("admin.people.show", "account_id", "people.list"),
}


def action(name: str) -> str:
    """What an action is called: "Article published"; one that has no words here by its parts."""
    what, _, done = name.partition(".")
    return WORDS.get(name) or f"{what} {done}".replace("_", " ").replace(".", " ").strip().capitalize()


def actor(entry: AuditEntry) -> str:
    """Who it was."""
    if entry.actor_erased_at is not None:
        return f"Person {entry.actor_id} (erased)"
    return entry.actor or "Nobody signed in"


def subject(entry: AuditEntry) -> str:
    """What it was done to."""
    if entry.erased_at is not None:
        return f"{entry.subject_kind.capitalize()} {entry.subject_id} (erased)"
    return entry.subject or (f"{entry.subject_kind} {entry.subject_id}" if entry.subject_id else "")


def link(entry: AuditEntry, me: Account) -> str | None:
    """Where what it was done to can be looked at, if there is such a page and ``me`` may; it may be gone by now."""
    endpoint, name, right = _ENDPOINTS.get(entry.subject_kind, ("", "", ""))
    if not endpoint or not entry.subject_id or entry.action.endswith(".delete") or not may(me, right):
        return None
    values: dict[str, Any] = {name: entry.subject_id}
    return url_for(endpoint, **values)


def lines(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """The details as (name, before, after); of what has no before, the value alone in the third."""
    found: list[tuple[str, str, str]] = []
    for name, value in (entry.details or {}).items():
        if name == "changes" and isinstance(value, dict):
            found += [_line(str(field), change) for field, change in value.items()]
        else:
            found.append((_name(name), "", _say(value)))
    return found


def _line(name: str, change: object) -> tuple[str, str, str]:
    if isinstance(change, dict) and set(change) == {"before", "after"}:
        return _name(name), _say(change["before"]) or "(nothing)", _say(change["after"]) or "(nothing)"
    return _name(name), "", _say(change)


def _name(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _say(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(f"{_name(str(name)).lower()}: {_say(inner)}" for name, inner in value.items())
        case list():
            return ", ".join(_say(inner) for inner in value)
        case _:
            return str(value)


HELPERS = {"action": action, "actor": actor, "subject": subject, "link": link, "lines": lines}
