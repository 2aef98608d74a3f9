"""Where an article appears: the keys of the pages that show it. Verbs note them before and after a change."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.articles.models import Article
from app.articles.reading import find_neighbours


def places(session: Session, article: Article) -> set[str]:
    """The keys of every page that shows this article where it stands now; nothing before its first publication.

    Its neighbours are among them: their pages name it as the newer or older article.
    """
    if article.published_at is None:
        return set()
    near = [article, *(neighbour for neighbour in find_neighbours(session, article) if neighbour is not None)]
    keys = {f"article:{shown.id}" for shown in near} | {"lists"}
    keys |= {f"author:{account.id}" for account in article.authors}
    return keys | {f"tag:{tag.id}" for tag in article.tags}


def places_of(session: Session, articles: Iterable[Article]) -> set[str]:
    """The keys of every page that shows one of them."""
    return set().union(*(places(session, article) for article in articles))
