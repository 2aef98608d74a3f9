"""What a change to a role does, before it is made: what it takes from whom and gives to whom."""

import hashlib
import json
from dataclasses import dataclass

from app import web
from app.accounts import roles
from app.accounts.models import Account, Role
from app.accounts.permissions import RoleRow


@dataclass(frozen=True)
class Consequences:
    """What would change for whom."""

    taken: list[tuple[str, str, str]]
    """Action, scope before, scope after."""
    given: list[tuple[str, str, str]]
    holders: list[Account]
    """Whom it is taken from and given to: everybody in the role who is active."""
    invited: int
    label: str = ""
    """What the role would be called; "": as before."""
    into: str = ""
    """The name of the role they would have instead, where theirs is deleted."""
    role: str = ""

    @property
    def is_something(self) -> bool:
        return bool(self.taken or self.given or self.label)

    @property
    def fingerprint(self) -> str:
        """What somebody has seen: if anything of it is different when they press the button, they are shown it anew."""
        seen = [self.role, self.taken, self.given, self.label, self.into, [person.id for person in self.holders]]
        return hashlib.sha256(json.dumps([*seen, self.invited]).encode()).hexdigest()


def what_changes(before: Role, after: RoleRow, *, label: str | None) -> Consequences:
    """What it does if a role may what ``after`` may, and is called ``label``."""
    renamed = label.strip() if label is not None and not before.is_builtin else before.label
    return _find(before, after, label="" if renamed == before.label else renamed)


def what_deleting_does(role: Role, into: Role) -> Consequences:
    """What it does if everybody in ``role`` has the role ``into`` instead."""
    return _find(role, into, into=into.name)


def _find(before: Role, after: RoleRow, *, label: str = "", into: str = "") -> Consequences:
    changes = roles.compare(before, after)
    return Consequences(
        taken=[change for change in changes if not roles.is_wider(change[1], change[2])],
        given=[change for change in changes if roles.is_wider(change[1], change[2])],
        holders=[person for person in roles.list_holders(web.reader(), before.name) if person.is_active],
        invited=roles.count_invited(web.reader(), before.name),
        label=label,
        into=into,
        role=before.name,
    )
