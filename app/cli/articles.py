"""flask articles …: commands about articles."""

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app import web
from app.articles.models import Article
from app.articles.publishing import render_again
from app.articles.reading import list_outdated
from app.articles.rendering import RENDERER, Rendered, render
from app.articles.showing import list_shown
from app.cli.noting import note

articles_group = AppGroup("articles", help="Articles.")
BATCH = 100


@articles_group.command("render")
@click.option("--all", "every", is_flag=True, help="Also those that this renderer has made.")
def render_command(every: bool) -> None:
    """Remake the live pages from their sources, after an upgrade of the renderer."""
    done, after_id = 0, 0
    while True:
        with web.database().reader() as session:
            batch = list_outdated(session, renderer=None if every else RENDERER, after_id=after_id, size=BATCH)
            rendered = [(article.id, article.live_version, _render(session, article)) for article in batch]
        if not rendered:
            break
        after_id = rendered[-1][0]
        done += _store(rendered)
    if done:
        with web.database().writer() as session:
            note(session, "article.render", kind="article", pages=done, renderer=RENDERER)
            session.commit()
    click.echo(f"{done} pages rendered.")


def _render(session: Session, article: Article) -> Rendered:
    assert article.text is not None, "list_outdated joins the text"
    pictures = list_shown(session, article.text.body)
    return render(article.text.body, article.text.body_format, excerpt=article.excerpt, pictures=pictures)


def _store(rendered: list[tuple[int, int | None, Rendered]]) -> int:
    """Keep what was rendered, except for articles that were published anew meanwhile. Returns how many."""
    stored = 0
    with web.database().writer() as session:
        for article_id, live_version, page in rendered:
            article = session.get(Article, article_id)
            if article is not None and article.text is not None and article.live_version == live_version:
                render_again(session, article, page)
                stored += 1
        session.commit()
    return stored
