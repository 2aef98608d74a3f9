"""The limiter: what is counted, for whom, for how long nobody may try, and who is not held up by others' tries."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.limiting import (
    FORGOTTEN,
    KINDS,
    LONGEST_WAIT,
    Attempt,
    TooManyTries,
    check,
    forgive,
    keys_of,
    succeeded,
    take,
)
from app.accounts.models_doors import Throttle
from app.accounts.naming import tidy_email
from app.db import Database
from tests.conftest import Clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA = "ada@example.org"


def try_it(
    session: Session, *, account: str | int | None = ADA, address: str = "192.0.2.1", kind: str = "password"
) -> Attempt:
    """A try in a transaction of its own, as the doors make it."""
    try:
        attempt = take(session, keys_of(kind, secret="a secret", account=account, address=address))
        session.commit()
    finally:
        session.rollback()
    return attempt


def waits(session: Session, **whose: str) -> int:
    """So many seconds a refused try has to wait."""
    with pytest.raises(TooManyTries) as refusal:
        try_it(session, **whose)
    return refusal.value.retry_after


def address(number: int) -> str:
    """Addresses that are no neighbours."""
    return f"10.{number // 256}.{number % 256}.7"


def test_so_many_tries_are_free_and_then_the_waits_grow_up_to_an_hour(session: Session, the_clock: Clock) -> None:
    now = NOON
    the_clock.set(now)
    for number in range(KINDS["password"].account):
        try_it(session, address=address(number))
    waited = []
    for number in range(10):
        waited.append(waits(session, address=address(100 + number)))
        now += timedelta(seconds=waited[-1] - 1)
        the_clock.set(now)
        assert waits(session, address=address(200)) == 1, "asking too early changes nothing"
        now += timedelta(seconds=1)
        the_clock.set(now)
        try_it(session, address=address(100 + number))
    assert waited == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_a_thousand_guesses_at_one_account_come_to_the_stated_number(session: Session, the_clock: Clock) -> None:
    """However many addresses they come from, and as fast as they are let."""
    the_clock.set(NOON)
    heard = 0
    for number in range(1000):
        the_clock.set(NOON + timedelta(minutes=number))
        try:
            try_it(session, address=address(number))
        except TooManyTries:
            continue
        heard += 1
    # Ten are free; the waits of 30 s to 32 min are over within the first hours; then it is one an hour.
    assert heard == 10 + 7 + (1000 - 9 - 63) // 60


def test_guesses_at_many_accounts_from_one_address_stop(session: Session, the_clock: Clock) -> None:
    the_clock.set(NOON)
    for number in range(KINDS["password"].network):
        try_it(session, account=f"person{number}@example.org")
    assert waits(session, account="another@example.org") == 30
    try_it(session, account="another@example.org", address="198.51.100.1")


@pytest.mark.parametrize(
    ("addresses", "limit"),
    [
        ([f"2001:db8:1:2::{number:x}" for number in range(500)], KINDS["password"].network),
        ([f"2001:db8:1:{number:x}::1" for number in range(500)], KINDS["password"].neighbourhood),
        ([f"192.0.2.{number}" for number in range(255)], KINDS["password"].neighbourhood),
        (["192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201"] * 50, KINDS["password"].network),
        (["fe80::1%eth0", "fe80::2%eth1"] * 50, KINDS["password"].network),
    ],
    ids=["one /64", "one /48", "one /24", "IPv4 wrapped in IPv6", "with zones"],
)
def test_neighbouring_addresses_count_together(
    session: Session, the_clock: Clock, addresses: list[str], limit: int
) -> None:
    the_clock.set(NOON)
    heard = 0
    for number, sender in enumerate(addresses):
        try:
            try_it(session, account=f"person{number}@example.org", address=sender)
        except TooManyTries:
            break
        heard += 1
    assert heard == limit


@pytest.mark.parametrize(
    "written", ["ADA@example.org", " ada@Example.ORG ", "ada@example.org\r\n", "a\u200bda@example.org"]
)
def test_an_address_counts_however_it_is_typed(session: Session, the_clock: Clock, written: str) -> None:
    """Whatever finds the account counts for it; what finds none is as good as another account."""
    the_clock.set(NOON)
    for number in range(KINDS["password"].account):
        try_it(session, address=address(number))
    if tidy_email(written) == ADA:
        assert waits(session, account=written, address=address(99)) == 30
    else:
        try_it(session, account=written, address=address(99))


def test_a_right_try_forgets_the_accounts_wrong_ones(session: Session, the_clock: Clock) -> None:
    the_clock.set(NOON)
    for number in range(KINDS["password"].account - 1):
        try_it(session, address=address(number))
    attempt = try_it(session, address=address(50))
    succeeded(session, attempt)
    session.commit()
    for number in range(KINDS["password"].account):
        try_it(session, address=address(60 + number))
    assert waits(session, address=address(99)) == 30


def test_signing_in_to_ones_own_account_does_not_buy_guesses_at_others(session: Session, the_clock: Clock) -> None:
    the_clock.set(NOON)
    heard = 0
    for number in range(500):
        try:
            try_it(session, account=f"person{number}@example.org")
            heard += 1
            succeeded(session, try_it(session, account="mallory@example.org"))
            session.commit()
        except TooManyTries:
            break
    assert heard == KINDS["password"].network


def test_a_right_try_does_not_open_what_a_wrong_one_has_closed_meanwhile(session: Session, the_clock: Clock) -> None:
    the_clock.set(NOON)
    for number in range(KINDS["password"].network - 2):
        try_it(session, account=f"person{number}@example.org")
    mine = try_it(session, account="mallory@example.org")
    the_clock.set(NOON + timedelta(seconds=1))
    try_it(session, account="ada@example.org")
    succeeded(session, mine)
    session.commit()
    assert waits(session, account="bob@example.org") == 30


def test_people_who_sign_in_rightly_never_fill_up_their_network(session: Session, the_clock: Clock) -> None:
    """An office behind one address."""
    the_clock.set(NOON)
    for number in range(KINDS["password"].network * 3):
        succeeded(session, try_it(session, account=f"person{number}@example.org"))
        session.commit()
    assert {row.failures for row in session.scalars(select(Throttle))} == {0}


def test_wrong_tries_are_forgotten_after_a_day(session: Session, the_clock: Clock) -> None:
    the_clock.set(NOON)
    for number in range(KINDS["password"].account):
        try_it(session, address=address(number))
    the_clock.set(NOON + FORGOTTEN + timedelta(seconds=1))
    for number in range(KINDS["password"].account):
        try_it(session, address=address(number))
    assert waits(session, address=address(99)) == 30
    the_clock.set(NOON + 4 * FORGOTTEN)
    try_it(session, account="another@example.org", address="198.51.100.1")
    assert len(session.scalars(select(Throttle)).all()) == 3, "old rows are cleared away"


def test_kinds_are_counted_apart(session: Session, the_clock: Clock) -> None:
    the_clock.set(NOON)
    for number in range(KINDS["totp"].account):
        try_it(session, account=7, kind="totp", address=address(number))
    assert waits(session, account=7, kind="totp", address=address(99)) == 30
    try_it(session, account=7, kind="recovery", address=address(99))


def test_where_no_address_is_known_the_account_counts(session: Session, the_clock: Clock) -> None:
    the_clock.set(NOON)
    for _ in range(KINDS["password"].account):
        try_it(session, address="")
    assert waits(session, address="") == 30


def test_somebody_can_be_forgiven(session: Session, the_clock: Clock) -> None:
    the_clock.set(NOON)
    for number in range(KINDS["password"].account):
        try_it(session, address=address(number))
        succeeded(session, try_it(session, account=7, kind="totp", address=address(number)))
    forgive(session, secret="a secret", accounts=[" ADA@example.org", 7])
    session.commit()
    try_it(session, address=address(99))


def test_no_address_of_anybody_is_kept(session: Session, the_clock: Clock) -> None:
    the_clock.set(NOON)
    try_it(session)
    for row in session.scalars(select(Throttle)):
        assert ADA not in row.key
        assert "192.0.2" not in row.key
    other = {key.row for key in keys_of("password", secret="another", account=ADA, address="192.0.2.1")}
    assert other.isdisjoint(session.scalars(select(Throttle.key))), "the hashes are keyed"


def test_of_many_at_the_same_moment_no_more_are_heard(database: Database, session: Session) -> None:
    """Each is counted before it is looked at: a burst is no way round."""
    keys = keys_of("password", secret="a secret", account=ADA, address="192.0.2.1")

    def guess(_number: int) -> bool:
        with database.writer() as own:
            try:
                take(own, keys)
            except TooManyTries:
                return False
            own.commit()
            return True

    with ThreadPoolExecutor(8) as threads:
        heard = sum(threads.map(guess, range(40)))
    assert heard == KINDS["password"].account
    with pytest.raises(TooManyTries):
        check(session, keys)


def test_the_longest_wait_is_never_exceeded(session: Session, the_clock: Clock) -> None:
    the_clock.set(NOON)
    try_it(session)
    for row in session.scalars(select(Throttle)):
        row.failures = 2_000_000_000 - 1
    session.commit()
    try_it(session)
    assert waits(session) == LONGEST_WAIT.total_seconds()
