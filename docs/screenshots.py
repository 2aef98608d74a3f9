"""Take the README's pictures anew: ``make screenshots``. Starts a site of its own in a temporary folder."""

import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from app import clock, create_app, migrating
from app.accounts.joining import add_person
from app.accounts.signing_in import open_session
from app.articles import publishing, writing
from app.articles.commonmark import to_html
from app.articles.history import find_present
from app.articles.models import Article
from app.articles.reading import get_article
from app.articles.rendering import prepare
from app.articles.revising import name_revision
from app.articles.writing import Content
from app.config import Config
from app.db import Database
from app.pageviews.writing import set_starting
from app.settings import change_settings
from tests.admin.believable import fill
from tests.browser.conftest import FLAGS, find_chromium

IMAGES = Path(__file__).parent / "images"
PUBLISHED = datetime(2026, 5, 3, 7, 30, tzinfo=UTC)
TITLE = "The Last Lamplighter of Harbour Street"
BODY = """
Every evening at a quarter to eight, when the ferry has put out and the gulls have gone quiet, a man with a
ladder walks down Harbour Street and lights eleven lamps by hand. The town has had electricity since 1923.
Nobody has ever asked him to stop.

## A job nobody remembers giving

The council’s books mention the post once, in a list of savings that were never made. His grandmother had it,
and her uncle before her. What is paid for it would not buy the matches.

> You learn which ones sulk. The fourth wants a second try, always, and the ninth you must not look at while
you do it.

## Eleven lamps, forty minutes

On the way down he is a clock: the baker turns the sign, the pharmacist calls her children in. On the way back
he is a neighbour, and people lean out of windows to tell him things. By the time the last glass is wiped he
has heard the whole day.

## What the light is for

Visitors say it is beautiful and hold up their telephones. The street says nothing; it simply stays awake a
little longer than the streets around it. When the ferry comes home it does not steer by the lighthouse. It
steers by the eleven.
"""
EDITS = [
    ("lights eleven lamps by hand", "lights all of its <strong>eleven lamps</strong> by hand"),
    ("The town has had electricity since 1923.", 'The town has had electric light <a href="/archive/">since 1923</a>.'),
    ("Nobody has ever asked him to stop.", "Nobody has asked him to stop."),
    ("<h2>Eleven lamps, forty minutes</h2>", "<h2>Eleven lamps in forty minutes</h2>"),
    ("Visitors say it is beautiful", "<p>On some nights there is fog.</p>\n<p>Visitors say it is beautiful"),
]
OTHERS = ["Notes from a Bicycle Shop in Winter", "How to Read a Tide Table"]


def main() -> None:
    """Write ``docs/images``: the article in light and dark, an editor's desk and what belongs to it, statistics."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="typecase-pictures-") as folder, sync_playwright() as playwright:
        config = Config(
            database_url=f"sqlite:///{folder}/typecase.db",
            secret_key=secrets.token_urlsafe(),
            instance_dir=Path(folder),
            fold_seconds=None,
        )
        database = Database(config.database_url)
        migrating.upgrade(database)
        with database.writer() as session:
            article = _furnish(session)
            token = open_session(session, article.authors[0])
            session.commit()
            paths = {"article": f"/{article.slug}", "desk": f"/admin/articles/{article.id}"}
            ids = [article.id, article.id - 1, article.id - 2]
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=[*FLAGS, "--no-sandbox"])
        with _served(config, token) as (address, cookie):
            _take(chromium, address + paths["article"], "article.png")
            _take(chromium, address + paths["article"], "article-dark.png", scheme="dark")
            _take(chromium, address + paths["desk"], "desk.png", cookie=cookie)
            with database.writer() as session:
                _go_on_writing(session, ids[0])
                session.commit()
            for path, name in (
                (f"{paths['desk']}/revisions", "versions.png"),
                (f"{paths['desk']}/revisions/compare?old=live&new=working", "difference.png"),
                (f"{paths['desk']}/preview/phone", "preview.png"),
                ("/admin/schedule", "schedule.png"),
            ):
                _take(chromium, address + path, name, cookie=cookie)
            with database.writer() as session:
                fill(session, ids, today=clock.now().date(), days=60)
                session.commit()
            _take(chromium, address + "/admin/statistics", "statistics.png", cookie=cookie)
        database.close()
        chromium.close()


def _furnish(session: Session) -> Article:
    """A publication with some articles; returns the one to be shown."""
    change_settings(session, name="The Harbour Journal", tagline="Notes from a small town by the sea")
    mara = add_person(session, name="Mara Lindqvist", email="mara@example.org", role="editor")
    for number, title in enumerate(OTHERS):
        _publish(session, Content(title=title, body=prepare("<p>…</p>", "html")), mara.id, number - 3)
    content = Content(title=TITLE, body=prepare(to_html(_unwrap(BODY)), "html"), tags=["Town", "Night", "People"])
    article = _publish(session, content, mara.id, 0)
    set_starting(session, article.id, views=1204)
    return article


def _go_on_writing(session: Session, article_id: int) -> None:
    """What somebody does to a live article on a day: writes on, names a version, schedules the next ones."""
    article = get_article(session, article_id)
    body = article.draft.body
    mara = article.authors[0].id
    for old, new in EDITS:
        body = body.replace(old, new)
        content = Content(body=prepare(body, "html"))
        writing.save(session, article, content, by_id=mara, based_on=None, reason="automatic")
    saved = writing.save(session, article, Content(tags=["Town", "Night", "Light"]), by_id=mara, based_on=None)
    present = find_present(session, saved.article)
    assert present is not None
    name_revision(session, present, "Before the interview")
    for days, title in enumerate(["A Winter Timetable for the Ferry", "Who Paints the Boats"], start=1):
        made = writing.create(session, Content(title=title, body=prepare("<p>…</p>", "html")), by_id=mara)
        at = (clock.now() + timedelta(days=days)).replace(hour=8 + days, minute=0, second=0, microsecond=0)
        publishing.publish(session, made, by_id=mara, at=at, withdraw_at=at + timedelta(days=14) if days == 1 else None)


def _unwrap(text: str) -> str:
    """One line a paragraph, as people type it into a form."""
    return "\n\n".join(" ".join(block.split()) for block in text.strip().split("\n\n"))


def _publish(session: Session, content: Content, by_id: int, days: int) -> Article:
    article = writing.create(session, content, by_id=by_id)
    publishing.publish(session, article, by_id=by_id, at=PUBLISHED + timedelta(days=days))
    return article


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def _served(config: Config, token: str) -> Iterator[tuple[str, str]]:
    """The site's address and the cookie of somebody signed in."""
    app = create_app(config)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    yield f"http://127.0.0.1:{server.server_port}", serializer.dumps({"_user_id": token, "_fresh": True})
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["typecase.db"].close()


def _take(chromium: Browser, url: str, name: str, *, scheme: str = "light", cookie: str = "") -> None:
    context = chromium.new_context(viewport={"width": 1200, "height": 860}, color_scheme=scheme)  # type: ignore[arg-type]
    if cookie:
        parts = urlsplit(url)  # for the whole site, not for this page's folder
        context.add_cookies([{"name": "session", "value": cookie, "url": f"{parts.scheme}://{parts.netloc}"}])
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    page.screenshot(path=IMAGES / name)
    context.close()


if __name__ == "__main__":
    main()
