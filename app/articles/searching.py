"""What the admin's search looks through: a line per working copy, kept beside it."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.articles.models import Draft, DraftAuthor, DraftTag, SearchText


def fold(session: Session, draft: Draft) -> None:
    """Remake the search text of a working copy: title, slug, excerpt, tags and authors, in folded case."""
    names = [*(tag.name for tag in draft.tags), *(account.name for account in draft.authors)]
    folded = "\n".join([draft.title, draft.slug, draft.excerpt, *names]).casefold()
    row = session.get(SearchText, draft.article_id)
    if row is None:
        session.add(SearchText(article_id=draft.article_id, folded=folded))
    else:
        row.folded = folded


def refold_author(session: Session, account_id: int, *, former: str, name: str) -> None:
    """Let the working copies of somebody who has changed their name be found by the new one."""
    _replace(session, select(DraftAuthor.article_id).where(DraftAuthor.account_id == account_id), former, name)


def refold_tag(session: Session, tag_id: int, *, former: str, name: str) -> None:
    """Let the working copies that carry a tag be found by its new name."""
    _replace(session, select(DraftTag.article_id).where(DraftTag.tag_id == tag_id), former, name)


def _replace(session: Session, articles: Select[int], former: str, name: str) -> None:
    for row in session.scalars(select(SearchText).where(SearchText.article_id.in_(articles))):
        lines = row.folded.split("\n")
        row.folded = "\n".join(name.casefold() if line == former.casefold() else line for line in lines)
    session.flush()
