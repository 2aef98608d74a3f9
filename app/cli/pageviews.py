"""flask pageviews …: the counts."""

import time
from typing import cast

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from app import web
from app.articles.reading import Moved, find_slug_holder, resolve_address
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
        article_id = _find_article(session, slug)
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


def _find_article(session: Session, slug: str) -> int:
    """The id of the article at this slug, also at one it had before."""
    article = find_slug_holder(session, slug)
    if article is None:
        moved = resolve_address(session, slug)
        article = find_slug_holder(session, moved.location.strip("/")) if isinstance(moved, Moved) else None
    if article is None:
        raise click.ClickException(f"There is no article at the address {slug!r}.")
    return article.id


def _fold() -> int:
    """Fold; waits while a server's process is at it, which takes a moment only."""
    patient_until = time.monotonic() + PATIENCE
    while True:
        try:
            folded = _counter().fold()
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException("The database does not answer, or is not migrated.") from error
        if folded is not None:
            return folded
        if time.monotonic() > patient_until:
            raise click.ClickException("Another process is folding and does not come to an end; try again later.")
        time.sleep(0.05)


def _counter() -> Counter:
    return cast(Counter, current_app.extensions["typecase.counter"])
