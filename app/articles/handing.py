"""Handing over what somebody wrote to somebody else: for a person who leaves for good."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app import changes
from app.accounts.models import Account
from app.articles.models import Address, ArticleAuthor, Draft, DraftAuthor, Revision
from app.articles.searching import refold_author

MOST_KEYS = 200
"""Articles whose pages are named one by one as changed; of more than that, every page of the site is."""


def count_of(session: Session, account_id: int) -> int:
    """How many articles somebody is an author of, live or in the working copy."""
    live = select(ArticleAuthor.article_id).where(ArticleAuthor.account_id == account_id)
    drafts = select(DraftAuthor.article_id).where(DraftAuthor.account_id == account_id)
    return session.scalar(select(func.count()).select_from(live.union(drafts).subquery())) or 0


def hand_over(session: Session, account: Account, *, to: Account) -> int:
    """Make ``to`` the author of everything that ``account`` is one of, and of its saved versions.

    The address of the author's page leads to the new author's from then on; where readers never saw one, it says
    that it is gone. Returns the number of articles.
    """
    number = count_of(session, account.id)
    live = set(session.scalars(select(ArticleAuthor.article_id).where(ArticleAuthor.account_id == account.id)))
    refold_author(session, account.id, former=account.name, name=to.name)
    for link in (ArticleAuthor, DraftAuthor):
        shared = select(link.article_id).where(link.account_id == to.id)
        session.execute(delete(link).where(link.account_id == account.id, link.article_id.in_(shared)))
        session.execute(update(link).where(link.account_id == account.id).values(account_id=to.id))
    session.execute(update(Draft).where(Draft.saved_by_id == account.id).values(saved_by_id=to.id))
    session.execute(update(Revision).where(Revision.account_id == account.id).values(account_id=to.id))
    _lead_on(session, account.slug, to.slug if live else None)
    session.expire_all()
    keys = [f"article:{article_id}" for article_id in live] if len(live) <= MOST_KEYS else ["site"]
    changes.note(session, *keys, f"author:{account.id}", f"author:{to.id}", "lists")
    return number


def _lead_on(session: Session, slug: str, other: str | None) -> None:
    """Let the former author's page lead to the other's, also from where it led here; None: it says that it is gone."""
    here, there = f"author/{slug}", f"/author/{other}" if other else None
    session.execute(update(Address).where(Address.target == f"/{here}").values(target=there))
    session.merge(Address(path=here, target=there, was_public=True))
    session.flush()
