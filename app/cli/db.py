"""flask db …: the database's schema."""

import click
from flask.cli import AppGroup

from app import migrating, web

db_group = AppGroup("db", help="The database's schema.")


@db_group.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database to this code's schema (or to REVISION)."""
    migrating.upgrade(web.database(), revision)


@db_group.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Undo migrations down to REVISION. Data that only the newer schema can hold is lost."""
    migrating.downgrade(web.database(), revision)


@db_group.command("revise")
@click.argument("number")
@click.argument("message")
def revise(number: str, message: str) -> None:
    """For developers: write migration NUMBER from what the models changed."""
    migrating.make_revision(web.database(), number=number, message=message)
