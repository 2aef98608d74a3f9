"""Writing: making articles, saving working copies, keeping every save as a revision."""

from dataclasses import dataclass, fields

from sqlalchemy.orm import Session

from app import clock, text
from app.accounts.bylines import find_or_make_byline
from app.accounts.models import Account
from app.articles import addresses, revising, searching, thinning
from app.articles.models import PLAIN_FIELDS, Article, Draft, DraftAuthor, DraftTag, Revision
from app.articles.rendering import Body
from app.articles.slugs import check_slug, slugify
from app.articles.tagging import find_or_make_tags
from app.media.using import note_uses

MAX_LENGTHS = {
    "title": 300,
    "excerpt": 5000,
    "cover_url": 2000,
    "cover_alt": 500,
    "canonical_url": 2000,
    "language": 35,
}


class TitleBlank(Exception):
    """An article needs a title that can be seen."""


class AuthorsBlank(Exception):
    """An article needs an author."""


class FieldTooLong(Exception):
    """This is longer than the field can hold."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
        self.limit = MAX_LENGTHS[field]


class SaveConflict(Exception):
    """Somebody else saved this article meanwhile. ``mine`` has been kept as a revision: commit it."""

    def __init__(self, theirs: Draft, mine: Revision) -> None:
        super().__init__(theirs.article_id)
        self.theirs = theirs
        self.mine = mine


@dataclass(frozen=True, kw_only=True)
class Content:
    """What one save says about an article; None keeps what there is. Text is tidied when it is stored."""

    title: str | None = None
    body: Body | None = None
    excerpt: str | None = None
    slug: str | None = None
    tags: list[str] | None = None
    """Names, in order."""
    authors: list[str] | None = None
    """Names, in order; an unknown name becomes somebody who cannot sign in."""
    language: str | None = None
    cover_url: str | None = None
    cover_alt: str | None = None
    canonical_url: str | None = None
    is_featured: bool | None = None

    def tidied(self) -> "Content":
        """Without what cannot be stored. Raises ``TitleBlank``, ``FieldTooLong``."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        for name, limit in MAX_LENGTHS.items():
            value = values[name]
            if value is None:
                continue
            value = text.clean_block(value).strip() if name == "excerpt" else text.clean_line(value)
            if len(value) > limit:
                raise FieldTooLong(name)
            values[name] = "" if text.is_blank(value) else value
        if values["title"] == "":
            raise TitleBlank
        return Content(**values)


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
        _set_authors(session, article.draft, [session.get_one(Account, by_id)])
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
) -> Draft:
    """Save the working copy as the next version, and as a revision; what is live stays as it is.

    ``based_on`` is the version the writer saw: another one raises ``SaveConflict``, with the writer's text
    kept. Saving what is there already changes nothing. Also raises ``TitleBlank``, ``AuthorsBlank``,
    ``FieldTooLong``, ``SlugTaken``, ``SlugInvalid``, ``SlugReserved``, ``TagTooLong``.
    """
    content = content.tidied()
    draft = article.draft
    # PostgreSQL: wait for whoever saves at this moment, and see what they saved.
    session.refresh(draft, with_for_update=True)
    if not _would_change(draft, content):
        return draft
    if based_on is not None and based_on != draft.version:
        mine = revising.keep_conflict(session, draft, _said(content), body=content.body, by_id=by_id, based_on=based_on)
        raise SaveConflict(draft, mine)
    if content.slug is not None or content.title is not None:
        _move(session, draft, content, take_over=take_over)
    _fill(session, draft, content)
    draft.version += 1
    draft.saved_by_id = by_id
    article.edited_at = clock.now()
    session.flush()
    revising.keep(session, draft, reason=reason, by_id=by_id, body=content.body)
    searching.fold(session, draft)
    session.flush()
    thinning.thin(session, article.id)
    _note_uses(session, draft)
    return draft


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
    _set_authors(session, copy.draft, source.authors)
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
        tags=list(kept["tags"]),  # type: ignore[call-overload]
        authors=list(kept["authors"]) if with_authors else None,  # type: ignore[call-overload]
        **{name: kept[name] for name in PLAIN_FIELDS if name in kept},  # type: ignore[arg-type]
    )
    return save(session, article, content, by_id=by_id, based_on=None, reason="restored")


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
        draft.body, draft.body_format = content.body.source, content.body.format
    if content.authors is not None:
        _set_authors(session, draft, _find_authors(session, draft, content.authors))
    if content.tags is not None:
        known = {link.tag_id: link for link in draft.tag_links}
        tags = find_or_make_tags(session, content.tags)
        draft.tag_links = [known.get(tag.id) or DraftTag(tag=tag) for tag in tags]
        for position, link in enumerate(draft.tag_links):
            link.position = position


def _note_uses(session: Session, draft: Draft) -> None:
    note_uses(session, draft.article_id, place="draft", texts=[draft.body], cover=draft.cover_url)


def _find_authors(session: Session, draft: Draft, names: list[str]) -> list[Account]:
    """Accounts of these names; of two with the same name the one that is an author already."""
    present = {account.name: account for account in reversed(draft.authors)}
    wanted = [name for name in map(text.clean_line, names) if not text.is_blank(name)]
    if not wanted:
        raise AuthorsBlank
    return [present.get(name) or find_or_make_byline(session, name=name) for name in dict.fromkeys(wanted)]


def _set_authors(session: Session, draft: Draft, accounts: list[Account]) -> None:
    known = {link.account_id: link for link in draft.author_links}
    draft.author_links = [known.get(account.id) or DraftAuthor(account=account) for account in accounts]
    for position, link in enumerate(draft.author_links):
        link.position = position


def _said(content: Content) -> dict[str, object]:
    """What a save says beside the body, by field."""
    names = (*PLAIN_FIELDS, "slug", "tags", "authors")
    return {name: value for name in names if (value := getattr(content, name)) is not None}


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
