"""Who holds which path. A path once public is never forgotten: it redirects, or says that the article is gone."""

from collections.abc import Iterable
from itertools import count

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.articles.models import MAX_PATH, Address, Article, Draft
from app.articles.slugs import MAX_SLUG, RESERVED, is_reserved


class SlugTaken(Exception):
    """This address is taken by another article."""

    def __init__(self, path: str, *, holder_id: int | None, is_former: bool) -> None:
        super().__init__(path)
        self.path = path
        self.holder_id = holder_id
        """The article that holds it; None for a redirect that belongs to no article."""
        self.is_former = is_former
        """Whether it only redirects by now, so that an editor may give it away."""


def claim(session: Session, path: str, *, article_id: int, take_over: bool = False) -> None:
    """Make ``path`` the article's own. Raises ``SlugTaken``, unless it is a former address and may be taken over.

    The path of an article deleted for good is free again for whoever asks for it by name.
    """
    held = session.get(Address, path)
    if held is None:
        _insert(session, path, article_id)
        return
    if held.article_id == article_id:
        return
    nobodys = held.article_id is None and held.target is None
    is_former = not _is_current(session, path)
    if not nobodys and not (take_over and is_former):
        raise SlugTaken(path, holder_id=held.article_id, is_former=is_former)
    held.article_id, held.target = article_id, None
    session.flush()


def find_free(session: Session, wanted: str, *, article_id: int) -> str:
    """``wanted`` if it is free or the article's own, else the first free of wanted-2, wanted-3 …"""
    if wanted not in RESERVED and _is_free(session, wanted, article_id):
        return wanted
    for first in count(2, 50):
        tries = [f"{wanted[: MAX_SLUG - 8]}-{number}" for number in range(first, first + 50)]
        taken = set(
            session.scalars(
                select(Address.path).where(Address.path.in_(tries), Address.article_id.is_distinct_from(article_id))
            )
        )
        free = [path for path in tries if path not in taken]
        if free:
            return free[0]
    raise AssertionError("count() never ends")


def leave(session: Session, path: str) -> None:
    """The article does not use ``path`` any more: it becomes a redirect, or free if no reader ever saw it."""
    held = session.get(Address, path)
    if held is not None and not held.was_public:
        session.delete(held)
        session.flush()


def make_public(session: Session, path: str) -> None:
    """Readers may know ``path`` from now on."""
    held = session.get(Address, path)
    assert held is not None, "a draft always holds its slug"
    held.was_public = True


def add_redirect(session: Session, path: str, *, article_id: int | None = None, target: str | None = None) -> bool:
    """Make ``path`` lead to an article, or to ``target`` (a path or full address).

    Returns False, and changes nothing, where the path cannot be had: reserved, too long, or somebody's.
    Asking again for what is so already is True.
    """
    return not add_redirects(session, [path], article_id=article_id, target=target)


def add_redirects(
    session: Session, paths: Iterable[str], *, article_id: int | None = None, target: str | None = None
) -> list[str]:
    """``add_redirect`` for many paths in one go. Returns those that cannot be had."""
    wanted = list(dict.fromkeys(path.strip("/") for path in paths))
    holders = {held.path: held for held in session.scalars(select(Address).where(Address.path.in_(wanted)))}
    refused = []
    for path in wanted:
        held = holders.get(path)
        if not path or len(path) > MAX_PATH or is_reserved(path):
            refused.append(path)
        elif held is None:
            session.add(Address(path=path, article_id=article_id, target=target, was_public=True))
        elif (held.article_id, held.target) != (article_id, target):
            refused.append(path)
    session.flush()
    return refused


def _insert(session: Session, path: str, article_id: int) -> None:
    try:
        with session.begin_nested():
            session.add(Address(path=path, article_id=article_id))
    except IntegrityError as error:
        # Somebody else's transaction took it between our look and our claim.
        raise SlugTaken(path, holder_id=None, is_former=False) from error


def _is_current(session: Session, path: str) -> bool:
    """Whether a working copy or a live article stands at this path now."""
    drafts = select(Draft.article_id).where(Draft.slug == path)
    live = select(Article.id).where(Article.slug == path)
    return session.scalar(drafts.union(live).limit(1)) is not None


def _is_free(session: Session, path: str, article_id: int) -> bool:
    held = session.get(Address, path)
    return held is None or held.article_id == article_id
