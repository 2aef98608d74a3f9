"""Settling a conflict as a whole: the text with mine where both changed the same, and the text with theirs there.

What only one of them changed is in both texts. What is not taken stays among the revisions.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from app.articles import blocks, writing
from app.articles.content import Content
from app.articles.merging import merge_blocks
from app.articles.models import Article, Draft, Revision
from app.articles.reconciling import Snapshot, Text, find_version, reconcile, snapshot_of
from app.articles.rendering import Body


class VersionGone(Exception):
    """The version that this was about is not kept any more. Nothing was changed."""


@dataclass(frozen=True)
class Sides:
    """Two whole versions to choose between."""

    mine: Snapshot
    theirs: Snapshot


def find_sides(session: Session, draft: Draft, kept: Revision, *, version: int) -> Sides:
    """What can be chosen after ``kept`` (reason conflict) met ``version`` of the working copy.

    Raises ``VersionGone``.
    """
    theirs = find_version(session, draft, version)
    base = find_version(session, draft, kept.version)
    if kept.reason != "conflict" or theirs is None or theirs.version != version:
        raise VersionGone
    former = base.text.blocks if base is not None else []
    texts = blocks.split(kept.body, kept.body_format)
    text = Text(blocks.named(texts, kept.block_ids or [], former=former), kept.body_format)
    found = reconcile(theirs, {**kept.fields, "title": kept.title}, text, base=base)
    said = {**theirs.fields, **found.said}
    own = {conflict.name: conflict.mine for conflict in found.field_conflicts if conflict.name != "body"}
    if base is not None and base.text.format == theirs.text.format == text.format:
        merged = merge_blocks(base.text.blocks, text.blocks, theirs.text.blocks, body_format=text.format)
        text = replace(text, blocks=merged.blocks)
    return Sides(Snapshot(version, text, {**said, **own}), Snapshot(version, found.text or theirs.text, said))


def take_theirs(
    session: Session, article: Article, sides: Sides, *, by_id: int | None, with_authors: bool = True
) -> Draft:
    """Put theirs where the working copy has mine, and leave what else was done to it since; a new version.

    Raises what ``writing.save`` does but ``SaveConflict``.
    """
    draft = writing.lock(session, article)
    now = snapshot_of(draft)
    said: dict[str, Any] = {
        name: value
        for name, value in sides.theirs.fields.items()
        if value != sides.mine.fields.get(name) and (with_authors or name != "authors")
    }
    if now.text.format == sides.mine.text.format == sides.theirs.text.format:
        mine, theirs = sides.mine.text.blocks, sides.theirs.text.blocks
        merged = merge_blocks(mine, theirs, now.text.blocks, body_format=now.text.format).blocks
    else:
        merged = sides.theirs.text.blocks
    content = Content(
        body=Body(blocks.join(merged), sides.theirs.text.format), block_ids=[item for item, _ in merged], **said
    )
    return writing.save(session, article, content, by_id=by_id, based_on=None)
