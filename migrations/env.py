"""Alembic's environment: runs the migrations over a connection that the command hands in."""

from alembic import context

import app.accounts.models
import app.accounts.models_doors
import app.articles.models
import app.articles.models_desk
import app.audit.models
import app.changes
import app.imports.models
import app.mail
import app.pageviews.models
import app.purges
import app.settings  # noqa: F401
from app.db import Base, Moment


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column type by its short name (the template imports it)."""
    return "Moment()" if kind == "type" and isinstance(item, Moment) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
