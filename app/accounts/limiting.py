"""The limiter: how often a secret may be tried for one account, and from one network.

A try is counted before anybody looks whether it is right, so that a hundred at the same moment are a hundred; one
that was right is given back. What is kept are keyed hashes, shared by all workers and machines through the database.
"""

import hashlib
import hmac
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models_doors import Throttle
from app.accounts.naming import tidy_email

FORGOTTEN = timedelta(days=1)
"""After so long without a wrong try, former ones are forgotten."""
LONGEST_WAIT = timedelta(hours=1)


class Limits(NamedTuple):
    """How many wrong tries are free, then how long the first wait is; each further wrong try doubles it."""

    account: int
    network: int
    """One IPv4 address, or 64 bits of IPv6: what one house has."""
    neighbourhood: int
    """24 bits of IPv4, 48 of IPv6: what one customer of a provider may have."""
    first_wait: timedelta = timedelta(seconds=30)


KINDS: dict[str, Limits] = {
    "password": Limits(10, 30, 120),
    "totp": Limits(5, 30, 120),
    "recovery": Limits(5, 30, 120),
    "prove": Limits(10, 30, 120),
    # Asking for a mail counts as a wrong try, as each sends one.
    "reset": Limits(3, 10, 60, first_wait=timedelta(minutes=5)),
    "invitation": Limits(10, 30, 120),
}


class TooManyTries(Exception):
    """There were too many wrong tries."""

    def __init__(self, kind: str, *, retry_after: int) -> None:
        minutes = math.ceil(retry_after / 60)
        when = f"{retry_after} seconds" if retry_after < 60 else f"{minutes} minutes" if minutes > 1 else "a minute"
        super().__init__(f"There were too many wrong tries. Try again in {when}.")
        self.kind = kind
        self.retry_after = retry_after
        """Seconds until the next try."""


class Key(NamedTuple):
    """One row of the limiter's memory: what is tried, whose it is or where from."""

    kind: str
    scope: str
    """account, network or neighbourhood: a field of ``Limits``."""
    of: str

    @property
    def row(self) -> str:
        return f"{self.kind}:{self.scope}:{self.of}"


@dataclass(frozen=True)
class Attempt:
    """A try that was counted: hand it to ``succeeded`` if it was right."""

    keys: tuple[Key, ...]
    closed: dict[Key, datetime]
    """Until when this very try, as long as it counts as wrong, refuses others."""


def keys_of(kind: str, *, secret: str, account: str | int | None, address: str) -> tuple[Key, ...]:
    """What a try is counted under. ``account``: an id, or the e-mail address as typed, known or not.

    ``address`` is the sender's as a trusted neighbour gives it; "" if there is none.
    """
    whose = {}
    if account is not None:
        whose["account"] = tidy_email(account) if isinstance(account, str) else str(account)
    whose |= _networks(address)
    return tuple(
        Key(
            kind,
            scope,
            hmac.digest(secret.encode(), f"limiter:{kind}:{scope}:{of}".encode(), hashlib.sha256).hex()[:40],
        )
        for scope, of in whose.items()
    )


def check(session: Session, keys: Sequence[Key]) -> None:
    """Raise ``TooManyTries`` if nobody may try now. Nothing is counted."""
    wanted = select(Throttle).where(Throttle.key.in_([key.row for key in keys]))
    _refuse(keys, session.scalars(wanted))


def take(session: Session, keys: Sequence[Key]) -> Attempt:
    """Count a try, as if it were wrong; raises ``TooManyTries`` instead if nobody may try now.

    In a short transaction of its own, before the secret is looked at: it must outlive a refused request.
    """
    now = clock.now()
    session.execute(delete(Throttle).where(Throttle.last_at < now - 2 * FORGOTTEN))
    rows = _take_hold(session, keys)
    _refuse(keys, rows.values())
    closed = {}
    for key in keys:
        row = rows[key.row]
        row.failures = 1 if row.last_at < now - FORGOTTEN else row.failures + 1
        row.last_at = now
        if wait := wait_after(key, row.failures):
            row.refused_until = closed[key] = now + wait
    session.flush()
    return Attempt(tuple(keys), closed)


def succeeded(session: Session, attempt: Attempt) -> None:
    """Give back a try that was right. The account's wrong ones are forgotten; those of the network are not:

    else whoever has an account here could guess at others' for ever, signing in to their own in between.
    """
    for key in sorted(attempt.keys, key=lambda key: key.row):
        mine = Throttle.key == key.row
        if key.scope == "account":
            session.execute(delete(Throttle).where(mine))
            continue
        session.execute(update(Throttle).where(mine, Throttle.failures > 0).values(failures=Throttle.failures - 1))
        # Only what this very try has closed is opened again: a wrong one may have closed it since.
        until = attempt.closed.get(key)
        if until is not None:
            session.execute(update(Throttle).where(mine, Throttle.refused_until == until).values(refused_until=None))


def forgive(session: Session, *, secret: str, accounts: Sequence[str | int]) -> None:
    """Forget the wrong tries for somebody, by e-mail address and by id, whatever was tried."""
    keys = [
        key.row
        for kind in KINDS
        for whose in accounts
        for key in keys_of(kind, secret=secret, account=whose, address="")
    ]
    session.execute(delete(Throttle).where(Throttle.key.in_(keys)))


def wait_after(key: Key, failures: int) -> timedelta:
    """How long nobody may try after so many wrong tries; nothing while they are free."""
    limits = KINDS[key.kind]
    free: int = getattr(limits, key.scope)
    if failures < free:
        return timedelta(0)
    doubled: timedelta = limits.first_wait * 2 ** min(failures - free, 20)
    return min(doubled, LONGEST_WAIT)


def _take_hold(session: Session, keys: Sequence[Key]) -> dict[str, Throttle]:
    """The rows of these keys, made if need be and locked, in an order in which no two wait for each other."""
    now, names = clock.now(), sorted(key.row for key in keys)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    upsert = insert(Throttle).on_conflict_do_update(index_elements=["key"], set_={"first_at": Throttle.first_at})
    session.execute(upsert, [{"key": name, "failures": 0, "first_at": now, "last_at": now} for name in names])
    wanted = select(Throttle).where(Throttle.key.in_(names)).execution_options(populate_existing=True)
    return {row.key: row for row in session.scalars(wanted)}


def _refuse(keys: Sequence[Key], rows: Iterable[Throttle]) -> None:
    now = clock.now()
    until = max((row.refused_until for row in rows if row.refused_until), default=now)
    if until > now:
        raise TooManyTries(keys[0].kind, retry_after=math.ceil((until - now).total_seconds()))


def _networks(address: str) -> dict[str, str]:
    """The networks that an address is in, by scope; nothing if it is no address."""
    try:
        whole = ip_address(address.partition("%")[0])
    except ValueError:
        return {}
    if isinstance(whole, IPv6Address):
        whole = whole.ipv4_mapped or whole
    near, far = (64, 48) if isinstance(whole, IPv6Address) else (32, 24)
    return {
        "network": str(ip_network((whole, near), strict=False)),
        "neighbourhood": str(ip_network((whole, far), strict=False)),
    }
