"""What was done to several articles, in words."""

from dataclasses import dataclass
from datetime import datetime

from app.articles.models_desk import BulkAction

# kind: what was done to one, and to several; and what undoing did
DONE = {
    "trash": ("moved to the trash", "brought back from the trash"),
    "restore": ("brought back from the trash", "put into the trash again"),
    "withdraw": ("withdrawn", "published again as before"),
    "tag": ("tagged “{given}”", "given the former tags again"),
    "untag": ("freed of the tag “{given}”", "given the former tags again"),
    "assign": ("given to {given}", "given back to the former authors"),
}
WHY = {
    "unknown": "is not there any more",
    "forbidden": "you may not do this to it",
    "already": "it is so already",
    "without": "it does not carry the tag",
    "trashed": "it is in the trash",
    "never-published": "it was never published",
    "ahead": "it has changes beside what is scheduled; open it to call it off",
    "changed": "somebody has changed it since",
}
# What the audit log calls it, and its undoing.
NOTED = {
    "trash": ("article.trash", "article.restore"),
    "restore": ("article.restore", "article.trash"),
    "withdraw": ("article.withdraw", "article.publish"),
    "tag": ("article.tag", "article.tag"),
    "untag": ("article.untag", "article.untag"),
    "assign": ("article.assign", "article.assign"),
}


@dataclass(frozen=True)
class Told:
    """What was done, for a page: a sentence, and of what was left its title (if it may be named) and why."""

    id: int
    sentence: str
    """What was done, or, once it was undone, what that has done."""
    at_first: str
    """What was done in any case."""
    who: str
    done_at: datetime
    undone_at: datetime | None
    left: list[tuple[str, str]]
    can_be_undone: bool


def describe(done: BulkAction, titles: dict[int, str]) -> Told:
    """``titles`` by id, of the articles that were left."""
    said, undone = DONE[done.kind]
    at_first = f"{_articles(len(done.items))} {said.format(given=done.given)}."
    sentence, left = at_first, done.left
    if done.undone_at is not None:
        back = len(done.items) - len(done.undone_left)
        sentence, left = f"Undone: {_articles(back, first=False)} {undone}.", done.undone_left
    why = [(titles.get(item["id"], ""), WHY.get(item["why"], "")) for item in left]
    can = bool(done.items) and done.undone_at is None
    return Told(done.id, sentence, at_first, done.account.name, done.done_at, done.undone_at, why, can)


def _articles(count: int, *, first: bool = True) -> str:
    if not count:
        return "No article was" if first else "no article was"
    return f"{count} article was" if count == 1 else f"{count} articles were"
