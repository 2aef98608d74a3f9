"""Who may do what: the whole table, on one screen. Handlers, buttons, screens and tests all ask ``may()``.

The row of a role in the database decides. ``RIGHTS`` is what the three that come with the software may do where their
rows say nothing else; an action that the row of another role does not name is NO. What each right is called stands in
``rights_words``.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol

from app.accounts.models import ADMIN, Account, Role

ALL, OWN, OWN_UNPUBLISHED, NO = "all", "own", "own unpublished", "no"
WIDTH = {NO: 0, OWN_UNPUBLISHED: 1, OWN: 2, ALL: 3}
"""Each scope holds all that a narrower one does."""

# action                  admin  editor  author
RIGHTS: dict[str, tuple[str, str, str]] = {
    "article.list": (ALL, ALL, OWN),
    "article.create": (ALL, ALL, ALL),
    "article.see": (ALL, ALL, OWN),
    "article.edit": (ALL, ALL, OWN),
    "article.assign": (ALL, ALL, NO),
    "article.publish": (ALL, ALL, NO),
    "article.withdraw": (ALL, ALL, NO),
    "article.trash": (ALL, ALL, OWN_UNPUBLISHED),
    "article.restore": (ALL, ALL, OWN_UNPUBLISHED),
    "article.delete": (ALL, ALL, NO),
    "article.duplicate": (ALL, ALL, OWN),
    "statistics.see": (ALL, ALL, OWN),
    "statistics.correct": (ALL, ALL, NO),
    "media.see": (ALL, ALL, ALL),
    "media.add": (ALL, ALL, ALL),
    "media.edit": (ALL, ALL, OWN),
    "media.delete": (ALL, ALL, OWN),
    "tag.manage": (ALL, ALL, NO),
    "people.list": (ALL, NO, NO),
    "people.add": (ALL, NO, NO),
    "people.link": (ALL, NO, NO),
    "people.change_role": (ALL, NO, NO),
    "people.deactivate": (ALL, NO, NO),
    "people.delete": (ALL, NO, NO),
    "mail.manage": (ALL, NO, NO),
    "role.see": (ALL, NO, NO),
    "role.manage": (ALL, NO, NO),
    "settings.edit": (ALL, NO, NO),
    "audit.see": (ALL, NO, NO),
    "audit.erase": (ALL, NO, NO),
    "profile.edit": (ALL, ALL, ALL),
}
_COLUMN = {"admin": 0, "editor": 1, "author": 2}

EVERYBODY = frozenset({"profile.edit"})
"""What concerns nobody but oneself: no role goes without, whatever its row says."""
# Every other action is one that a role has or has not.
_SCOPES = {
    **dict.fromkeys(("article.list", "article.see", "article.edit", "article.assign", "article.publish",
                     "article.withdraw", "article.delete", "article.duplicate", "statistics.see", "media.edit",
                     "media.delete"), (NO, OWN, ALL)),
    **dict.fromkeys(("article.trash", "article.restore"), (NO, OWN_UNPUBLISHED, OWN, ALL)),
    **dict.fromkeys(EVERYBODY, (ALL,)),
}  # fmt: skip


class RoleRow(Protocol):
    """A row of the table of roles, stored or only thought of."""

    @property
    def name(self) -> str: ...
    @property
    def rights(self) -> Mapping[str, str]: ...


class Actor(Protocol):
    """Who asks: an account."""

    @property
    def id(self) -> int: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def role_held(self) -> Role: ...
    @property
    def looks_as(self) -> Role | None: ...


class Owned(Protocol):
    """What is asked about, where it belongs to somebody: an article."""

    @property
    def owner_ids(self) -> Collection[int]: ...
    @property
    def was_published(self) -> bool: ...


Subject = Owned | Role | Account
"""What is asked about. A role: whether it may be given or changed; an account: whether they may be acted upon."""


class Verdict(NamedTuple):
    """An answer of ``judge``, and how it came about."""

    allowed: bool
    scope: str
    """What the role's row says (the narrower of two rows, while somebody looks through the eyes of another role)."""
    reason: str
    """nobody, inactive, no, all, own, own-unpublished; some (it depends on which); others (it is somebody else's),
    published (it is theirs and was published), beyond (the role or person may do what the asker may not)."""


def may(user: Actor | None, action: str, subject: Subject | None = None) -> bool:
    """Whether ``user`` may do ``action``, to ``subject`` if given; without one: to some subject at least.

    An unknown action is a programming error and raises ``KeyError``.
    """
    return judge(user, action, subject).allowed


def judge(user: Actor | None, action: str, subject: Subject | None = None) -> Verdict:
    """What ``may`` says, with its reason."""
    if action not in RIGHTS:
        raise KeyError(action)
    if user is None:
        return Verdict(False, NO, "nobody")
    if not user.is_active:
        return Verdict(False, NO, "inactive")
    scope = scope_of(user, action)
    if scope == NO:
        return Verdict(False, scope, "no")
    if isinstance(subject, Role | Account):
        fits = covers(user, subject if isinstance(subject, Role) else subject.role_held)
        return Verdict(fits, scope, "all" if fits else "beyond")
    if scope == ALL or subject is None:
        return Verdict(True, scope, "all" if scope == ALL else "some")
    if user.id not in subject.owner_ids:
        return Verdict(False, scope, "others")
    if scope == OWN:
        return Verdict(True, scope, "own")
    return Verdict(not subject.was_published, scope, "published" if subject.was_published else "own-unpublished")


def scope_of(user: Actor, action: str) -> str:
    """One of ALL, OWN, OWN_UNPUBLISHED, NO: for lists, which filter instead of asking row by row."""
    if not user.is_active:
        return NO
    scope = scope_in(user.role_held, action)
    if user.looks_as is not None:  # looking only narrows
        scope = min(scope, scope_in(user.looks_as, action), key=WIDTH.__getitem__)
    return scope


def scope_in(role: RoleRow, action: str) -> str:
    """How far a role reaches in one action: its cell of the table. An admin's cells cannot be changed."""
    if role.name == ADMIN or action in EVERYBODY:
        return RIGHTS[action][_COLUMN[ADMIN]]
    stored = role.rights.get(action, usual_scope(role.name, action))
    return stored if stored in scopes_for(action) else NO


def usual_scope(role: str, action: str) -> str:
    """What stands in a role's cell if its row says nothing: NO, but for the three that come with the software."""
    return RIGHTS[action][_COLUMN[role]] if role in _COLUMN else NO


def scopes_for(action: str) -> tuple[str, ...]:
    """The scopes that make sense for an action, the narrowest first."""
    return _SCOPES.get(action, (NO, ALL))


def covers(user: Actor, role: RoleRow) -> bool:
    """Whether ``user`` may do all that this role may: else they can neither give it nor change it."""
    return not list_beyond(user, role)


def list_beyond(user: Actor, role: RoleRow) -> list[str]:
    """The actions in which this role reaches further than ``user``."""
    return [action for action in RIGHTS if WIDTH[scope_in(role, action)] > WIDTH[scope_of(user, action)]]
