"""Deciding what an import does with each file. Asks the database and changes nothing: a dry run is this alone."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy.orm import Session

from app.articles.models import Address, Article
from app.articles.reading import find_by_source
from app.articles.slugs import RESERVED, SlugInvalid, SlugReserved, check_slug, slugify
from app.imports.markdown import Post
from app.imports.preparing import Prepared
from app.imports.reading import find_imported_version, list_holders


class Outcome(StrEnum):
    """What became of a file."""

    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be done with one file, and what its line in the report says."""

    file: Prepared
    outcome: Outcome
    slug: str = ""
    """The address it gets (or has)."""
    addresses: tuple[str, ...] = ()
    """The paths that are to lead to it."""
    target: str | None = None
    """Where a redirect leads, after a look at what is here."""
    article_id: int | None = None
    """The article it became earlier."""
    based_on: int | None = None
    """The version of the working copy that the earlier import made."""
    is_edited_here: bool = False
    """The article has been edited since: the incoming text is only kept in its history."""
    reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass
class Planner:
    """Decides for one file after another, and remembers what it has given away."""

    given: dict[str, bool] = field(default_factory=dict)
    """The paths given away in this run: True for an article's own address, False for one that redirects."""
    next_number: dict[str, int] = field(default_factory=dict)

    def decide(self, session: Session, file: Prepared) -> Plan:
        """What to do with ``file``. Only reads."""
        if file.reason:
            return Plan(file=file, outcome=Outcome.SKIPPED, reason=file.reason)
        if file.post is None or (file.was_seen and file.post.redirect is not None):
            return Plan(file=file, outcome=Outcome.UNCHANGED)
        article = find_by_source(session, file.path) if file.is_known else None
        if article is not None:
            return self._again(session, file, file.post, article)
        if file.was_seen:
            return Plan(file=file, outcome=Outcome.SKIPPED, reason="it was imported before and deleted here since.")
        if file.post.redirect is not None:
            return self._redirect(session, file, file.post, file.post.redirect)
        return self._new(session, file, file.post)

    def _new(self, session: Session, file: Prepared, post: Post) -> Plan:
        wanted, notes = _wanted_slug(post)
        slug = self._free_slug(session, wanted)
        if slug != wanted and not notes:
            notes = (f"the address /{wanted} is taken: it is at /{slug}.",)
        addresses, refused = self._free_addresses(session, post.addresses, slug, article_id=None)
        notes = (*post.notes, *_on_images(post), *notes, *refused)
        return Plan(file=file, outcome=Outcome.IMPORTED, slug=slug, addresses=addresses, notes=notes)

    def _again(self, session: Session, file: Prepared, post: Post, article: Article) -> Plan:
        """A file that became an article earlier, and has changed."""
        reason = ""
        if article.trashed_at is not None:
            reason = "the article is in the trash here."
        elif post.redirect is not None:
            reason = "it was a post before and is a redirect now: withdraw the article by hand."
        if reason:
            return Plan(file=file, outcome=Outcome.SKIPPED, article_id=article.id, reason=reason)
        based_on = find_imported_version(session, article.id)
        plan = {"file": file, "slug": article.draft.slug, "article_id": article.id, "based_on": based_on}
        if article.draft.version != based_on:
            reason = "it was edited here since: the article stays, the file's text is kept in its history."
            return Plan(outcome=Outcome.SKIPPED, reason=reason, is_edited_here=True, **plan)  # type: ignore[arg-type]
        addresses, refused = self._free_addresses(session, post.addresses, article.draft.slug, article_id=article.id)
        notes = (*post.notes, *_on_images(post), *refused)
        return Plan(outcome=Outcome.UPDATED, addresses=addresses, notes=notes, **plan)  # type: ignore[arg-type]

    def _redirect(self, session: Session, file: Prepared, post: Post, target: str) -> Plan:
        target = self._target_here(session, target)
        wanted = (*post.addresses, *([] if post.addresses else [_wanted_slug(post)[0]]))
        addresses, refused = self._free_addresses(session, wanted, target.strip("/"), article_id=None)
        if not addresses:
            reason = refused[0] if refused else "it is a redirect to itself."
            return Plan(file=file, outcome=Outcome.SKIPPED, reason=reason)
        return Plan(file=file, outcome=Outcome.IMPORTED, addresses=addresses, target=target, notes=refused)

    def _free_slug(self, session: Session, wanted: str) -> str:
        slug, number = wanted, self.next_number.get(wanted, 2)
        while slug in RESERVED or slug in self.given or list_holders(session, [slug]):
            slug, number = f"{wanted[:190]}-{number}", number + 1
        self.next_number[wanted] = number
        self.given[slug] = True
        return slug

    def _free_addresses(
        self, session: Session, wanted: tuple[str, ...], own: str, *, article_id: int | None
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Those of the wanted paths that can be had, and a note for each that cannot."""
        holders = list_holders(session, wanted)
        free, refused = [], []
        for path in wanted:
            if path == own or _is_held_by(holders.get(path), article_id):
                continue
            if path.split("/", 1)[0].lower() in RESERVED:
                refused.append(f"the address /{path} belongs to the site itself.")
            elif path in holders or path in self.given:
                refused.append(f"the address /{path} belongs to something else here.")
            else:
                free.append(path)
                self.given[path] = False
        return tuple(free), tuple(refused)

    def _target_here(self, session: Session, target: str) -> str:
        """A path of the old site as the article it became here, where that is known."""
        path = target.strip("/")
        if "://" in target or path in self.given:
            return target
        slug = slugify(re.sub(r"\.html?$", "", path.rpartition("/")[2]))
        holders = list_holders(session, [path, slug])
        if path in holders:
            return target
        is_article = self.given.get(slug, False) or (slug in holders and holders[slug].article_id is not None)
        return f"/{slug}" if is_article else target


def _is_held_by(holder: Address | None, article_id: int | None) -> bool:
    return holder is not None and article_id is not None and holder.article_id == article_id


def _wanted_slug(post: Post) -> tuple[str, tuple[str, ...]]:
    """The slug to begin with, and a note if it cannot be had as it stands in the file."""
    wanted = slugify(post.slug) or slugify(post.title)
    if post.has_own_slug and not post.slug.isascii():
        with suppress(SlugInvalid, SlugReserved):
            wanted = check_slug(post.slug)
    wanted = wanted or "article"
    if wanted in RESERVED:
        return wanted, (f"the address /{wanted} belongs to the site itself: it gets a number.",)
    return wanted, ()


def _on_images(post: Post) -> tuple[str, ...]:
    if not post.images:
        return ()
    shown = ", ".join(post.images[:3]) + (" …" if len(post.images) > 3 else "")
    return (f"{len(post.images)} of its images are not brought along: {shown}.",)
