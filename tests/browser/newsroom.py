"""A real server with people who write on it, for tests of what becomes of their words."""

import contextlib
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest
from flask import Flask
from lxml import html
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.models import Account, SignedIn
from app.accounts.passwords import hash_password
from app.accounts.signing_in import open_session
from app.articles import publishing, writing
from app.articles.models import Article, Revision
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.config import Config
from app.db import Database
from tests.browser.conftest import WAIT
from tests.servers import Server

PASSWORD = "salt marsh at low tide"
KEY = "a key for tests only"
DELAY = 33
"""Milliseconds from key to key: thirty keys a second."""


class Newsroom:
    """A server, its database, and the browsers of those who write. ``close`` ends all of it."""

    def __init__(self, chromium: Browser, database_file: Path, instance_dir: Path) -> None:
        self.chromium = chromium
        self.database = Database(f"sqlite:///{database_file}")
        self.server = Server(database_url=f"sqlite:///{database_file}", instance_dir=instance_dir, SECRET_KEY=KEY)
        config = Config(
            database_url=f"sqlite:///{database_file}", secret_key=KEY, instance_dir=instance_dir, fold_seconds=None
        )
        self.app: Flask = create_app(config)
        self.contexts: list[BrowserContext] = []
        with self.database.writer() as session:
            for name in ("Alice", "Bob"):
                person = Account(email=f"{name.lower()}@example.org", name=name, slug=name.lower(), role="editor")
                person.password_hash = hash_password(PASSWORD)
                session.add(person)
            session.commit()

    def article(self, *paragraphs: str, title: str = "Marsh", body_format: str = "html") -> int:
        """An article by Alice; paragraphs of plain text."""
        source = (
            "".join(f"<p>{text}</p>\n" for text in paragraphs) if body_format == "html" else "\n\n".join(paragraphs)
        )
        with self.database.writer() as session:
            alice = self.account(session, "Alice")
            content = Content(title=title, body=prepare(source, body_format), authors=["Alice"])
            article_id = writing.create(session, content, by_id=alice.id).id
            session.commit()
        return article_id

    def account(self, session: Session, name: str) -> Account:
        return session.scalars(select(Account).where(Account.name == name)).one()

    def browser_of(self, name: str, **options: object) -> BrowserContext:
        """A browser in which somebody is signed in."""
        client = self.app.test_client()
        with self.database.writer() as session:
            token = open_session(session, self.account(session, name))
            session.commit()
        with client.session_transaction() as kept:
            kept["_user_id"] = token
            kept["_fresh"] = True
        cookie = client.get_cookie("session")
        assert cookie is not None
        context = self.chromium.new_context(viewport={"width": 1280, "height": 800}, **options)  # type: ignore[arg-type]
        context.set_default_timeout(2 * WAIT)
        context.add_cookies([{"name": "session", "value": cookie.value, "url": self.server.url}])
        self.contexts.append(context)
        return context

    def open(self, context: BrowserContext, article_id: int | None = None) -> Page:
        """A tab in which the article is ready to be written."""
        page = context.new_page()
        page.goto(f"{self.server.url}/admin/articles/{article_id or 'new'}")
        paper(page).wait_for()
        return page

    def end_sessions_of(self, name: str) -> None:
        with self.database.writer() as session:
            session.execute(delete(SignedIn).where(SignedIn.account_id == self.account(session, name).id))
            session.commit()

    def kill(self) -> None:
        """All processes of the server at once, as when the power goes."""
        assert self.server.process is not None
        for pid in (self.server.process.pid, *self.server.worker_pids()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.server.process.wait()

    def body(self, article_id: int) -> str:
        with self.database.reader() as session:
            return session.get_one(Article, article_id).draft.body

    def words(self, article_id: int) -> str:
        """The text of the working copy, a paragraph a line."""
        return words_of(self.body(article_id))

    def title(self, article_id: int) -> str:
        with self.database.reader() as session:
            return session.get_one(Article, article_id).draft.title

    def tags(self, article_id: int) -> list[str]:
        with self.database.reader() as session:
            return [tag.name for tag in session.get_one(Article, article_id).draft.tags]

    def count(self) -> int:
        """How many articles there have been."""
        with self.database.reader() as session:
            return session.scalar(select(func.max(Article.id))) or 0

    def delete(self, article_id: int) -> None:
        """For good, as from the trash."""
        with self.database.writer() as session:
            article = session.get_one(Article, article_id)
            publishing.trash(session, article)
            publishing.delete_for_good(session, article)
            session.commit()

    def revisions(self, article_id: int) -> list[str]:
        """The text of every kept version."""
        with self.database.reader() as session:
            found = session.scalars(select(Revision).where(Revision.article_id == article_id))
            return [words_of(revision.body) for revision in found]

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()


@pytest.fixture(scope="module")
def started(chromium: Browser, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    instance_dir = tmp_path_factory.mktemp("newsroom")
    copyfile(sqlite_template, instance_dir / "typecase.db")
    newsroom = Newsroom(chromium, instance_dir / "typecase.db", instance_dir)
    newsroom.server.start()
    yield newsroom
    newsroom.close()
    newsroom.server.stop()


@pytest.fixture
def newsroom(started: Newsroom) -> Iterator[Newsroom]:
    yield started
    started.close()


def paper(page: Page) -> Locator:
    """What is written in: the editor, or the textarea of an article in Markdown."""
    return page.locator(".ProseMirror, textarea.desk-body-input:not([hidden])").first


def words_of(source: str) -> str:
    if not source.strip():
        return ""
    parts = html.fragments_fromstring(source)
    lines = [part if isinstance(part, str) else part.text_content() for part in parts]
    return "\n".join(re.sub(r"\s+", " ", line).strip() for line in lines)


def type_at(page: Page, text: str, *, paragraph: int = 0) -> None:
    """At the end of a paragraph, at full speed."""
    go_to(page, paragraph)
    page.keyboard.type(text, delay=DELAY)


def go_to(page: Page, paragraph: int) -> None:
    """Put the caret at the end of a paragraph."""
    found = page.locator(".ProseMirror > p").nth(paragraph)
    box = found.bounding_box()
    assert box is not None
    found.click(position={"x": 5, "y": box["height"] - 5})  # its last line
    page.keyboard.press("End")


def state(page: Page) -> str | None:
    return page.locator(".saving").get_attribute("data-state")


def wait_for_state(page: Page, wanted: str) -> None:
    """Until the status line says so."""
    page.locator(f'.saving[data-state="{wanted}"]').wait_for()


def offers(page: Page) -> Locator:
    return page.locator(".saving-kept")


def crash(page: Page) -> None:
    """The tab dies as when its process is killed: no event, no farewell."""
    page.wait_for_timeout(100)  # what a crash may cost
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=1000)
    with contextlib.suppress(Error):
        page.close()
