"""The list of revisions as it is read: by day, automatic saves folded together, what each one is in a word."""

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from app.articles.history import Kept

REASONS = {
    "created": "First saved", "saved": "Saved", "automatic": "Saved by itself", "published": "Published",
    "restored": "Brought back", "imported": "Imported", "duplicated": "Copied from another",
    "conflict": "Kept from a conflict",
}  # fmt: skip
BADGES = {"published": "good", "conflict": "warn", "restored": "info", "imported": "info"}
FOLDED_FROM = 3


@dataclass
class Row:
    """One revision, or several automatic ones in a row that are folded together."""

    items: list[Kept] = field(default_factory=list)

    @property
    def is_folded(self) -> bool:
        return len(self.items) > 1

    @property
    def people(self) -> str:
        """Who saved these."""
        return ", ".join(dict.fromkeys(who(kept) for kept in self.items))

    @property
    def added(self) -> int:
        return sum(kept.added for kept in self.items)

    @property
    def removed(self) -> int:
        return sum(kept.removed for kept in self.items)


@dataclass(frozen=True)
class Day:
    """The revisions of one day in the site's time zone, newest first."""

    day: date
    rows: list[Row]


def who(kept: Kept) -> str:
    return kept.revision.account.name if kept.revision.account else "Typecase"


def group(items: list[Kept], zone: ZoneInfo, *, marked: set[int]) -> list[Day]:
    """Days with their rows; what is ``marked`` (ids: live, present) stands by itself."""
    days = []
    for day, of_day in groupby(items, key=lambda kept: kept.revision.created_at.astimezone(zone).date()):
        rows: list[Row] = []
        for folds, run in groupby(of_day, key=lambda kept: _folds(kept, marked)):
            found = list(run)
            rows += [Row(found)] if folds and len(found) >= FOLDED_FROM else [Row([kept]) for kept in found]
        days.append(Day(day, rows))
    return days


def told_words(added: int, removed: int) -> str:
    """What changed in the text: "12 words added, 3 removed"; empty if no word did."""
    if added and removed:
        return f"{_words(added)} added, {removed:,} removed"
    return f"{_words(added)} added" if added else f"{_words(removed)} removed" if removed else ""


def _words(count: int) -> str:
    return f"{count:,} {'word' if count == 1 else 'words'}"


def _folds(kept: Kept, marked: set[int]) -> bool:
    revision = kept.revision
    return revision.reason == "automatic" and not revision.name and revision.id not in marked
