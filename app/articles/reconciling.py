"""Bringing a save together with what was saved since the version it is based on: finds that one, and merges."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles import blocks, revising
from app.articles.blocks import Pair
from app.articles.content import Content
from app.articles.merging import BlockConflict, merge_blocks, merge_names, merge_value
from app.articles.models import Draft, Revision
from app.articles.rendering import Body

NAMES = frozenset({"tags", "authors"})
"""Fields that are a set of names with an order."""
MOST_NAMES = 10


@dataclass(frozen=True)
class Text:
    """A body as blocks, and what it is written in."""

    blocks: list[Pair]
    format: str


@dataclass(frozen=True)
class Snapshot:
    """What a version said: its text, and the other fields by name, tags and authors as lists of names."""

    version: int
    text: Text
    fields: dict[str, object]


@dataclass(frozen=True)
class FieldConflict:
    """A field that both changed; tags and authors are never one."""

    name: str
    mine: object
    theirs: object


@dataclass(frozen=True)
class Reconciled:
    """What is to be saved over theirs: of the fields only those that differ, the text or None for theirs."""

    said: dict[str, object]
    text: Text | None
    conflicts: tuple[BlockConflict, ...] = ()
    field_conflicts: list[FieldConflict] = field(default_factory=list)

    @property
    def is_agreed(self) -> bool:
        return not self.conflicts and not self.field_conflicts


def snapshot_of(saved: Draft | Revision) -> Snapshot:
    """What a working copy or a revision says."""
    fields = revising.fields_of(saved) if isinstance(saved, Draft) else saved.fields
    text = Text(blocks.pairs(saved.body, saved.block_ids, saved.body_format), saved.body_format)
    return Snapshot(saved.version, text, {**fields, "title": saved.title})


def find_version(session: Session, draft: Draft, version: int) -> Snapshot | None:
    """What a version said, or the one before it that is left; None if none is."""
    if version == draft.version:
        return snapshot_of(draft)
    found = session.scalar(
        select(Revision)
        .where(Revision.article_id == draft.article_id, Revision.version <= version, Revision.reason != "conflict")
        .order_by(Revision.id.desc())
        .limit(1)
    )
    return snapshot_of(found) if found is not None else None


def list_savers(session: Session, draft: Draft, *, since: int, but: int | None) -> list[str]:
    """The names of those who saved after a version, the last one first, without the account ``but``."""
    rows = session.execute(
        select(Revision.account_id, Account.name)
        .join(Account, Account.id == Revision.account_id)
        .where(Revision.article_id == draft.article_id, Revision.version > since, Revision.reason != "conflict")
        .order_by(Revision.id.desc())
        .limit(500)
    )
    names = {account_id: name for account_id, name in reversed(list(rows)) if account_id != but}
    return list(dict.fromkeys(reversed(names.values())))[:MOST_NAMES]


def reconcile(theirs: Snapshot, said: dict[str, object], text: Text | None, *, base: Snapshot | None) -> Reconciled:
    """Merge what a save says into the working copy as it is. Pure. Without a base, all that differs is a conflict."""
    merged: dict[str, object] = {}
    conflicts: list[FieldConflict] = []
    before = base.fields if base is not None else {}
    for name, mine in said.items():
        other = theirs.fields.get(name)
        if name in NAMES:
            value: object = merge_names(_names(before.get(name)), _names(other), _names(mine))
        else:
            value, is_conflict = merge_value(before.get(name), other, mine)
            if is_conflict:
                conflicts.append(FieldConflict(name, mine, other))
        if value != other:
            merged[name] = value
    if text is None:
        return Reconciled(merged, None, (), conflicts)
    formats = {theirs.text.format, text.format, base.text.format if base is not None else text.format}
    if len(formats) > 1:
        return _reconcile_whole(theirs, merged, text, base, conflicts)
    was = base.text.blocks if base is not None else []
    found = merge_blocks(was, theirs.text.blocks, text.blocks, body_format=text.format)
    return Reconciled(merged, _if_other(found.blocks, theirs), found.conflicts, conflicts)


def _reconcile_whole(
    theirs: Snapshot, said: dict[str, object], text: Text, base: Snapshot | None, conflicts: list[FieldConflict]
) -> Reconciled:
    """HTML and Markdown have no blocks in common: the text is one value."""
    other, mine = _whole(theirs.text), _whole(text)
    value, is_conflict = merge_value(_whole(base.text) if base is not None else None, other, mine)
    if is_conflict:
        conflicts = [*conflicts, FieldConflict("body", mine[1], other[1])]
    return Reconciled(said, text if value != other else None, (), conflicts)


def _if_other(merged: list[Pair], theirs: Snapshot) -> Text | None:
    return Text(merged, theirs.text.format) if blocks.join(merged) != blocks.join(theirs.text.blocks) else None


def _whole(text: Text) -> tuple[str, str]:
    return text.format, blocks.join(text.blocks)


def _names(value: object) -> Sequence[str]:
    return [str(name) for name in value] if isinstance(value, list | tuple) else []


def reconcile_content(
    session: Session, draft: Draft, content: Content, *, based_on: int, base: Snapshot | None = None
) -> Reconciled:
    """What a tidied content has to be so that nothing is lost that was saved after ``based_on``; ``base`` if known."""
    base = base or find_version(session, draft, based_on)
    text = None
    if content.body is not None:
        former = base.text.blocks if base is not None else []
        texts = blocks.split(content.body.source, content.body.format)
        text = Text(blocks.named(texts, content.block_ids, former=former), content.body.format)
    theirs = base if base is not None and base.version == draft.version else snapshot_of(draft)
    return reconcile(theirs, content.said(), text, base=base)


def merged_content(content: Content, found: Reconciled) -> Content:
    """The content that a merge makes of one."""
    said: dict[str, Any] = found.said
    if found.text is None:
        return Content(**said)
    typed = content.body
    body = Body(
        blocks.join(found.text.blocks),
        found.text.format,
        typed.as_typed if typed else None,
        typed.removed if typed else (),
    )
    return Content(body=body, block_ids=[item for item, _ in found.text.blocks], **said)


def keep_mine(session: Session, draft: Draft, content: Content, *, by_id: int | None, based_on: int) -> Revision:
    """Keep what somebody wanted to save as a revision of its own, reason conflict."""
    ids = [str(item) for item in content.block_ids]
    return revising.keep_conflict(
        session, draft, content.said(), body=content.body, block_ids=ids, by_id=by_id, based_on=based_on
    )
