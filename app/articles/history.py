"""The history of an article: its revisions page by page, with what each of them changed."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from app.articles.models import Article, Revision

_BLOCK = re.compile(r"(?=<(?:p|h[1-6]|ul|ol|li|pre|blockquote|figure|table|tr|hr|div|aside|section|details)\b)|\n\s*\n")
_MARKUP = re.compile("<[^<>]*>")
_WORD = re.compile(r"\w+(?:['’‑-]\w+)*")


@dataclass(frozen=True)
class Kept:
    """A revision, and what it changed in the one before it."""

    revision: Revision
    before_id: int | None
    """The revision before it; None for the first one."""
    added: int
    """Words of the text."""
    removed: int
    is_text_same: bool


@dataclass(frozen=True)
class HistoryPage:
    """Some revisions, newest first; ``older_than`` asks for the next page, if there is one."""

    items: list[Kept]
    older_than: int | None


def read_history(session: Session, article_id: int, *, before_id: int | None = None, size: int = 60) -> HistoryPage:
    """The revisions older than ``before_id`` (None: the newest ones)."""
    wanted = [Revision.article_id == article_id]
    if before_id is not None:
        wanted.append(Revision.id < before_id)
    found = list(
        session.scalars(
            select(Revision)
            .where(*wanted)
            .order_by(Revision.id.desc())
            .limit(size + 1)
            .options(joinedload(Revision.account), defer(Revision.as_typed), defer(Revision.block_ids))
        )
    )
    items = [_kept(revision, before) for revision, before in pairwise([*found, None]) if revision is not None]
    return HistoryPage(items[:size], found[size - 1].id if len(found) > size else None)


def find_present(session: Session, article: Article) -> Revision | None:
    """The revision that holds the working copy as it is now."""
    return session.scalar(
        select(Revision)
        .where(Revision.article_id == article.id, Revision.version == article.draft.version)
        .where(Revision.reason != "conflict")
        .order_by(Revision.id.desc())
        .limit(1)
    )


def find_before(session: Session, revision: Revision) -> Revision | None:
    """The revision of the same article before this one."""
    return session.scalar(
        select(Revision)
        .where(Revision.article_id == revision.article_id, Revision.id < revision.id)
        .order_by(Revision.id.desc())
        .limit(1)
    )


def find_live_revision(session: Session, article: Article) -> Revision | None:
    """The revision that holds what was last published."""
    if article.live_version is None:
        return None
    return session.scalar(
        select(Revision)
        .where(Revision.article_id == article.id, Revision.version == article.live_version)
        .where(Revision.reason != "conflict")
        .order_by((Revision.reason == "published").desc(), Revision.id.desc())
        .limit(1)
    )


def count_changed_words(old: str, new: str) -> tuple[int, int]:
    """How many words were added and removed, wherever they stand: quick enough for a list of long texts."""
    before, after = Counter(_BLOCK.split(old)), Counter(_BLOCK.split(new))
    gone, come = _words(before - after), _words(after - before)
    return sum((come - gone).values()), sum((gone - come).values())


def _words(blocks: Counter[str]) -> Counter[str]:
    return Counter(word for block in blocks.elements() for word in _WORD.findall(_MARKUP.sub(" ", block)))


def _kept(revision: Revision, before: Revision | None) -> Kept:
    if before is None:
        return Kept(revision, None, *count_changed_words("", revision.body), is_text_same=False)
    return Kept(
        revision,
        before.id,
        *count_changed_words(before.body, revision.body),
        is_text_same=before.body == revision.body,
    )
