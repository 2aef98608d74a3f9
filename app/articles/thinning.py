"""Thinning automatic revisions: after a day, one for each ten minutes and author is enough.

Before that, of those that add to one another, one a minute stays, and after an hour one for ten minutes; but the last
one before a deletion stays for the day, so that what was written and taken out again is still somewhere. What somebody
named, saved by hand, published, imported, restored, or wrote in a conflict is never touched.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.articles.models import Revision

KEPT_WHOLE = timedelta(days=1)
STEP = timedelta(minutes=10)
LATELY = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
FRESH = MINUTE
"""Open tabs may still build on these."""
MOST_LOST = 20
"""Letters that may have been in a version and not in the one that stays for it: slips of the pen."""
AT_ONCE = 500
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_WORD = re.compile(r"\w+|[^\w\s<>/=\"]")


class Made(NamedTuple):
    """When a revision was made and by whom; which it is."""

    id: int
    created_at: datetime
    account_id: int | None
    reason: str
    name: str


def thin(session: Session, article_id: int) -> int:
    """Thin the automatic revisions of one article; how many went. Cheap enough to be called with every save.

    It looks at a time only when a save is the first after it is over: until then there is nothing new to be thinned.
    """
    now = clock.now()
    latest = session.scalars(
        select(Revision.created_at).where(Revision.article_id == article_id).order_by(Revision.id.desc()).limit(2)
    ).all()
    before = latest[1] if len(latest) == 2 else _EPOCH
    gone = _list_early(session, article_id, MINUTE, _begin(before - FRESH, MINUTE), _begin(now - FRESH, MINUTE))
    gone += _list_early(session, article_id, STEP, _begin(before - LATELY, STEP), _begin(now - LATELY, STEP))
    if _begin(before, STEP) != _begin(now, STEP):
        gone += _list_outdated(session, article_id, now)
    gone = sorted(set(gone))
    for start in range(0, len(gone), AT_ONCE):
        session.execute(delete(Revision).where(Revision.id.in_(gone[start : start + AT_ONCE])))
    return len(gone)


def count_lost(before: str, after: str) -> int:
    """How many letters of words in one text are not in another, wherever they stand there."""
    start = _count_common(before, after)
    rest, other = before[start:], after[start:]
    end = _count_common(rest[::-1], other[::-1])
    lost = Counter(_WORD.findall(rest[: len(rest) - end])) - Counter(_WORD.findall(other[: len(other) - end]))
    return sum(len(word) * times for word, times in lost.items())


def _list_outdated(session: Session, article_id: int, now: datetime) -> list[int]:
    """Those older than a day that are not the last of their ten minutes and author."""
    rows = session.execute(
        select(Revision.id, Revision.created_at, Revision.account_id)
        .where(Revision.article_id == article_id, Revision.reason == "automatic", Revision.name == "")
        .where(Revision.created_at < now - KEPT_WHOLE)
        .order_by(Revision.id)
    ).all()
    last = {(_begin(created_at, STEP), account_id): revision_id for revision_id, created_at, account_id in rows}
    kept = set(last.values())
    return [revision_id for revision_id, _, _ in rows if revision_id not in kept]


def _list_early(session: Session, article_id: int, step: timedelta, since: datetime, until: datetime) -> list[int]:
    """Those of a time, at most a day ago, whose words the last one of their ``step`` and author has too."""
    since = max(since, clock.now() - KEPT_WHOLE)
    if since >= until:
        return []
    columns = Revision.id, Revision.created_at, Revision.account_id, Revision.reason, Revision.name
    rows = session.execute(
        select(*columns).where(Revision.article_id == article_id, Revision.created_at >= since).order_by(Revision.id)
    )
    made = [Made(*row) for row in rows]
    met = _list_met(made)
    automatic = [one for one in made if one.reason == "automatic" and not one.name and one.created_at < until]
    groups: dict[tuple[datetime, int | None], list[int]] = {}
    for one in automatic:
        groups.setdefault((_begin(one.created_at, step), one.account_id), []).append(one.id)
    gone = []
    for ids in groups.values():
        if len(ids) > 1:
            gone += [one for one in _list_contained(session, ids) if one not in met]
    return gone


def _list_met(made: Sequence[Made]) -> set[int]:
    """What somebody met in a conflict: between it and theirs they are asked to choose."""
    met, last = set(), 0
    for one in made:
        if one.reason == "conflict":
            met.add(last)
        else:
            last = one.id
    return met


def _list_contained(session: Session, ids: Sequence[int]) -> list[int]:
    """Of revisions in their order, those of which the next one that stays has (nearly) all words."""
    newest_first = session.scalars(select(Revision).where(Revision.id.in_(ids)).order_by(Revision.id.desc()))
    contained = []
    staying = ""
    for revision in newest_first:
        whole = _whole(revision)
        if staying and count_lost(whole, staying) <= MOST_LOST:
            contained.append(revision.id)
        else:
            staying = whole
        session.expunge(revision)
    return contained


def _whole(revision: Revision) -> str:
    """All that it says."""
    fields = [f"{name} {value}" for name, value in sorted(revision.fields.items())]
    return "\n".join([revision.title, *fields, revision.as_typed or "", revision.body])


def _count_common(one: str, other: str) -> int:
    """How long the beginning is that two texts have in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def _begin(moment: datetime, step: timedelta) -> datetime:
    return moment - (moment - _EPOCH) % step
