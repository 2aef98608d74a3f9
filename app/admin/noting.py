"""What the audit log is told of an article: one way to name it, and who it is by before and after."""

from collections.abc import Iterator
from contextlib import contextmanager

from app import web
from app.articles.models import Article
from app.audit.withholding import differences


def note_article(action: str, article: Article, **details: object) -> None:
    """``web.note`` of something done to an article; it goes by the title of its working copy."""
    web.note(action, kind="article", id=article.id, name=article.draft.title or article.title, **details)


@contextmanager
def noting_choices(article: Article) -> Iterator[None]:
    """Note what of a save is more than text, if it changes: authors are those who may edit it."""
    before = _choices(article)
    yield
    changes = differences(before, _choices(article))
    if "authors" in changes:
        note_article("article.assign", article, changes={"authors": changes["authors"]})
    if "shows_pageviews" in changes:
        note_article("article.show_number", article, changes={"shows_pageviews": changes["shows_pageviews"]})


def _choices(article: Article) -> dict[str, object]:
    authors = [f"{account.name} ({account.id})" for account in article.draft.authors]
    return {"authors": authors, "shows_pageviews": article.shows_pageviews}


@contextmanager
def noting(action: str, article: Article) -> Iterator[None]:
    """Note what is done to an article, with what that changes for readers; nothing if it is refused."""
    before = _live(article)
    yield
    note_article(action, article, changes=differences(before, _live(article)))


def _live(article: Article) -> dict[str, object]:
    names = ("title", "slug", "published_at", "withdrawn_at", "trashed_at", "live_version")
    return {name: getattr(article, name) for name in names}
