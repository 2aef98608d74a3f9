"""The usual way to count: each view asks the database for the article, raises its number with an UPDATE, commits,
and renders the page from a template. Environment: DATABASE_URL (any of SQLAlchemy's).
"""

import os
from pathlib import Path

from flask import Flask, abort, render_template
from sqlalchemy import Engine, create_engine, event, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """Tables of their own, beside those of Typecase."""


class UsualArticle(Base):
    """An article with its number of views."""

    __tablename__ = "usual_article"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    author: Mapped[str]
    excerpt: Mapped[str]
    body: Mapped[str]
    tail: Mapped[str]
    """The rest of the page that Typecase makes of the article, so that the answers are of one size."""
    views: Mapped[int] = mapped_column(default=0)


def connect(url: str) -> Engine:
    """An engine as quick as Typecase's own: SQLite writes ahead and does not wait for the disk at each commit."""
    engine = create_engine(url, pool_size=10, max_overflow=30)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _prepare(connection, _record) -> None:  # type: ignore[no-untyped-def]
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA busy_timeout = 15000")

    return engine


def make_app(url: str) -> Flask:
    """The application on this database."""
    app = Flask("usual", static_folder=None, template_folder=str(Path(__file__).parent / "templates"))
    engine = app.extensions["usual.engine"] = connect(url)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.get("/<slug>")
    def show(slug: str) -> str:
        with Session(engine) as session:
            # The UPDATE first: a transaction that begins with reading cannot go on to write on SQLite.
            session.execute(update(UsualArticle).where(UsualArticle.slug == slug).values(views=UsualArticle.views + 1))
            article = session.scalar(select(UsualArticle).where(UsualArticle.slug == slug))
            if article is None:
                abort(404)
            page = render_template("usual.html", article=article)
            session.commit()
            return page

    return app


if "DATABASE_URL" in os.environ:
    app = make_app(os.environ["DATABASE_URL"])
