"""Changing the tags or the authors of an article by themselves: in the working copy, and at once in what is live."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import changes
from app.accounts.models import Account
from app.articles.appearing import places
from app.articles.models import Article, Tag
from app.articles.publishing import set_live_links
from app.articles.writing import keep_version, lock, set_authors, set_tags


@dataclass(frozen=True)
class Labels:
    """The tags and authors of a working copy, and of the live text. None: as they are."""

    tags: Sequence[Tag] | None = None
    live_tags: Sequence[Tag] | None = None
    authors: Sequence[Account] | None = None
    live_authors: Sequence[Account] | None = None


def label(session: Session, article: Article, labels: Labels, *, by_id: int | None) -> None:
    """Give an article these labels, as its next version.

    If the live text gets them too, and was the same as the working copy, it stays the same: nothing is left to publish.
    """
    draft = lock(session, article)
    was_current = article.live_version == draft.version
    if labels.tags is not None:
        set_tags(draft, list(labels.tags))
    if labels.authors is not None:
        set_authors(draft, list(labels.authors))
    keep_version(session, article, by_id=by_id, reason="saved", body=None)
    if article.live_version is None or (labels.live_tags is None and labels.live_authors is None):
        return
    appeared = places(session, article)
    set_live_links(
        article,
        authors=article.authors if labels.live_authors is None else list(labels.live_authors),
        tags=article.tags if labels.live_tags is None else list(labels.live_tags),
    )
    if was_current:
        article.live_version = draft.version
    session.flush()
    changes.note(session, *appeared, *places(session, article))
