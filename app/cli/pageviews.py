"""flask pageviews …: the counts."""

import time
from typing import cast

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app import web
from app.articles.models import Article
from app.pageviews import reading
from app.pageviews.counter import Counter

pageviews_group = AppGroup("pageviews", help="How often articles were read.")
PATIENCE = 10.0


@pageviews_group.command("show")
@click.argument("slug")
def show(slug: str) -> None:
    """Print how often the article at SLUG was read: the number alone on the first line, then where it is from."""
    _fold()
    with web.database().reader() as session:
        article_id = session.scalar(select(Article.id).where(Article.slug == slug))
        if article_id is None:
            raise click.ClickException(f"There is no article at the address {slug!r}.")
        shown = _counter().shown(session, article_id)
        starting = reading.get_starting(session, article_id)
        classes = reading.list_classes(session, article_id)
    click.echo(shown)
    click.echo(f"starting balance: {starting}")
    for name, count in sorted(classes.items()):
        click.echo(f"{name}: {count}{'' if name == 'browser' else ' (not counted)'}")


@pageviews_group.command("fold")
def fold() -> None:
    """Bring what is in this machine's journals into the database now. The server does so every second."""
    click.echo(f"{_fold()} views folded.")


def _fold() -> int:
    """Fold; waits while a server's process is at it, which takes a moment only."""
    patient_until = time.monotonic() + PATIENCE
    while True:
        try:
            folded = _counter().fold()
        except OperationalError as error:
            raise click.ClickException("The database does not answer, or is not migrated.") from error
        if folded is not None:
            return folded
        if time.monotonic() > patient_until:
            raise click.ClickException("Another process is folding and does not come to an end; try again later.")
        time.sleep(0.05)


def _counter() -> Counter:
    return cast(Counter, current_app.extensions["typecase.counter"])
