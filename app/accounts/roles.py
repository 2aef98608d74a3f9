"""Roles: which there are, making one, changing what it may, letting go of it.

Nobody grants more than they hold: whoever changes a role (``by``; None: the command line, which may everything) must
hold all that it may, before and after. The admin's row is the fixed end of it and cannot be changed.
"""

from collections.abc import Mapping

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.factors import follow_demand, note_demand
from app.accounts.models import ADMIN, Account, Role
from app.accounts.models_doors import Invitation
from app.accounts.permissions import NO, RIGHTS, WIDTH, Actor, RoleRow, covers, scope_in, scopes_for, usual_scope
from app.accounts.signing_in import end_all_sessions
from app.slugging import slugify
from app.text import clean_line, is_blank

LABEL_LENGTH = 80
NAME_LENGTH = 40
MOST_GRACE_DAYS = 90
MOST_ROLES = 50
_IN_ADDRESSES = frozenset({"new", "why", "look", "all"})


class RoleUnknown(Exception):
    """There is no such role here."""


class RoleNameless(Exception):
    """Please say what people in this role are called, with letters: Guest writer."""


class RoleNameTooLong(Exception):
    """The name of a role has at most 80 characters."""


class RoleNameTaken(Exception):
    """There is a role of this name already."""


class TooManyRoles(Exception):
    """There are 50 roles already: delete one that nobody needs first."""


class RoleFixed(Exception):
    """An admin may do everything, always: this role cannot be changed."""


class RoleBuiltIn(Exception):
    """This role comes with the software and stays."""


class RightUnknown(Exception):
    """There is no such right, or not in this scope."""


class BeyondOwn(Exception):
    """Nobody can give, change or take away rights that they do not have themselves."""


class GraceInvalid(Exception):
    """The days of grace are a whole number from 0 to 90."""


# Questions


def list_roles(session: Session) -> list[Role]:
    """All roles: admin, editor, author, then those made here, by name."""
    roles = session.scalars(select(Role)).all()
    builtin = {name: place for place, name in enumerate(("admin", "editor", "author"))}
    return sorted(roles, key=lambda role: (builtin.get(role.name, len(builtin)), role.label.casefold(), role.name))


def find_role(session: Session, name: str) -> Role | None:
    return session.get(Role, name) if 0 < len(name) <= NAME_LENGTH and "\x00" not in name else None


def get_role(session: Session, name: str) -> Role:
    """The role of this name; raises ``RoleUnknown``, which says which there are."""
    role = find_role(session, name)
    if role is None:
        known = ", ".join(known.name for known in list_roles(session))
        raise RoleUnknown(f"There is no such role. There are: {known}.")
    return role


def list_holders(session: Session, name: str) -> list[Account]:
    """Who has this role, by name: those who can come in first."""
    inactive = Account.deactivated_at.is_not(None)
    wanted = select(Account).where(Account.role == name).order_by(inactive, func.lower(Account.name), Account.id)
    return list(session.scalars(wanted))


def count_holders(session: Session) -> dict[str, int]:
    """How many active people have each role that somebody has."""
    counted = (
        select(Account.role, func.count().label("held")).where(Account.deactivated_at.is_(None)).group_by(Account.role)
    )
    return {row.role: row.held for row in session.execute(counted)}


def count_invited(session: Session, name: str) -> int:
    """How many people are invited to this role and have not come yet."""
    open_ones = (Invitation.role == name, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    return session.scalar(select(func.count()).select_from(Invitation).where(*open_ones)) or 0


# Changes


def make_role(session: Session, *, label: str, rights: Mapping[str, str], by: Actor | None) -> Role:
    """Make a role that may what ``rights`` says (action to scope; what it does not name: no).

    Raises ``RoleNameless``, ``RoleNameTooLong``, ``RoleNameTaken``, ``TooManyRoles``, ``RightUnknown``, ``BeyondOwn``.
    """
    kept = check_label(session, label)
    if len(list_roles(session)) >= MOST_ROLES:
        raise TooManyRoles
    name = slugify(kept)[:NAME_LENGTH].strip("-")
    if not name:
        raise RoleNameless
    role = Role(name=f"{name[:35]}-role" if name in _IN_ADDRESSES else name, label=kept, rights={}, is_builtin=False)
    role.rights = differences(role.name, rights)
    if by is not None and not covers(by, role):
        raise BeyondOwn
    try:
        with session.begin_nested():
            session.add(role)
    except IntegrityError:
        raise RoleNameTaken from None
    return role


def check_label(session: Session, typed: str, *, of: str = "") -> str:
    """What the role ``of`` is to be called, as it is kept: one line. Raises what ``make_role`` has against it."""
    label = clean_line(typed)
    if is_blank(label):
        raise RoleNameless
    if len(label) > LABEL_LENGTH:
        raise RoleNameTooLong
    if any(role.label.casefold() == label.casefold() and role.name != of for role in list_roles(session)):
        raise RoleNameTaken
    return label


def rename_role(session: Session, name: str, *, label: str, by: Actor | None) -> Role:
    """Call a role made here something else; its name in addresses and commands stays. Raises ``RoleBuiltIn`` too."""
    role = _take_hold(session, name, by=by)
    if role.is_builtin:
        raise RoleBuiltIn
    role.label = check_label(session, label, of=name)
    session.flush()
    return role


def change_rights(session: Session, name: str, *, rights: Mapping[str, str], by: Actor | None) -> Role:
    """Let a role do what ``rights`` says; actions that it does not name stay as they are.

    Raises ``RoleUnknown``, ``RoleFixed``, ``RightUnknown``, ``BeyondOwn``.
    """
    role = _take_hold(session, name, by=by)
    if role.name == ADMIN:
        raise RoleFixed
    thought = Thought(role.name, differences(role.name, dict(role.rights) | dict(rights)))
    if by is not None and not covers(by, thought):
        raise BeyondOwn
    role.rights = dict(thought.rights)
    session.flush()
    return role


def demand_second_factor(session: Session, name: str, *, demanded: bool, grace_days: int, by: Actor | None) -> Role:
    """Demand a second factor of everybody in a role, after so many days of grace from now; or stop demanding it.

    Raises ``RoleUnknown``, ``GraceInvalid``, ``BeyondOwn``.
    """
    if not 0 <= grace_days <= MOST_GRACE_DAYS:
        raise GraceInvalid
    role = _take_hold(session, name, by=by)
    if (role.demands_second_factor, role.grace_days) != (demanded, grace_days):
        role.demands_second_factor, role.grace_days = demanded, grace_days
        follow_demand(session, role)
    return role


def delete_role(session: Session, name: str, *, into: str, by: Actor | None) -> list[Account]:
    """Delete a role made here; who has it, or is invited to it, gets the role ``into``. Returns who had it.

    They have to sign in anew. Raises ``RoleUnknown``, ``RoleBuiltIn``, ``BeyondOwn``.
    """
    role = _take_hold(session, name, by=by)
    if role.is_builtin:
        raise RoleBuiltIn
    if into == name:
        raise RoleUnknown("Choose another role for those who have this one.")
    other = get_role(session, into)
    if by is not None and not covers(by, other):
        raise BeyondOwn
    holders = list_holders(session, name)
    for account in holders:
        give(session, account, other)
    session.execute(update(Invitation).where(Invitation.role == name).values(role=other.name))
    session.flush()
    session.execute(delete(Role).where(Role.name == name))
    return holders


def give(session: Session, account: Account, role: Role) -> None:
    """Let somebody have a role: they sign in anew, and its demand of a second factor holds for them from now on."""
    if account.role == role.name:
        return
    account.role_held = role
    session.flush()
    note_demand(session, account)
    end_all_sessions(session, account.id)


# What a role would be


class Thought:
    """A role as it would be: for a preview, and for checks before anything is changed."""

    def __init__(self, name: str, rights: Mapping[str, str]) -> None:
        self.name = name
        self.rights = rights


def differences(name: str, rights: Mapping[str, str]) -> dict[str, str]:
    """What has to be stored of ``rights``: where they differ from what the role ``name`` may anyway.

    Raises ``RightUnknown``.
    """
    for action, scope in rights.items():
        if action not in RIGHTS or scope not in scopes_for(action):
            raise RightUnknown
    return {action: scope for action, scope in sorted(rights.items()) if scope != usual_scope(name, action)}


def spread(role: RoleRow) -> dict[str, str]:
    """The whole row of a role: every action with its scope."""
    return {action: scope_in(role, action) for action in RIGHTS}


def compare(before: RoleRow, after: RoleRow) -> list[tuple[str, str, str]]:
    """The actions in which two roles differ, with the scope before and after."""
    return [
        (action, old, new) for action in RIGHTS if (old := scope_in(before, action)) != (new := scope_in(after, action))
    ]


def is_wider(old: str, new: str) -> bool:
    """Whether the scope ``new`` lets do more than ``old``."""
    return WIDTH[new] > WIDTH[old]


NOTHING = Thought("", dict.fromkeys(RIGHTS, NO))
"""A role that may nothing at all, but what everybody may."""


def _take_hold(session: Session, name: str, *, by: Actor | None) -> Role:
    get_role(session, name)
    role = session.get_one(Role, name, with_for_update=True, populate_existing=True)
    if by is not None and not covers(by, role):
        raise BeyondOwn
    return role
