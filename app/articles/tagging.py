"""Tags: typed as names, found or made; renamed, merged, deleted."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from app import changes, clock, text
from app.articles.models import Article, ArticleTag, DraftTag, Tag
from app.articles.reading import published
from app.articles.searching import refold_tag
from app.articles.slugs import slugify

MAX_TAG = 300
# A name in double quotes, its own quotes doubled; or anything up to the next comma.
_QUOTED = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:,|$)')
_PLAIN = re.compile(r"([^,]*)(?:,|$)")


class TagTaken(Exception):
    """There is already a tag with this name; merge the two instead."""

    def __init__(self, holder: Tag) -> None:
        super().__init__(holder.name)
        self.holder = holder


class TagBlank(Exception):
    """A tag needs a name."""


class TagTooLong(Exception):
    """A tag's name may have 300 characters at most."""


class TagUnknown(Exception):
    """There is no such tag."""


@dataclass(frozen=True)
class TagCount:
    """A tag, how many public articles carry it, and how many working copies."""

    tag: Tag
    live: int
    drafts: int


def find_tag_by_slug(session: Session, slug: str) -> Tag | None:
    """The tag of this address."""
    return session.scalar(select(Tag).where(Tag.slug == slug))


def get_tag(session: Session, tag_id: int) -> Tag:
    """A tag by its id. Raises ``TagUnknown``."""
    tag = session.get(Tag, tag_id) if 0 < tag_id < 2**31 else None
    if tag is None:
        raise TagUnknown
    return tag


def list_tags(session: Session) -> list[Tag]:
    """All tags by name."""
    return list(session.scalars(select(Tag).order_by(func.lower(Tag.name), Tag.id)))


def list_tags_with_counts(session: Session) -> list[TagCount]:
    """All tags by name, with how many public articles and working copies carry each."""
    public = select(Article.id).where(published(clock.now()))
    live_counts = select(ArticleTag.tag_id, func.count()).where(ArticleTag.article_id.in_(public))
    live = _counts(session, live_counts.group_by(ArticleTag.tag_id))
    drafts = _counts(session, select(DraftTag.tag_id, func.count()).group_by(DraftTag.tag_id))
    return [TagCount(tag, live.get(tag.id, 0), drafts.get(tag.id, 0)) for tag in list_tags(session)]


def count_tag(session: Session, tag: Tag) -> TagCount:
    """One tag with its counts."""
    public = select(Article.id).where(published(clock.now()))
    live = select(func.count()).where(ArticleTag.tag_id == tag.id, ArticleTag.article_id.in_(public))
    drafts = select(func.count()).where(DraftTag.tag_id == tag.id)
    return TagCount(tag, session.scalar(live) or 0, session.scalar(drafts) or 0)


def parse_names(typed: str) -> list[str]:
    """Names separated by commas, each once, in order.

    A name that holds a comma or begins with a double quote is written in double quotes, its own doubled.
    Quotes around what needs none are part of the name.
    """
    names: dict[str, None] = {}
    at, line = 0, text.clean_line(typed)
    while at < len(line):
        quoted = _QUOTED.match(line, at)
        if quoted is not None and ("," in quoted[1] or '""' in quoted[1]):
            name, at = quoted[1].replace('""', '"').strip(), quoted.end()
        else:
            plain = _PLAIN.match(line, at)
            assert plain is not None, "it takes anything"
            name, at = plain[1].strip(), plain.end()
        if not text.is_blank(name):
            names.setdefault(name)
    return list(names)


def format_names(names: Iterable[str]) -> str:
    """The line that ``parse_names`` reads back as these names, with no more quotes than that takes."""
    kept = list(names)
    line = _join(kept, is_quoted=lambda name: "," in name)
    if parse_names(line) == kept:
        return line
    return _join(kept, is_quoted=lambda name: "," in name or name.startswith('"'))


def _join(names: list[str], *, is_quoted: Callable[[str], bool]) -> str:
    return ", ".join('"{}"'.format(name.replace('"', '""')) if is_quoted(name) else name for name in names)


def find_or_make_tags(session: Session, names: Iterable[str]) -> list[Tag]:
    """The tags of these names, in order; unknown ones are made. Raises ``TagTooLong``."""
    wanted = list(dict.fromkeys(cleaned for name in names if (cleaned := text.clean_line(name))))
    known = {tag.name: tag for tag in session.scalars(select(Tag).where(Tag.name.in_(wanted)))}
    return [known.get(name) or _make(session, name) for name in wanted if not text.is_blank(name)]


def rename_tag(session: Session, tag: Tag, *, name: str) -> Tag:
    """Give a tag another name; its address stays. Raises ``TagBlank``, ``TagTooLong``, ``TagTaken``."""
    name = _checked(name)
    holder = session.scalar(select(Tag).where(Tag.name == name, Tag.id != tag.id))
    if holder is not None:
        raise TagTaken(holder)
    former, tag.name = tag.name, name
    session.flush()
    refold_tag(session, tag.id, former=former, name=name)
    changes.note(session, f"tag:{tag.id}")
    return tag


def merge_tags(session: Session, tag: Tag, *, into: Tag) -> None:
    """Move everything that carries ``tag`` to ``into`` and delete ``tag``."""
    if tag.id == into.id:
        return
    for link in (ArticleTag, DraftTag):
        already = select(link.article_id).where(link.tag_id == into.id)
        session.execute(delete(link).where(link.tag_id == tag.id, link.article_id.in_(already)))
        session.execute(update(link).where(link.tag_id == tag.id).values(tag_id=into.id))
    refold_tag(session, into.id, former=tag.name, name=into.name)
    changes.note(session, f"tag:{tag.id}", f"tag:{into.id}")
    session.delete(tag)
    session.flush()
    session.expire_all()


def delete_tag(session: Session, tag: Tag) -> None:
    """Take a tag off everything that carries it, and delete it."""
    for link in (ArticleTag, DraftTag):
        session.execute(delete(link).where(link.tag_id == tag.id))
    changes.note(session, f"tag:{tag.id}")
    session.delete(tag)
    session.flush()
    session.expire_all()


def _counts(session: Session, query: Select[int, int]) -> dict[int, int]:
    return {tag_id: number for tag_id, number in session.execute(query)}  # noqa: C416 -- rows, not tuples


def _make(session: Session, name: str) -> Tag:
    tag = Tag(name=_checked(name), slug="")
    base = slugify(name) or "tag"
    taken = set(session.scalars(select(Tag.slug).where((Tag.slug == base) | Tag.slug.startswith(f"{base}-"))))
    number, tag.slug = 2, base
    while tag.slug in taken:
        tag.slug, number = f"{base[:190]}-{number}", number + 1
    session.add(tag)
    session.flush()
    return tag


def _checked(name: str) -> str:
    name = text.clean_line(name)
    if text.is_blank(name):
        raise TagBlank
    if len(name) > MAX_TAG:
        raise TagTooLong
    return name
