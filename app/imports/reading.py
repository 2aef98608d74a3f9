"""What earlier imports remember."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.articles.models import Address, Revision
from app.imports.models import ImportedFile


def list_imported(session: Session, paths: Collection[str]) -> dict[str, ImportedFile]:
    """What is known of the files at these paths of the imported tree, by path."""
    rows = session.scalars(select(ImportedFile).where(ImportedFile.path.in_(paths)))
    return {row.path: row for row in rows}


def find_imported_version(session: Session, article_id: int) -> int | None:
    """The version of the working copy that an import last made; None if none did."""
    wanted = (Revision.article_id == article_id, Revision.reason == "imported")
    return session.scalar(select(func.max(Revision.version)).where(*wanted))


def find_holder(session: Session, path: str) -> Address | None:
    """Whatever holds this path of the site."""
    return session.get(Address, path)
