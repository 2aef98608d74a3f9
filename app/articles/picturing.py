"""The library's files in articles: what a text shows, where a file is used, remaking pages when one is replaced."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app import changes
from app.articles.appearing import places
from app.articles.models import Article
from app.articles.publishing import render_again
from app.articles.reading import list_titles
from app.articles.rendering import Rendered, render
from app.articles.showing import list_shown
from app.media import reading, storing
from app.media.addresses import Picture
from app.media.models import MediaUse
from app.media.storing import Received

PLACE_NAMES = {
    "draft": "text of the working copy",
    "draft_cover": "cover of the working copy",
    "live": "published text",
    "live_cover": "published cover",
}


@dataclass(frozen=True)
class Use:
    """An article that uses a file, and where in it."""

    article_id: int
    title: str
    places: list[str]


def list_uses(session: Session, media_id: int) -> list[Use]:
    """The articles that use a file."""
    found: dict[int, list[str]] = {}
    for use in reading.list_uses(session, media_id):
        found.setdefault(use.article_id, []).append(PLACE_NAMES[use.place])
    titles = list_titles(session, list(found))
    return [Use(article_id, titles.get(article_id, ""), where) for article_id, where in found.items()]


def replace(session: Session, media_id: int, received: Received, *, readable: Session) -> str:
    """Replace a file, and remake the live pages that show it: they say its width and height.

    Rendering is slow, so it is done through ``readable`` before ``session`` writes. Returns what
    ``storing.replace`` does, and raises it.
    """
    ahead = _render_ahead(readable, media_id, received)
    former = storing.replace(session, reading.get_media(session, media_id), received)
    for article in _list_showing(session, media_id):
        version, rendered = ahead.get(article.id, (None, None))
        if rendered is not None and article.live_version == version:
            render_again(session, article, rendered)
        else:
            changes.note(session, *places(session, article))
    return former


def _render_ahead(session: Session, media_id: int, received: Received) -> dict[int, tuple[int | None, Rendered]]:
    """The pages as they will be, by article, with the version each was made of."""
    made = {}
    media = reading.get_media(session, media_id)
    size = (received.width or 1, received.height or 1)
    for article in _list_showing(session, media_id):
        if article.text is None or media.kind != "image":
            continue
        moves = received.frames > 1
        new = Picture(media.id, media.name, media.extension, *size, received.content_hash[:10], moves)
        pictures = list_shown(session, article.text.body) | {media_id: new}
        rendered = render(article.text.body, article.text.body_format, excerpt=article.excerpt, pictures=pictures)
        made[article.id] = (article.live_version, rendered)
    return made


def _list_showing(session: Session, media_id: int) -> list[Article]:
    """The articles whose live text or cover is this file."""
    using = select(MediaUse.article_id).where(MediaUse.media_id == media_id, MediaUse.place.in_(["live", "live_cover"]))
    wanted = select(Article).where(Article.id.in_(using)).order_by(Article.id).options(joinedload(Article.text))
    return list(session.scalars(wanted))
