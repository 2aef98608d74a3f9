"""Whether the log is as it was written: every row there, none changed, in its place, up to the end."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.chaining import actor_digest_of, chain_of, digest_of
from app.audit.erasing import ERASED, PERSON
from app.audit.models import AuditEntry, AuditHead

BATCH = 1000
MOST_FAULTS = 100
_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


class HeadUnreadable(Exception):
    """A head is written NUMBER:HASH, as `audit head` and the log of the server show it."""


class Head(NamedTuple):
    """An end of the chain: the number of its last row, and that row's ``chain``; 0 and "" before the first."""

    number: int
    chain: str

    def __str__(self) -> str:
        return f"{self.number}:{self.chain or '-'}"


class Fault(NamedTuple):
    """Something that is not as it was written: at which row, and what in a sentence."""

    number: int
    what: str


@dataclass
class Verdict:
    """What a check found."""

    rows: int = 0
    erased: int = 0
    """Rows of which a person's details were erased: their place in the chain was checked, the details cannot be."""
    faults: list[Fault] = field(default_factory=list)
    """The first hundred."""

    @property
    def holds(self) -> bool:
        return not self.faults


def read_head(typed: str) -> Head:
    """A head from ``NUMBER:HASH``. Raises ``HeadUnreadable``."""
    found = _HEAD.fullmatch(typed.strip())
    if found is None:
        raise HeadUnreadable
    return Head(int(found[1]), found[2])


def get_head(session: Session) -> Head:
    """The end of the chain, as it is noted beside it."""
    return Head(*session.execute(select(AuditHead.number, AuditHead.chain)).one())


def verify(session: Session, *, known: Iterable[Head] = ()) -> Verdict:
    """Do the whole sum again; ``known`` are heads that were written down elsewhere, which must still be there.

    Without one, somebody who can write to the database may have made the chain anew from some row on.
    """
    verdict, before, expected = Verdict(), "", 1
    emptied, erasures = dict[int | None, int](), dict[int | None, int]()
    wanted = {head.number: head.chain for head in known if head.number}
    for entry in _all(session):
        if entry.number != expected:
            _fault(verdict, expected, _missing(expected, entry.number - 1))
        for what in _faults_of(entry, before=before if entry.number == expected else None):
            _fault(verdict, entry.number, what)
        if wanted.pop(entry.number, entry.chain) != entry.chain:
            _fault(verdict, entry.number, "Another row stood here when its hash was written down elsewhere.")
        verdict.rows += 1
        if entry.action == ERASED:
            erasures[entry.subject_id] = entry.number
        if (whose := _emptied(entry)) != ():
            verdict.erased += 1
            emptied |= dict.fromkeys(whose, entry.number)
        before, expected = entry.chain, entry.number + 1
    for person_id, number in emptied.items():
        if person_id is None or erasures.get(person_id, 0) < number:
            _fault(verdict, number, "Its details were emptied, and no erasing of a person that it is about came after.")
    for number in sorted(wanted):
        if number >= expected:
            _fault(verdict, number, "This row was written down elsewhere and is not here: the end was cut off.")
    _check_end(verdict, get_head(session), last=Head(expected - 1, before))
    return verdict


def _all(session: Session) -> Iterator[AuditEntry]:
    """Every row in its order, a batch at a time."""
    after = 0
    while True:
        batch = session.scalars(
            select(AuditEntry).where(AuditEntry.number > after).order_by(AuditEntry.number).limit(BATCH)
        ).all()
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1].number
        session.expunge_all()


def _emptied(entry: AuditEntry) -> tuple[int | None, ...]:
    """The people of whom the details were erased from a row: who did it, and whom it was done to."""
    did = () if entry.actor_erased_at is None else (entry.actor_id,)
    done_to = entry.subject_id if entry.subject_kind == PERSON else None
    return did if entry.erased_at is None else (*did, done_to)


def _faults_of(entry: AuditEntry, *, before: str | None) -> Iterator[str]:
    """What is wrong with a row itself; ``before`` None: the row before it is missing, so its link tells nothing."""
    if entry.actor_erased_at is None and actor_digest_of(entry) != entry.actor_digest:
        yield "Who did it was changed."
    if entry.erased_at is None and digest_of(entry) != entry.digest:
        yield "What was done, or to what, was changed."
    if before is not None and chain_of(entry, before=before) != entry.chain:
        yield "It does not follow from the row before: it was changed, or another one stood here."


def _check_end(verdict: Verdict, head: Head, *, last: Head) -> None:
    if head.number > last.number:
        _fault(verdict, last.number + 1, _missing(last.number + 1, head.number))
    elif head != last:
        _fault(verdict, last.number, "The end of the chain that is noted beside it is another one.")


def _missing(first: int, last: int) -> str:
    return "This row is missing." if first >= last else f"The rows up to {last} are missing."


def _fault(verdict: Verdict, number: int, what: str) -> None:
    if len(verdict.faults) < MOST_FAULTS:
        verdict.faults.append(Fault(number, what))
