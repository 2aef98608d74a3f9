"""What can be done to several articles at once: which right it needs, what stands in its way, how it is undone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.articles import publishing
from app.articles.labelling import Labels, label
from app.articles.models import Article, Tag
from app.articles.tagging import find_or_make_tags

State = dict[str, Any]
"""What an action changes of an article, as JSON keeps it: undoing compares it and puts it back."""


@dataclass
class Wanted:
    """What was chosen with an action, and whose it is."""

    by_id: int
    tag_names: list[str] = field(default_factory=list)
    account: Account | None = None


@dataclass(frozen=True)
class Kind:
    """One thing that can be done. ``obstacle`` is one of ``bulk.REASONS``, or empty if nothing stands in the way.

    The last argument of it and of ``do``: whether readers may see it at once, where the article is live.
    """

    right: str
    undoing_right: str
    obstacle: Callable[[Article, Wanted, bool], str]
    do: Callable[[Session, Article, Wanted, bool], None]
    state: Callable[[Article], State]
    undo: Callable[[Session, Article, State, int], None]


def _dates_of(article: Article) -> State:
    return {name: _text(getattr(article, name)) for name in ("published_at", "withdrawn_at", "trashed_at")}


def _labels_of(article: Article) -> State:
    return {
        "version": article.draft.version,
        "live_version": article.live_version,
        "tags": [tag.id for tag in article.draft.tags],
        "live_tags": [tag.id for tag in article.tags],
        "authors": [account.id for account in article.draft.authors],
        "live_authors": [account.id for account in article.authors],
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _withdraw_obstacle(article: Article, _wanted: Wanted, _is_live: bool) -> str:
    status = article.status(clock.now())
    if not article.was_seen(clock.now()) and article.has_unpublished_changes:
        return "ahead"  # what is scheduled would be lost, and undoing could not bring it back
    return {"trashed": "trashed", "draft": "never-published", "withdrawn": "already"}.get(status, "")


def _withdrawn_of(article: Article) -> State:
    """Of what readers have seen only the dates change; else it becomes a draft, whose text matters for the way back."""
    return _dates_of(article) | ({} if article.was_seen(clock.now()) else {"version": article.draft.version})


def _lift_withdrawal(session: Session, article: Article, before: State, by_id: int) -> None:
    at, until = (datetime.fromisoformat(before[name]) if before[name] else None for name in
                 ("published_at", "withdrawn_at"))  # fmt: skip
    if article.published_at is None:
        publishing.publish(session, article, by_id=by_id, at=at, withdraw_at=until)
    else:
        publishing.set_dates(session, article, withdraw_at=until)


def _tag(session: Session, article: Article, wanted: Wanted, is_live: bool) -> None:
    more = find_or_make_tags(session, wanted.tag_names)
    labels = _with_tags(article, lambda tags: [*tags, *(tag for tag in more if tag not in tags)], is_live)
    label(session, article, labels, by_id=wanted.by_id)


def _untag(session: Session, article: Article, wanted: Wanted, is_live: bool) -> None:
    names = set(wanted.tag_names)
    labels = _with_tags(article, lambda tags: [tag for tag in tags if tag.name not in names], is_live)
    label(session, article, labels, by_id=wanted.by_id)


def _with_tags(article: Article, change: Callable[[list[Tag]], list[Tag]], is_live: bool) -> Labels:
    return Labels(tags=change(article.draft.tags), live_tags=change(article.tags) if is_live else None)


def _carried(article: Article, is_live: bool) -> list[set[str]]:
    """The names of the tags of the working copy, and of the live text if that is changed too."""
    texts = [article.draft.tags, *([article.tags] if is_live and article.live_version is not None else [])]
    return [{tag.name for tag in tags} for tags in texts]


def _tag_obstacle(article: Article, wanted: Wanted, is_live: bool) -> str:
    return "already" if all(set(wanted.tag_names) <= names for names in _carried(article, is_live)) else ""


def _untag_obstacle(article: Article, wanted: Wanted, is_live: bool) -> str:
    return "without" if all(names.isdisjoint(wanted.tag_names) for names in _carried(article, is_live)) else ""


def _assign(session: Session, article: Article, wanted: Wanted, is_live: bool) -> None:
    assert wanted.account is not None
    labels = Labels(authors=[wanted.account], live_authors=[wanted.account] if is_live else None)
    label(session, article, labels, by_id=wanted.by_id)


def _assign_obstacle(article: Article, wanted: Wanted, is_live: bool) -> str:
    lists = [article.draft.authors, *([article.authors] if is_live and article.live_version is not None else [])]
    return "already" if all(authors == [wanted.account] for authors in lists) else ""


def _restore_labels(session: Session, article: Article, before: State, by_id: int) -> None:
    """Put tags and authors back; one that was deleted meanwhile stays away."""
    now = _labels_of(article)
    changed: dict[str, Any] = {}
    for name in ("tags", "live_tags", "authors", "live_authors"):
        if before[name] != now[name]:
            find: Callable[[Session, list[int]], Iterable[Tag | Account]]
            find = _find_tags if name.endswith("tags") else _find_accounts
            found = {row.id: row for row in find(session, before[name])}
            changed[name] = [found[number] for number in before[name] if number in found]
    label(session, article, Labels(**changed), by_id=by_id)


def _find_tags(session: Session, ids: list[int]) -> Iterable[Tag]:
    return session.scalars(select(Tag).where(Tag.id.in_(ids)))


def _find_accounts(session: Session, ids: list[int]) -> Iterable[Account]:
    return session.scalars(select(Account).where(Account.id.in_(ids)))


KINDS = {
    "trash": Kind(
        "article.trash", "article.restore",
        lambda article, _wanted, _live: "already" if article.trashed_at else "",
        lambda session, article, _wanted, _live: publishing.trash(session, article),
        _dates_of,
        lambda session, article, _before, _by_id: publishing.restore(session, article),
    ),
    "restore": Kind(
        "article.restore", "article.trash",
        lambda article, _wanted, _live: "" if article.trashed_at else "already",
        lambda session, article, _wanted, _live: publishing.restore(session, article),
        _dates_of,
        lambda session, article, _before, _by_id: publishing.trash(session, article),
    ),
    "withdraw": Kind(
        "article.withdraw", "article.publish", _withdraw_obstacle,
        lambda session, article, _wanted, _live: publishing.withdraw(session, article),
        _withdrawn_of, _lift_withdrawal,
    ),
    "tag": Kind("article.edit", "article.edit", _tag_obstacle, _tag, _labels_of, _restore_labels),
    "untag": Kind("article.edit", "article.edit", _untag_obstacle, _untag, _labels_of, _restore_labels),
    "assign": Kind("article.assign", "article.assign", _assign_obstacle, _assign, _labels_of, _restore_labels),
}  # fmt: skip
