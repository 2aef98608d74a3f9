"""Permanent addresses: ``/articles/17`` is article 17, whatever it is renamed to.

Bodies link to own articles by them. A page turns them into the addresses of the moment when it is made, not when the
text is published: a rename then changes one article and no text, and an old address that was given to another article
is in nobody's link. What such a page shows depends on the articles it links to, so its maker names their keys.
"""

import re
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.articles.models import Article
from app.articles.reading import Gone, Moved, published, resolve_address

MOST = 300
"""Links of one page that are looked up; those beyond stay permanent addresses, which lead to the same place."""
# Text as our serialiser writes it: every < begins a tag, attributes are in double quotes and hold none.
_LINK = re.compile(r'(<a\s(?:[^"<>]|"[^"]*")*?(?<=\s)href=")/articles/([1-9][0-9]{0,8})(?=["?#])')


def path_of(article_id: int) -> str:
    """The permanent address, as a path from the site's root."""
    return f"/articles/{article_id}"


def linked_ids(html: str) -> list[int]:
    """The articles that some rendered HTML links to by their permanent addresses, at most ``MOST``."""
    return list(dict.fromkeys(int(found[2]) for found in _LINK.finditer(html)))[:MOST]


def with_current_addresses(html: str, slugs: Mapping[int, str]) -> str:
    """The same HTML, linking to the slugs; an article that ``slugs`` does not name keeps its permanent address."""

    def current(found: re.Match[str]) -> str:
        slug = slugs.get(int(found[2]))
        return found[0] if slug is None else f"{found[1]}/{slug}"

    return _LINK.sub(current, html) if slugs else html


def list_public_slugs(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The slugs of those of these articles that are public now."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = session.execute(select(Article.id, Article.slug).where(Article.id.in_(wanted), published(clock.now())))
    return {article_id: slug for article_id, slug in rows if slug}


def resolve_number(session: Session, article_id: int) -> Moved | Gone | None:
    """Where a permanent address leads: to the article, or nowhere, as its slug would say."""
    article = session.get(Article, article_id) if 0 < article_id < 2**31 else None
    if article is None:
        return resolve_address(session, path_of(article_id))
    now = clock.now()
    status = article.status(now)
    if status == "published":
        return Moved(f"/{article.slug}")
    return Gone() if article.was_seen(now) and status != "scheduled" else None
