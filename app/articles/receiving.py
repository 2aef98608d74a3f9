"""Taking what an open editor sends: a piece of the text as it was in some version, or all of it, and some fields.

Whatever was saved meanwhile is merged in, and nothing is refused because of it: in a conflict theirs stays, mine is
kept as a revision, and the answer offers both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app import html
from app.articles import blocks, writing
from app.articles.blocks import Pair
from app.articles.commonmark import to_html
from app.articles.content import Content
from app.articles.models import Article, Draft, Revision
from app.articles.reconciling import (
    Reconciled,
    Snapshot,
    Text,
    find_version,
    keep_mine,
    list_savers,
    merged_content,
    reconcile_content,
    snapshot_of,
)
from app.articles.rendering import MAX_BODY, Body
from app.articles.slugs import slugify
from app.html_limits import MOST_WORK, most_work
from app.html_tree import parse
from app.text import clean_block

UNTITLED = "Untitled"


class SpliceMisplaced(Exception):
    """This change does not fit the version that it is said to be based on."""


class VersionForgotten(Exception):
    """The version that this change is based on is not kept any more; the whole text is needed."""


class BodyTooLong(Exception):
    """The text has more than a million characters; make several articles of it."""


@dataclass(frozen=True)
class Splice:
    """Blocks to stand in place of ``remove`` blocks from ``at`` on; cleaned, and as they were typed."""

    at: int
    remove: int
    blocks: tuple[Pair, ...]
    typed: tuple[Pair, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True)
class Received:
    """What has become of a save: the working copy now, what its sender believes it to be, what is not agreed."""

    now: Snapshot
    believed: Snapshot
    found: Reconciled
    kept: Revision | None
    merged_with: list[str]
    removed: tuple[str, ...] = ()

    @property
    def differing_fields(self) -> dict[str, object]:
        """What the sender does not know of the fields: those that are not as they were sent or seen."""
        return differing_fields(self.now, self.believed)


def prepare_splice(at: int, remove: int, typed: Sequence[Pair], *, body_format: str) -> Splice:
    """Make a change storable: slow, so before the first write. Raises ``html.TooIntricate``.

    Only what has changed is cleaned. Cleaned blocks, one after the other, are what cleaning them together makes:
    each ends everything that it begins.
    """
    typed = tuple((item, clean_block(text.replace("\x0c", " "))) for item, text in typed)
    source = blocks.join(typed)
    if body_format == "markdown":
        return Splice(at, remove, typed, typed, html.clean(to_html(source)).removed)
    cleaned = html.clean(source)
    if cleaned.html == source:
        return Splice(at, remove, tuple(blocks.settled(typed)), typed, cleaned.removed)
    found = blocks.named(blocks.split(cleaned.html), [item for item, _ in typed], former=typed)
    return Splice(at, remove, tuple(found), typed, cleaned.removed)


def receive(
    session: Session,
    article: Article,
    content: Content,
    *,
    splice: Splice | None,
    typed: str | None = None,
    by_id: int,
    based_on: int | None,
    is_automatic: bool,
    base: Sequence[Pair] | None = None,
    take_over: bool = False,
) -> Received:
    """Save what an editor sent. Saving what is there already changes nothing.

    ``base`` are the blocks of the version it is based on, as the sender knows them, where that is not kept any more.
    ``typed`` is the whole text as it was sent, where it was not a splice. Raises what ``writing.save`` does but
    ``SaveConflict``, and ``SpliceMisplaced``, ``VersionForgotten``, ``BodyTooLong``, ``html.TooIntricate``.
    """
    draft = writing.lock(session, article)
    based_on = draft.version if based_on is None else based_on
    before = _with_base(find_version(session, draft, based_on), draft, based_on, base)
    content = _whole(draft, content, splice, before, based_on).tidied()
    believed = _believed(content, splice, typed, before or snapshot_of(draft))
    found = reconcile_content(session, draft, content, based_on=based_on, base=before)
    kept = None
    if not found.is_agreed:
        kept = keep_mine(session, draft, content, by_id=by_id, based_on=based_on)
    merged = _with_slug(article, merged_content(content, found))
    _check_length(merged)
    savers = list_savers(session, draft, since=based_on, but=by_id) if based_on != draft.version else []
    reason = "automatic" if is_automatic else "saved"
    writing.save(session, article, merged, by_id=by_id, based_on=None, reason=reason, take_over=take_over)
    removed = splice.removed if splice else content.body.removed if content.body else ()
    return Received(snapshot_of(draft), believed, found, kept, savers, removed)


def receive_new(
    session: Session, content: Content, *, splice: Splice | None, body_format: str, by_id: int, take_over: bool
) -> Article:
    """Make an article of what an editor sent; without a title it is "Untitled" until it has one."""
    if splice is not None:
        if splice.at or splice.remove:
            raise SpliceMisplaced
        content = _spliced(content, splice, [], body_format)
    if content.title is None:
        content = replace(content, title=UNTITLED)
    _check_length(content)
    return writing.create(session, content, by_id=by_id, take_over=take_over)


def differing_fields(now: Snapshot, believed: Snapshot) -> dict[str, object]:
    """The fields of ``now`` that are other ones in ``believed``."""
    return {name: value for name, value in now.fields.items() if believed.fields.get(name) != value}


def _with_base(found: Snapshot | None, draft: Draft, version: int, base: Sequence[Pair] | None) -> Snapshot | None:
    """A version that was thinned out, with its text from its sender; its fields are those of the one before it."""
    if base is None or version > draft.version or (found is not None and found.version == version):
        return found
    text = Text(list(base), found.text.format if found is not None else draft.body_format)
    return Snapshot(version, text, found.fields if found is not None else {})


def _whole(draft: Draft, content: Content, splice: Splice | None, before: Snapshot | None, based_on: int) -> Content:
    """The content with its text whole. A splice is against the very blocks of its version."""
    if splice is None:
        return content
    if based_on > draft.version or before is None or before.version != based_on:
        raise VersionForgotten
    return _spliced(content, splice, before.text.blocks, before.text.format)


def _spliced(content: Content, splice: Splice, former: list[Pair], body_format: str) -> Content:
    end = splice.at + splice.remove
    if end > len(former):
        raise SpliceMisplaced
    first, last = former[: splice.at], former[end:]
    made = blocks.settled([*first, *splice.blocks, *last], body_format)
    typed = blocks.join([*first, *splice.typed, *last]) if splice.removed and body_format == "html" else None
    body = Body(blocks.join(made), body_format, typed, splice.removed)
    return replace(content, body=body, block_ids=[item for item, _ in made])


def _believed(content: Content, splice: Splice | None, typed: str | None, before: Snapshot) -> Snapshot:
    """What the sender has on the screen now, if everything that was sent is stored as it was."""
    text = before.text
    if splice is not None:
        end = splice.at + splice.remove
        text = replace(text, blocks=[*text.blocks[: splice.at], *splice.typed, *text.blocks[end:]])
    elif content.body is not None:
        texts = blocks.split(clean_block(typed or ""), content.body.format)
        fits = len(texts) == len(content.block_ids)
        named = [(str(item), block) for item, block in zip(content.block_ids, texts, strict=fits)] if fits else []
        text = Text(named, content.body.format)
    return Snapshot(before.version, text, before.fields | content.said())


def _with_slug(article: Article, content: Content) -> Content:
    """Until it is published or somebody chooses one, the address is made from the title."""
    draft = article.draft
    if content.title is None or content.slug is not None or article.was_published or content.title == draft.title:
        return content
    made = slugify(draft.title) or f"article-{article.id}"
    is_made = draft.slug == made or (draft.slug.startswith(f"{made}-") and draft.slug[len(made) + 1 :].isdigit())
    return replace(content, slug="") if is_made and slugify(content.title) != made else content


def _check_length(content: Content) -> None:
    """The parts were small enough; their sum may not be."""
    body = content.body
    if body is None:
        return
    if len(body.source) > MAX_BODY:
        raise BodyTooLong
    if body.format == "html" and most_work(body.source) > MOST_WORK:
        parse(body.source)
