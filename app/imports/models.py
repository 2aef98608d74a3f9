"""What an import remembers, so that running it again changes nothing."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.articles.models import MAX_PATH
from app.db import Base, Moment


class ImportedFile(Base):
    """A file that has been imported: its path in the imported tree, what it held, what it became."""

    __tablename__ = "imported_file"

    path: Mapped[str] = mapped_column(String(MAX_PATH), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the file and of the importer's version, in hexadecimal."""
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="SET NULL"), index=True)
    imported_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
