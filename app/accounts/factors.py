"""Second factors taken together: which somebody has, whether their role demands one, and until when it waits.

A role's demand gives everybody in it some days. ``Account.second_factor_due_at`` says when they end; it stands while
the role demands, and matters while there is no factor.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts import authenticators, passkeys, recovery
from app.accounts.models import Account, Role
from app.accounts.models_doors import Authenticator, Passkey, RecoveryCode


@dataclass(frozen=True)
class Standing:
    """The ways in that somebody has."""

    passkeys: list[Passkey]
    authenticator: Authenticator | None
    codes_left: int
    has_password: bool
    is_demanded: bool

    @property
    def has_factor(self) -> bool:
        return bool(self.passkeys) or self.authenticator is not None

    @property
    def is_last(self) -> bool:
        """Whether there is one and no second: what to say before it is taken away."""
        return len(self.passkeys) + (self.authenticator is not None) == 1


def find_ways(session: Session, account: Account) -> list[str]:
    """The second steps that somebody can take: some of passkey, totp, recovery; none: the password is enough."""
    ways = [
        way
        for way, noun in (("passkey", Passkey), ("totp", Authenticator))
        if session.scalar(select(exists().where(noun.account_id == account.id)))
    ]
    if ways and session.scalar(select(exists().where(RecoveryCode.account_id == account.id))):
        ways.append("recovery")
    return ways


def get_standing(session: Session, account: Account) -> Standing:
    """All ways in of this person."""
    return Standing(
        passkeys.list_passkeys(session, account.id),
        authenticators.find_authenticator(session, account.id),
        recovery.count_codes(session, account.id),
        account.password_hash is not None,
        session.get_one(Role, account.role).demands_second_factor,
    )


# What a role demands


def note_demand(session: Session, account: Account) -> None:
    """Let somebody's days begin if their role demands a second factor, and end if it does not (any more).

    For whoever signs somebody in or gives them a role; the days run from the first such moment.
    """
    role = session.get_one(Role, account.role)
    if not role.demands_second_factor:
        account.second_factor_due_at = None
    elif account.second_factor_due_at is None:
        account.second_factor_due_at = clock.now() + timedelta(days=role.grace_days)
    session.flush()


def follow_demand(session: Session, role: Role) -> None:
    """After a role's switch was turned: everybody in it has the role's days from now, or none are counted."""
    due_at = clock.now() + timedelta(days=role.grace_days) if role.demands_second_factor else None
    for account in session.scalars(select(Account).where(Account.role == role.name)):
        account.second_factor_due_at = due_at
    session.flush()


def find_due(session: Session, account: Account) -> datetime | None:
    """Until when this person may go on without the second factor that is demanded; None: nothing is missing."""
    if account.second_factor_due_at is None or find_ways(session, account):
        return None
    return account.second_factor_due_at


def list_lacking(session: Session, *, limit: int) -> list[Account]:
    """Who has no second factor although their role demands one, those first whose days end first."""
    lacks = [~exists().where(noun.account_id == Account.id) for noun in (Passkey, Authenticator)]
    wanted = [Account.second_factor_due_at.is_not(None), Account.deactivated_at.is_(None), Account.email.is_not(None)]
    order = (Account.second_factor_due_at, Account.id)
    return list(session.scalars(select(Account).where(*wanted, *lacks).order_by(*order).limit(limit)))


def is_overdue(session: Session, account: Account) -> bool:
    """Whether this person's days are over: they have to add a second factor before anything else."""
    due_at = find_due(session, account)
    return due_at is not None and due_at <= clock.now()
