"""Writing: making articles, saving working copies, keeping every save as a revision."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app import clock, text
from app.accounts.bylines import find_or_make_byline
from app.accounts.models import Account
from app.articles import addresses, blocks, revising, searching, thinning
from app.articles.content import MAX_LENGTHS, Content, FieldTooLong, TitleBlank
from app.articles.models import PLAIN_FIELDS, Article, Draft, DraftAuthor, DraftTag, Revision, Tag
from app.articles.reconciling import keep_mine, merged_content, reconcile_content
from app.articles.rendering import Body
from app.articles.slugs import check_slug, slugify
from app.articles.tagging import find_or_make_tags
from app.media.using import note_uses

__all__ = ["MAX_LENGTHS", "AuthorsBlank", "Content", "FieldTooLong", "SaveConflict", "TitleBlank"]


class AuthorsBlank(Exception):
    """An article needs an author."""


class SaveConflict(Exception):
    """Somebody else saved this article meanwhile. ``mine`` has been kept as a revision: commit it."""

    def __init__(self, theirs: Draft, mine: Revision) -> None:
        super().__init__(theirs.article_id)
        self.theirs = theirs
        self.mine = mine


def create(
    session: Session, content: Content, *, by_id: int | None, reason: str = "created", take_over: bool = False
) -> Article:
    """Make an article that nobody can see yet. Raises ``TitleBlank``, ``SlugTaken`` and the others of a save."""
    content = content.tidied()
    if content.title is None:
        raise TitleBlank
    now = clock.now()
    # Saying that there is nothing yet saves a question to the database for each.
    article = Article(created_at=now, edited_at=now, draft=None, text=None, author_links=[], tag_links=[])
    session.add(article)
    session.flush()
    slug = _choose_slug(session, article.id, content, take_over=take_over)
    article.draft = Draft(
        article_id=article.id,
        version=1,
        slug=slug,
        title=content.title,
        saved_by_id=by_id,
        author_links=[],
        tag_links=[],
    )
    _fill(session, article.draft, content)
    if not article.draft.author_links and by_id is not None:
        set_authors(article.draft, [session.get_one(Account, by_id)])
    session.flush()
    revising.keep(session, article.draft, reason=reason, by_id=by_id, body=content.body)
    searching.fold(session, article.draft)
    session.flush()
    _note_uses(session, article.draft)
    return article


def save(
    session: Session,
    article: Article,
    content: Content,
    *,
    by_id: int | None,
    based_on: int | None,
    reason: str = "saved",
    take_over: bool = False,
    merges: bool = False,
) -> Draft:
    """Save the working copy as the next version, and as a revision; what is live stays as it is.

    ``based_on`` is the version the writer saw. On another one what was saved meanwhile is merged in, if ``merges``;
    where that is not asked for or both changed the same, ``SaveConflict`` is raised, with the writer's text kept.
    Saving what is there already changes nothing. Also raises ``TitleBlank``, ``AuthorsBlank``, ``FieldTooLong``,
    ``SlugTaken``, ``SlugInvalid``, ``SlugReserved``, ``TagTooLong``.
    """
    content = content.tidied()
    draft = lock(session, article)
    if not _would_change(draft, content):
        return draft
    if based_on is not None and based_on != draft.version:
        found = reconcile_content(session, draft, content, based_on=based_on) if merges else None
        if found is None or not found.is_agreed:
            raise SaveConflict(draft, keep_mine(session, draft, content, by_id=by_id, based_on=based_on))
        content = merged_content(content, found)
        if not _would_change(draft, content):
            return draft
    if content.slug is not None or content.title is not None:
        _move(session, draft, content, take_over=take_over)
    _fill(session, draft, content)
    keep_version(session, article, by_id=by_id, reason=reason, body=content.body)
    _note_uses(session, draft)
    return draft


def keep_version(session: Session, article: Article, *, by_id: int | None, reason: str, body: Body | None) -> None:
    """Count what the locked working copy has become as its next version, and keep it as a revision."""
    draft = article.draft
    draft.version += 1
    draft.saved_by_id = by_id
    article.edited_at = clock.now()
    session.flush()
    revising.keep(session, draft, reason=reason, by_id=by_id, body=body)
    searching.fold(session, draft)
    session.flush()
    thinning.thin(session, article.id)


def lock(session: Session, article: Article) -> Draft:
    """The working copy, for changes. PostgreSQL: wait for whoever saves at this moment, and see what they saved."""
    session.refresh(article.draft, with_for_update=True)
    return article.draft


def duplicate(session: Session, article: Article, *, by_id: int | None) -> Article:
    """A new draft with the same working copy, under an address of its own."""
    source = article.draft
    content = Content(
        title=text.shorten(f"{source.title} (copy)", MAX_LENGTHS["title"]),
        body=Body(source.body, source.body_format),
        tags=[tag.name for tag in source.tags],
        **{name: getattr(source, name) for name in PLAIN_FIELDS if name not in {"title", "is_featured"}},
    )
    copy = create(session, content, by_id=by_id, reason="duplicated")
    copy.shows_pageviews = article.shows_pageviews
    set_authors(copy.draft, source.authors)
    session.flush()
    return copy


def restore_revision(
    session: Session, article: Article, revision: Revision, *, by_id: int | None, with_authors: bool = True
) -> Draft:
    """Make a revision's text the working copy again, as a new version. The address stays as it is now.

    ``with_authors`` False: the authors stay too, for somebody who may not choose them.
    """
    kept = dict(revision.fields)
    content = Content(
        title=revision.title,
        body=Body(revision.body, revision.body_format),
        block_ids=revision.block_ids,
        tags=list(kept["tags"]),  # type: ignore[call-overload]
        authors=list(kept["authors"]) if with_authors else None,  # type: ignore[call-overload]
        **{name: kept[name] for name in PLAIN_FIELDS if name in kept},  # type: ignore[arg-type]
    )
    return save(session, article, content, by_id=by_id, based_on=None, reason="restored")


def set_authors(draft: Draft, accounts: list[Account]) -> None:
    """Say who a working copy is by, in order; no version of it is kept by this alone."""
    known = {link.account_id: link for link in draft.author_links}
    draft.author_links = [known.get(account.id) or DraftAuthor(account=account) for account in accounts]
    for position, link in enumerate(draft.author_links):
        link.position = position


def set_tags(draft: Draft, tags: list[Tag]) -> None:
    """Give a working copy these tags, in order; no version of it is kept by this alone."""
    known = {link.tag_id: link for link in draft.tag_links}
    draft.tag_links = [known.get(tag.id) or DraftTag(tag=tag) for tag in tags]
    for position, link in enumerate(draft.tag_links):
        link.position = position


def _choose_slug(session: Session, article_id: int, content: Content, *, take_over: bool) -> str:
    """The slug that was typed, or one made from the title; claimed for the article either way."""
    if content.slug is not None and content.slug.strip():
        slug = check_slug(content.slug)
        addresses.claim(session, slug, article_id=article_id, take_over=take_over)
        return slug
    made = slugify(content.title or "") or f"article-{article_id}"
    slug = addresses.find_free(session, made, article_id=article_id)
    addresses.claim(session, slug, article_id=article_id)
    return slug


def _move(session: Session, draft: Draft, content: Content, *, take_over: bool) -> None:
    """Give the working copy another address. An emptied field asks for a new one made from the title."""
    if content.slug is None or content.slug.strip() == draft.slug:
        return
    wanted = content if content.title is not None else Content(slug=content.slug, title=draft.title)
    former = draft.slug
    draft.slug = _choose_slug(session, draft.article_id, wanted, take_over=take_over)
    session.flush()
    if draft.slug != former:
        addresses.leave(session, former)


def _fill(session: Session, draft: Draft, content: Content) -> None:
    for name in PLAIN_FIELDS:
        value = getattr(content, name)
        if value is not None:
            setattr(draft, name, value)
    if content.body is not None:
        _set_body(draft, content.body, content.block_ids)
    if content.authors is not None:
        set_authors(draft, _find_authors(session, draft, content.authors))
    if content.tags is not None:
        set_tags(draft, find_or_make_tags(session, content.tags))


def _note_uses(session: Session, draft: Draft) -> None:
    note_uses(session, draft.article_id, place="draft", texts=[draft.body], cover=draft.cover_url)


def _set_body(draft: Draft, body: Body, ids: Sequence[object]) -> None:
    """A text that is new needs no stored ids yet: ``blocks.pairs`` makes the same ones each time."""
    if draft.body or ids:
        former = blocks.pairs(draft.body or "", draft.block_ids or [], draft.body_format or body.format)
        texts = blocks.split(body.source, body.format)
        draft.block_ids = [item for item, _ in blocks.named(texts, ids, former=former)]
    draft.body, draft.body_format = body.source, body.format


def _find_authors(session: Session, draft: Draft, names: list[str]) -> list[Account]:
    """Accounts of these names; of two with the same name the one that is an author already."""
    present = {account.name: account for account in reversed(draft.authors)}
    wanted = [name for name in map(text.clean_line, names) if not text.is_blank(name)]
    if not wanted:
        raise AuthorsBlank
    return [present.get(name) or find_or_make_byline(session, name=name) for name in dict.fromkeys(wanted)]


def _would_change(draft: Draft, content: Content) -> bool:
    said = {name: value for name in PLAIN_FIELDS if (value := getattr(content, name)) is not None}
    if any(getattr(draft, name) != value for name, value in said.items()):
        return True
    if content.body is not None and (content.body.source, content.body.format) != (draft.body, draft.body_format):
        return True
    if content.slug is not None and content.slug.strip() != draft.slug:
        return True
    if content.tags is not None and content.tags != [tag.name for tag in draft.tags]:
        return True
    return content.authors is not None and content.authors != [account.name for account in draft.authors]
