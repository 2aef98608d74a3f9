"""The files somebody uploaded, as plain data: for their own export. The files themselves are under their addresses."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.media.models import Media


def list_own(session: Session, account_id: int) -> list[dict[str, Any]]:
    """What is known of each, with its path below the site's address."""
    own = select(Media).where(Media.account_id == account_id).order_by(Media.id)
    return [
        {
            "id": media.id,
            "title": media.title,
            "alt": media.alt,
            "caption": media.caption,
            "credit": media.credit,
            "path": media.address,
            "uploaded_at": media.created_at,
        }
        for media in session.scalars(own)
    ]
