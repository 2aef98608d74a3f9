"""Where the links of an article lead on this site: to something readers can read, or not."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.articles.checking import Advice, Link
from app.articles.models import Address, Article, LiveText
from app.articles.slugs import RESERVED
from app.media.addresses import find_id
from app.media.reading import list_there

MOST = 300
"""Links that are looked up."""
MOST_PLACES = 20
"""Other articles that are read for an anchor."""
_NUMBER = re.compile(r"articles/([1-9][0-9]{0,8})")
STATES = {
    "unknown": "leads to an article that does not exist.",
    "draft": "leads to an article that is not published.",
    "scheduled": "leads to an article that readers cannot see before its time.",
    "withdrawn": "leads to an article that has been withdrawn.",
    "trashed": "leads to an article that is in the trash.",
    "place": "leads to a place of another article that is not there.",
    "file": "leads to a file that is not in the library.",
}


@dataclass(frozen=True)
class Target:
    """What a link of this site asks for: a path without slashes around it, and a place in it."""

    path: str
    place: str


def check_links(session: Session, links: Iterable[Link], *, own_id: int, own_slug: str, address: str) -> list[Advice]:
    """Advice about the links that lead to articles of this site; ``address`` is the site's own, without a slash."""
    targets = [(link, target) for link in links if (target := _target(link.href, address, own_slug))][:MOST]
    found = _find_articles(session, {target.path for _, target in targets if not _is_file(target.path)})
    states = {path: _state(article, own_id) for path, article in found.items()}
    places = [(target.path, article) for _, target in targets if target.place and (article := found.get(target.path))]
    ids = _read_ids(session, {article.id for _, article in places})
    files = _find_missing(session, {target.path for _, target in targets if _is_file(target.path)})
    states |= dict.fromkeys(files, "file")
    advice = []
    for link, target in targets:
        state = states.get(target.path, "")
        article = found.get(target.path)
        if not state and target.place and article is not None and article.id in ids:
            state = "" if target.place in ids[article.id] else "place"
        if state:
            advice.append(Advice("link", f"{link.name} {STATES[state]}", block_id=link.block_id))
    return advice


def _target(href: str, address: str, own_slug: str) -> Target | None:
    """What of this site a link asks for, where that is an article, a file or nothing; None for anything else."""
    try:
        parts = urlsplit(urljoin(f"{address}/{own_slug}", href))
        here = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != here.netloc.lower():
        return None
    path = unquote(parts.path).strip("/")
    is_article = _NUMBER.fullmatch(path) is not None
    if not path or (path.split("/", 1)[0] in RESERVED and not is_article and not _is_file(path)):
        return None
    return Target(path, unquote(parts.fragment))


def _is_file(path: str) -> bool:
    return find_id(f"/{path}") is not None


def _find_missing(session: Session, paths: set[str]) -> set[str]:
    """Of addresses of the library's files those whose file is not there."""
    numbers = {path: find_id(f"/{path}") or 0 for path in paths}
    there = list_there(session, numbers.values())
    return {path for path, number in numbers.items() if number not in there}


def _find_articles(session: Session, paths: set[str]) -> dict[str, Article | None]:
    """The article behind each path: by its number, or by an address it has or had; what leads elsewhere is left out."""
    numbers = {path: int(match[1]) for path in paths if (match := _NUMBER.fullmatch(path))}
    held = {
        row.path: row
        for row in session.scalars(select(Address).where(Address.path.in_(sorted(paths - numbers.keys()))))
    }
    ids = {*numbers.values(), *(row.article_id for row in held.values() if row.article_id is not None)}
    articles = {article.id: article for article in session.scalars(select(Article).where(Article.id.in_(sorted(ids))))}
    found: dict[str, Article | None] = {}
    for path in paths:
        row = held.get(path)
        if path in numbers:
            found[path] = articles.get(numbers[path])
        elif row is None or row.article_id is not None:
            found[path] = articles.get(row.article_id) if row is not None and row.article_id is not None else None
        elif row.target is None:
            found[path] = None
    return found


def _state(article: Article | None, own_id: int) -> str:
    """What is wrong with leading there; empty if nothing is. An article may lead to itself before it is public."""
    if article is None:
        return "unknown"
    status = article.status(clock.now())
    return "" if status == "published" or article.id == own_id else status


def _read_ids(session: Session, article_ids: set[int]) -> dict[int, set[str]]:
    """The places of live articles that a link can lead to."""
    some = sorted(article_ids)[:MOST_PLACES]
    rows = session.execute(select(LiveText.article_id, LiveText.rendered).where(LiveText.article_id.in_(some)))
    return {article_id: set(re.findall(r'\sid="([^"]*)"', rendered)) for article_id, rendered in rows}
