"""A version of an article as a whole: the working copy, what is live, a revision; compared field by field."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.articles.comparing import Comparison, compare_bodies, compare_lines, compare_lists, compare_values
from app.articles.models import PLAIN_FIELDS, Article, Draft, Revision

FIELD_NAMES = {
    "title": "Title", "excerpt": "Excerpt", "slug": "Address", "tags": "Tags", "authors": "Authors",
    "language": "Language", "cover_url": "Cover image", "cover_alt": "What the cover shows",
    "canonical_url": "Canonical address", "is_featured": "Featured", "body_format": "Written in",
}  # fmt: skip
_WHOLE = frozenset({"slug", "language", "cover_url", "canonical_url", "is_featured", "body_format"})
"""Compared as a whole, not word by word."""
_LISTS = frozenset({"tags", "authors"})


@dataclass(frozen=True)
class Snapshot:
    """All that one version says: the body, and the other fields by name."""

    body: str
    body_format: str
    fields: dict[str, object]
    """Title, slug, excerpt, tags and authors (lists of names), language, cover_url, cover_alt …"""


@dataclass(frozen=True)
class FieldDifference:
    """What differs in one field beside the text."""

    label: str
    comparison: Comparison


@dataclass(frozen=True)
class Difference:
    """What leads from one snapshot to another."""

    fields: list[FieldDifference]
    text: Comparison

    @property
    def is_none(self) -> bool:
        return not self.fields and self.text.is_same


def of_draft(draft: Draft) -> Snapshot:
    """The working copy."""
    return Snapshot(draft.body, draft.body_format, _fields(draft))


def of_live(article: Article) -> Snapshot | None:
    """What readers see, or will see at the time it is due; None for what was never published."""
    if article.text is None:
        return None
    return Snapshot(article.text.body, article.text.body_format, _fields(article))


def of_revision(revision: Revision) -> Snapshot:
    """What was kept."""
    return Snapshot(revision.body, revision.body_format, {**revision.fields, "title": revision.title})


def compare(old: Snapshot, new: Snapshot) -> Difference:
    """What leads from one version to the other."""
    found = []
    for name, label in FIELD_NAMES.items():
        before, after = (
            snapshot.body_format if name == "body_format" else snapshot.fields.get(name) for snapshot in (old, new)
        )
        comparison = _comparer(name)(before, after)
        if not comparison.is_same:
            found.append(FieldDifference(label, comparison))
    text = compare_bodies(old.body, new.body, old_format=old.body_format, new_format=new.body_format)
    return Difference(found, text)


def _comparer(name: str) -> Callable[[object, object], Comparison]:
    if name in _LISTS:
        return lambda old, new: compare_lists(_names(old), _names(new))
    compare_two = compare_values if name in _WHOLE else compare_lines
    return lambda old, new: compare_two(_said(old), _said(new))


def _names(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, Iterable) and not isinstance(value, str) else []


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


def _fields(version: Draft | Article) -> dict[str, object]:
    return {
        **{name: getattr(version, name) for name in PLAIN_FIELDS},
        "slug": version.slug,
        "tags": [tag.name for tag in version.tags],
        "authors": [account.name for account in version.authors],
    }
