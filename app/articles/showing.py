"""The library's pictures that a text shows: found before rendering, which asks no database."""

from sqlalchemy.orm import Session

from app.media.addresses import Picture, list_ids
from app.media.reading import list_pictures


def list_shown(session: Session, body: str) -> dict[int, Picture]:
    """The pictures of the library that a body mentions, by id. No question is asked for a body without any."""
    ids = list_ids([body])
    return list_pictures(session, ids) if ids else {}
