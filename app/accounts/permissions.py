"""Who may do what: the whole table, on one screen. Handlers, buttons and tests all ask ``may()``."""

from collections.abc import Collection
from typing import Protocol

ALL, OWN, OWN_UNPUBLISHED, NO = "all", "own", "own unpublished", "no"

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
    "settings.edit": (ALL, NO, NO),
    "profile.edit": (ALL, ALL, ALL),
}
_COLUMN = {"admin": 0, "editor": 1, "author": 2}


class Actor(Protocol):
    """Who asks: an account."""

    @property
    def id(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def is_active(self) -> bool: ...


class Owned(Protocol):
    """What is asked about, where it belongs to somebody: an article."""

    @property
    def owner_ids(self) -> Collection[int]: ...
    @property
    def was_published(self) -> bool: ...


def may(user: Actor | None, action: str, subject: Owned | None = None) -> bool:
    """Whether ``user`` may do ``action``, to ``subject`` if given; without one: to some subject at least.

    An unknown action is a programming error and raises ``KeyError``.
    """
    rights = RIGHTS[action]
    if user is None or not user.is_active:
        return False
    scope = rights[_COLUMN[user.role]]
    if scope in (ALL, NO) or subject is None:
        return scope != NO
    if user.id not in subject.owner_ids:
        return False
    return scope == OWN or not subject.was_published


def scope_of(user: Actor, action: str) -> str:
    """One of ALL, OWN, OWN_UNPUBLISHED, NO: for lists, which filter instead of asking row by row."""
    return RIGHTS[action][_COLUMN[user.role]] if user.is_active else NO
