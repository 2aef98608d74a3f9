"""Publishing: making the saved copy live, at once or at a time; taking it off again; the trash."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import changes, clock
from app.accounts.models import Account
from app.articles import addresses, revising
from app.articles.appearing import places
from app.articles.models import (
    PLAIN_FIELDS,
    Address,
    Article,
    ArticleAuthor,
    ArticleTag,
    Draft,
    LiveText,
    Revision,
    Tag,
)
from app.articles.permanent import path_of
from app.articles.rendering import RENDERER, Rendered, render
from app.articles.showing import list_shown
from app.media.using import note_uses


class Keep(Enum):
    """Stands for "as it is" where None means "no time"."""

    KEEP = "keep"


KEEP = Keep.KEEP


class WithdrawalTooEarly(Exception):
    """The article would be withdrawn before it is published."""


class NotInTrash(Exception):
    """Only what is in the trash can be deleted for good."""


class NeverPublished(Exception):
    """This article is not published, so there is nothing to withdraw."""


@dataclass(frozen=True)
class RenderedDraft:
    """A working copy rendered before the transaction began, and which version that was."""

    version: int
    rendered: Rendered


def render_draft(session: Session, draft: Draft) -> RenderedDraft:
    """Render a working copy: slow, so done before the first write."""
    pictures = list_shown(session, draft.body)
    return RenderedDraft(draft.version, render(draft.body, draft.body_format, excerpt=draft.excerpt, pictures=pictures))


def publish(
    session: Session,
    article: Article,
    *,
    by_id: int | None,
    at: datetime | None = None,
    withdraw_at: datetime | Keep | None = KEEP,
    rendered: RenderedDraft | None = None,
    is_new: bool = False,
) -> None:
    """Make the saved copy live, now or from ``at`` on; the former address redirects.

    Publishing again keeps the date of the first time, unless that lies ahead or ``at`` is given. A withdrawal
    that has passed is lifted, one that lies ahead stays, unless ``withdraw_at`` says otherwise (None: none).
    ``is_new`` says that the article was made in this transaction: nobody else can be saving it, and the
    revision that made it is enough. The caller then notes what changed for readers.
    Raises ``WithdrawalTooEarly``.
    """
    now = clock.now()
    draft = article.draft
    if not is_new:
        session.refresh(draft, with_for_update=True)
    if rendered is None or rendered.version != draft.version:
        rendered = render_draft(session, draft)
    appeared = places(session, article)
    if article.slug not in (None, draft.slug) and not article.was_seen(now):
        _forget_address(session, article)
        article.slug = None
    _set_dates(article, now, at, withdraw_at)
    former = article.slug
    for name in (*PLAIN_FIELDS, "slug"):
        setattr(article, name, getattr(draft, name))
    _set_text(article, draft, rendered.rendered)
    set_live_links(article, authors=draft.authors, tags=draft.tags)
    note_uses(session, article.id, place="live", texts=[draft.body], cover=draft.cover_url)
    addresses.make_public(session, draft.slug)
    if former is not None and former != draft.slug:
        addresses.leave(session, former)
    article.live_version = draft.version
    article.trashed_at = None
    session.flush()
    if not is_new:
        revising.keep(session, draft, reason="published", by_id=by_id, body=None)
        session.flush()
        changes.note(session, *appeared, *places(session, article))


def withdraw(session: Session, article: Article, *, at: datetime | None = None) -> None:
    """Take an article off, now or from ``at`` on; called off before its time, it is a draft again.

    Raises ``NeverPublished``, ``WithdrawalTooEarly``.
    """
    if article.published_at is None:
        raise NeverPublished
    now = clock.now()
    if at is None and not article.was_seen(now):
        _call_off(session, article)
        return
    when = at or now
    if at is not None and at <= article.published_at:
        raise WithdrawalTooEarly
    appeared = places(session, article)
    article.withdrawn_at = when
    session.flush()
    changes.note(session, *appeared)


def _call_off(session: Session, article: Article) -> None:
    """Nobody has seen it: it is as before it was scheduled, and its address is as unknown as it was."""
    appeared = places(session, article)
    _forget_address(session, article)
    article.published_at = article.withdrawn_at = article.updated_at = article.live_version = None
    article.slug, article.text = None, None
    for name in PLAIN_FIELDS:
        setattr(article, name, False if name == "is_featured" else "")
    article.words, article.summary = 0, ""
    article.author_links, article.tag_links = [], []
    note_uses(session, article.id, place="live", texts=[], cover="")
    session.flush()
    changes.note(session, *appeared)


def _forget_address(session: Session, article: Article) -> None:
    """The live address of an article that was never seen is no public one, and free unless the working copy has it."""
    held = session.get(Address, article.slug)
    if held is not None and held.article_id == article.id:
        held.was_public = False
        if article.draft.slug != article.slug:
            addresses.leave(session, held.path)


def set_dates(
    session: Session, article: Article, *, at: datetime | None = None, withdraw_at: datetime | Keep | None = KEEP
) -> None:
    """Change when an article appears (None: as it is) and disappears; what is live of its text stays as it is.

    Raises ``NeverPublished``, ``WithdrawalTooEarly``.
    """
    if article.published_at is None:
        raise NeverPublished
    published_at = at or article.published_at
    withdrawn_at = article.withdrawn_at if isinstance(withdraw_at, Keep) else withdraw_at
    if withdrawn_at is not None and withdrawn_at <= published_at:
        raise WithdrawalTooEarly
    appeared = places(session, article)
    was_updated = article.updated_at or published_at
    article.updated_at = published_at if was_updated == article.published_at else max(was_updated, published_at)
    _note_first_time(article, clock.now())
    article.published_at, article.withdrawn_at = published_at, withdrawn_at
    session.flush()
    changes.note(session, *appeared, *places(session, article))


def trash(session: Session, article: Article) -> None:
    """Put an article into the trash: readers get 410, staff can restore it."""
    article.trashed_at = article.trashed_at or clock.now()
    session.flush()
    changes.note(session, *places(session, article))


def restore(session: Session, article: Article) -> None:
    """Take an article out of the trash: it is again what it was before."""
    article.trashed_at = None
    session.flush()
    changes.note(session, *places(session, article))


def show_pageviews(session: Session, article: Article, *, shown: bool) -> None:
    """Say whether readers see how often an article was read. It is counted either way."""
    if article.shows_pageviews != shown:
        article.shows_pageviews = shown
        session.flush()
        changes.note(session, f"article:{article.id}")


def set_live_links(article: Article, *, authors: list[Account], tags: list[Tag]) -> None:
    """Say who the live text is by and which tags it carries, in order. The caller notes what changed for readers."""
    writers = {link.account_id: link for link in article.author_links}
    article.author_links = [writers.get(account.id) or ArticleAuthor(account=account) for account in authors]
    carried = {link.tag_id: link for link in article.tag_links}
    article.tag_links = [carried.get(tag.id) or ArticleTag(tag=tag) for tag in tags]
    for links in (article.author_links, article.tag_links):
        for position, link in enumerate(links):
            link.position = position  # type: ignore[attr-defined]


def delete_for_good(session: Session, article: Article) -> None:
    """Delete an article with its revisions; its addresses answer 410 from now on. Raises ``NotInTrash``."""
    if article.trashed_at is None:
        raise NotInTrash
    was_seen = article.was_seen(clock.now())
    if article.slug is not None and not was_seen:
        _forget_address(session, article)
        session.flush()
    session.execute(delete(Address).where(Address.article_id == article.id, ~Address.was_public))
    if was_seen:
        session.merge(Address(path=path_of(article.id).strip("/"), was_public=True))
    session.execute(delete(Revision).where(Revision.article_id == article.id))
    session.execute(delete(Article).where(Article.id == article.id))
    session.expire_all()


def render_again(session: Session, article: Article, rendered: Rendered) -> None:
    """Replace the rendered page of a live article by what a newer renderer makes of the same source."""
    assert article.text is not None
    article.text.rendered, article.text.renderer = rendered.html, RENDERER
    article.words, article.summary = rendered.words, rendered.summary
    session.flush()
    changes.note(session, *places(session, article))


def _note_first_time(article: Article, now: datetime) -> None:
    """Before it gets other dates: when readers saw it first, if they did."""
    if article.was_seen(now):
        article.first_public_at = article.first_public_at or article.published_at


def _set_dates(article: Article, now: datetime, at: datetime | None, withdraw_at: datetime | Keep | None) -> None:
    first = article.published_at is None or article.published_at > now
    published_at = at or (now if first else article.published_at)
    assert published_at is not None
    if not isinstance(withdraw_at, Keep):
        withdrawn_at = withdraw_at
    elif article.withdrawn_at is not None and article.withdrawn_at > now:
        withdrawn_at = article.withdrawn_at
    else:
        withdrawn_at = None
    if withdrawn_at is not None and withdrawn_at <= published_at:
        raise WithdrawalTooEarly
    _note_first_time(article, now)
    article.published_at, article.withdrawn_at = published_at, withdrawn_at
    article.updated_at = published_at if first else max(now, published_at)


def _set_text(article: Article, draft: Draft, rendered: Rendered) -> None:
    if article.text is None:
        article.text = LiveText(article_id=article.id)
    article.text.body, article.text.body_format = draft.body, draft.body_format
    article.text.rendered, article.text.renderer = rendered.html, RENDERER
    article.words, article.summary = rendered.words, rendered.summary
