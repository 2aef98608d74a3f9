"""What earlier imports remember."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.articles.models import Address, Revision
from app.imports.models import ImportedFile
from app.imports.preparing import Known


def list_known(session: Session, paths: Collection[str]) -> dict[str, Known]:
    """What is known of the files at these paths of the imported tree, by path."""
    rows = session.scalars(select(ImportedFile).where(ImportedFile.path.in_(paths)))
    return {row.path: Known(row.digest, row.article_id) for row in rows}


def find_imported_version(session: Session, article_id: int) -> int | None:
    """The version of the working copy that an import last made; None if none did."""
    wanted = (Revision.article_id == article_id, Revision.reason == "imported")
    return session.scalar(select(func.max(Revision.version)).where(*wanted))


def list_holders(session: Session, paths: Collection[str]) -> dict[str, Address]:
    """What holds these paths of the site, by path; free ones are missing."""
    if not paths:
        return {}
    return {row.path: row for row in session.scalars(select(Address).where(Address.path.in_(paths)))}
