"""Synthetic articles in bulk: the rows that writing and publishing would make, inserted by the thousand."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles.models import (
    Address,
    Article,
    ArticleAuthor,
    ArticleTag,
    Draft,
    DraftAuthor,
    DraftTag,
    LiveText,
    Revision,
    SearchText,
    Tag,
)
from app.articles.rendering import RENDERER, render
from app.db import Base
from app.pageviews.models import PageviewTotal

AUTHORS, TAGS, BATCH, SECTIONS = 50, 200, 2000, 3
FIRST = datetime(2006, 1, 1, tzinfo=UTC)
LAST = datetime(2026, 1, 1, tzinfo=UTC)
_TEXT = (
    "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which "
    "one you were her all she there would their we him been has when who will more no if out so said what up its about "
    "into than them can only other new some could time these two may then do first any my now such like our over man "
    "me even most made after also did many before must through back years where much your way well down should because "
    "each just those people how too little state good very make world still own see men work long get here between "
    "both life being under never day same another know while last might us great old year off come since against go "
    "came right used take three paper ink press type letter margin column page harbour winter orchard bicycle lantern"
)  # fmt: skip
WORDS = _TEXT.split()
RARE = "zephyranthes"
"""A word in the title of about one article in a thousand."""


def load(session: Session, *, total: int, sections: int = SECTIONS) -> None:
    """Grow the database to ``total`` articles: 90 % published over twenty years, the others drafts. Commits.

    ``sections``: how many an article has, of 60 words each.
    """
    existing = session.scalar(select(func.count(Article.id))) or 0
    if existing == 0:
        _insert(session, Account, [_account(number) for number in range(1, AUTHORS + 1)])
        _insert(session, Tag, [_tag(number) for number in range(1, TAGS + 1)])
        session.commit()
    authors = list(session.execute(select(Account.id, Account.name).where(Account.slug.like("synthetic-author-%"))))
    tags = list(session.execute(select(Tag.id, Tag.name).where(Tag.slug.like("synthetic-tag-%"))))
    for start in range(existing, total, BATCH):
        rows: dict[type[Base], list[dict[str, Any]]] = {}
        for number in range(start + 1, min(start + BATCH, total) + 1):
            for model, row in _article(number, sections, authors, tags):
                rows.setdefault(model, []).append(row)
        for model, of_model in rows.items():
            _insert(session, model, of_model)
        session.commit()
    _finish(session)


def _insert(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    session.execute(insert(model.__table__), rows)  # type: ignore[arg-type]


def _finish(session: Session) -> None:
    """What a database does by itself sooner or later: number on from here, and know its own statistics."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        for table in ("account", "tag", "article", "revision"):
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
    connection.exec_driver_sql("ANALYZE")
    session.commit()


def _account(number: int) -> dict[str, Any]:
    return {
        "id": 1000 + number, "name": f"Author {number}", "slug": f"synthetic-author-{number}", "role": "author",
        "biography": "", "created_at": FIRST,
    }  # fmt: skip


def _tag(number: int) -> dict[str, Any]:
    return {"id": 1000 + number, "name": f"Tag {number}", "slug": f"synthetic-tag-{number}"}


def _article(
    number: int, sections: int, authors: list[Any], tags: list[Any]
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    """The rows of one article. The same number always makes the same article."""
    chance = random.Random(number)
    # In writing order, yet spread over the twenty years whatever the total will be.
    created = FIRST + (LAST - FIRST) * (((number * 7919) % 1_000_003) / 1_000_003)
    published = created + timedelta(days=2) if number % 10 else None
    edited = created + timedelta(days=1)
    title = " ".join(chance.choices(WORDS, k=6)).capitalize() + (f" {RARE}" if number % 1000 == 7 else "")
    slug = f"synthetic-{number}"
    body = _body(chance, sections)
    excerpt = " ".join(chance.choices(WORDS, k=20)).capitalize() + "."
    author_id, author = chance.choice(authors)
    chosen_tags = chance.sample(tags, 3)
    plain = {
        "title": title, "excerpt": excerpt, "language": "", "cover_url": "", "cover_alt": "", "canonical_url": "",
        "is_featured": False,
    }  # fmt: skip
    live = plain if published else {name: False if name == "is_featured" else "" for name in plain}
    yield Article, {
        "id": number, "created_at": created, "edited_at": edited, "published_at": published, "updated_at": published,
        "slug": slug if published else None, "live_version": 1 if published else None,
        "summary": excerpt if published else "", "words": 60 * sections if published else 0, **live,
    }  # fmt: skip
    if published:
        rendered = _RENDERED.setdefault(body, render(body, "html", excerpt=excerpt).html)
        yield LiveText, {
            "article_id": number, "body": body, "body_format": "html", "rendered": rendered, "renderer": RENDERER,
        }  # fmt: skip
    yield Draft, {"article_id": number, "version": 1, "slug": slug, "body": body, "body_format": "html", **plain}
    folded = "\n".join([title, slug, excerpt, *(name for _, name in chosen_tags), author]).casefold()
    yield SearchText, {"article_id": number, "folded": folded}
    yield Address, {"path": slug, "article_id": number, "was_public": published is not None}
    yield PageviewTotal, {"article_id": number, "starting": 0, "counted": chance.randrange(10_000)}
    yield from _links(number, author_id, [tag_id for tag_id, _ in chosen_tags], is_live=published is not None)
    yield Revision, {
        "article_id": number, "version": 1, "created_at": edited, "account_id": None, "reason": "created",
        "title": title, "body": body, "body_format": "html",
        "fields": {**plain, "slug": slug, "tags": [name for _, name in chosen_tags], "authors": [author]},
    }  # fmt: skip


def _links(
    number: int, author_id: int, tag_ids: list[int], *, is_live: bool
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    for author_model in (DraftAuthor, ArticleAuthor) if is_live else (DraftAuthor,):
        yield author_model, {"article_id": number, "account_id": author_id, "position": 0}
    for tag_model in (DraftTag, ArticleTag) if is_live else (DraftTag,):
        for position, tag_id in enumerate(tag_ids):
            yield tag_model, {"article_id": number, "tag_id": tag_id, "position": position}


_BODIES: dict[int, list[str]] = {}
_RENDERED: dict[str, str] = {}


def _body(chance: random.Random, sections: int) -> str:
    """One of a hundred bodies of so many headed sections: rendering each anew would take hours."""
    if sections not in _BODIES:
        maker = random.Random(0)
        _BODIES[sections] = ["".join(_section(maker) for _ in range(sections)) for _ in range(100)]
    return chance.choice(_BODIES[sections])


def _section(maker: random.Random) -> str:
    return (
        f"<h2>{' '.join(maker.choices(WORDS, k=4)).capitalize()}</h2>"
        f"<p>{' '.join(maker.choices(WORDS, k=60)).capitalize()}.</p>"
    )
