"""Kept pages in several workers: a change made anywhere is seen in all of them."""

from collections.abc import Callable

from app.articles import publishing, writing
from app.articles.reading import get_article
from app.articles.writing import Content
from app.db import Database
from tests.server.conftest import PAGE
from tests.servers import Server, wait_for

ENOUGH = 30
"""Requests on connections of their own, after which each of two workers has answered some."""


def titles(server: Server) -> set[str]:
    pages = [server.get(PAGE)[1] for _ in range(ENOUGH)]
    return {page.split("<h1", 1)[1].split(">", 1)[1].split("<", 1)[0] for page in pages}


def retitle(database_url: str, article_id: int, title: str) -> None:
    """Publish a change from a process that is no server's: nothing but the database knows of it."""
    database = Database(database_url)
    with database.writer() as session:
        article = get_article(session, article_id)
        writing.save(session, article, Content(title=title), by_id=None, based_on=None)
        publishing.publish(session, article, by_id=None)
        session.commit()
    database.close()


def test_a_change_made_elsewhere_reaches_every_worker(
    start_server: Callable[..., Server], database_url: str, article_id: int
) -> None:
    server = start_server()
    assert titles(server) == {"An article"}
    retitle(database_url, article_id, "Another title")
    wait_for(lambda: titles(server) == {"Another title"})


def test_a_change_by_a_command_of_this_machine_is_seen_at_the_next_request(
    start_server: Callable[..., Server], article_id: int
) -> None:
    server = start_server()
    assert titles(server) == {"An article"}
    written = server.flask("articles", "render", "--all")
    assert written.returncode == 0, written.stderr
    assert titles(server) == {"An article"}
    assert server.flask("pageviews", "show", PAGE.strip("/")).stdout.split()[0] == str(2 * ENOUGH)
