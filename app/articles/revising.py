"""Keeping what was saved, and what somebody wanted to save: revisions are only ever added."""

from sqlalchemy.orm import Session

from app import clock, text
from app.articles.models import PLAIN_FIELDS, Draft, Revision
from app.articles.rendering import Body

MAX_NAME = 200


class RevisionNameTooLong(Exception):
    """The name of a version has at most 200 characters."""


def keep(session: Session, draft: Draft, *, reason: str, by_id: int | None, body: Body | None) -> Revision:
    """Add a revision of the working copy as it is now; ``body`` is what was typed with this save, if any was."""
    revision = Revision(
        article_id=draft.article_id,
        version=draft.version,
        created_at=clock.now(),
        account_id=by_id,
        reason=reason,
        title=draft.title,
        body=draft.body,
        body_format=draft.body_format,
        as_typed=body.as_typed if body else None,
        block_ids=list(draft.block_ids or []),
        fields=fields_of(draft),
    )
    session.add(revision)
    return revision


def keep_conflict(
    session: Session,
    draft: Draft,
    said: dict[str, object],
    *,
    body: Body | None,
    block_ids: list[str] | None = None,
    by_id: int | None,
    based_on: int,
) -> Revision:
    """Add a revision of what somebody wanted to save over a working copy that had changed meanwhile.

    ``said`` are the fields that were typed, by name; the others are as they are now.
    """
    revision = keep(session, draft, reason="conflict", by_id=by_id, body=body)
    revision.version = based_on
    revision.title = str(said.get("title", revision.title))
    if body is not None:
        revision.body, revision.body_format, revision.block_ids = body.source, body.format, block_ids or []
    revision.fields = revision.fields | {name: value for name, value in said.items() if name != "title"}
    session.flush()
    return revision


def fields_of(draft: Draft) -> dict[str, object]:
    """What a working copy says beside title and text, by field; tags and authors as lists of names."""
    plain = {name: getattr(draft, name) for name in PLAIN_FIELDS if name != "title"}
    return {
        **plain,
        "slug": draft.slug,
        "tags": [tag.name for tag in draft.tags],
        "authors": [account.name for account in draft.authors],
    }


def name_revision(session: Session, revision: Revision, name: str) -> None:
    """Give a revision a name, by which it is found again and never thinned; an empty one takes it away.

    Raises ``RevisionNameTooLong``.
    """
    tidy = text.clean_line(name)
    if len(tidy) > MAX_NAME:
        raise RevisionNameTooLong
    revision.name = "" if text.is_blank(tidy) else tidy
    session.flush()
