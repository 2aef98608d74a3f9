"""The latest articles for feed readers, whole: Atom, RSS and JSON Feed."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape, unescape
from urllib.parse import urljoin
from uuid import UUID, uuid5

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from app import text, web
from app.articles.finishing_inserts import without_own_cards
from app.articles.models import Article
from app.articles.permanent import linked_ids, list_public_slugs, with_current_addresses
from app.articles.reading import list_for_feed
from app.site.answers import document
from app.site.keeping import keep, keys_of
from app.site.presenting import full_address, language_of

bp = Blueprint("feeds", __name__)
SIZE = 20
IDS = UUID("6f0d7c0e-6a4e-4d53-9a4b-1c1f6f3a2d11")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """An article as a feed tells it: plain text, absolute addresses, aware times."""

    id: str
    url: str
    title: str
    summary: str
    content: str
    language: str
    published: datetime
    updated: datetime
    authors: Sequence[tuple[str, str]]
    tags: Sequence[str]
    cover: str


@bp.get("/feed.xml")
@web.public
def atom() -> ResponseReturnValue:
    """RFC 4287."""
    entries = _entries()
    body = render_template("site/feeds/atom.xml", entries=entries, updated=_newest(entries))
    return document(body, "application/atom+xml", _newest(entries))


@bp.get("/rss.xml")
@web.public
def rss() -> ResponseReturnValue:
    """RSS 2.0, with the whole text in ``content:encoded``."""
    entries = _entries()
    body = render_template("site/feeds/rss.xml", entries=entries, updated=_newest(entries), rfc_822=format_datetime)
    return document(body, "application/rss+xml", _newest(entries))


@bp.get("/feed.json")
@web.public
def json_feed() -> ResponseReturnValue:
    """JSON Feed 1.1."""
    entries, here = _entries(), web.settings()
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": here.name,
        "description": here.tagline,
        "language": here.language,
        "home_page_url": web.absolute("site.lists.home"),
        "feed_url": web.absolute("site.feeds.json_feed"),
        "items": [_json_item(entry) for entry in entries],
    }
    return document(json.dumps(feed, ensure_ascii=False), "application/feed+json", _newest(entries))


def _json_item(entry: Entry) -> dict[str, object]:
    item: dict[str, object] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.content,
        "language": entry.language,
        "date_published": entry.published.isoformat(timespec="seconds"),
        "date_modified": entry.updated.isoformat(timespec="seconds"),
        "authors": [{"name": name, "url": url} for name, url in entry.authors],
        "tags": list(entry.tags),
    }
    return item | ({"image": entry.cover} if entry.cover else {})


def _entries() -> list[Entry]:
    articles = list_for_feed(web.reader(), size=SIZE)
    keep("lists", *keys_of(articles))
    texts = [article.text.rendered if article.text else "" for article in articles]
    slugs = list_public_slugs(web.reader(), (number for shown in texts for number in linked_ids(shown)))
    address = web.address()
    current = (without_own_cards(with_current_addresses(shown, slugs), address) for shown in texts)
    return [_entry(article, shown) for article, shown in zip(articles, current, strict=True)]


def _newest(entries: Sequence[Entry]) -> datetime:
    return max((entry.updated for entry in entries), default=NEVER)


def _entry(article: Article, body: str) -> Entry:
    url = web.absolute("site.articles.show", slug=article.slug)
    published = article.published_at or article.created_at
    return Entry(
        id=permanent_id(article),
        url=url,
        title=text.clean_line(article.title),
        summary=text.clean_block(article.summary),
        content=with_whole_addresses(body, url),
        language=language_of(article),
        published=published,
        updated=max(published, article.updated_at or published),
        authors=[
            (account.name, web.address() + url_for("site.lists.author", slug=account.slug))
            for account in article.authors
        ],
        tags=[tag.name for tag in article.tags],
        cover=full_address(article.cover_url),
    )


def permanent_id(article: Article) -> str:
    """What names an article for ever, whatever becomes of its slug or of the site's address."""
    return uuid5(IDS, f"{article.id} {article.created_at.astimezone(UTC).isoformat()}").urn


def with_whole_addresses(html: str, base: str) -> str:
    """The same HTML as our serialiser writes it, its relative addresses made absolute: a feed is read elsewhere."""
    return _TAG.sub(lambda tag: _ADDRESS.sub(lambda found: _whole(found, base), tag[0]), text.clean_block(html))


def _whole(found: re.Match[str], base: str) -> str:
    name, value = found[1], unescape(found[2])
    parts = [_joined(base, part) for part in value.split(", ")] if name == "srcset" else [_joined(base, value)]
    return f' {name}="{escape(", ".join(parts))}"'


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:  # what is no address, like http://[, stays what it is
        return address


# Attributes are in double quotes and hold none, so an address is found without parsing: a feed of twenty
# long articles would take longer to parse than to make.
_TAG = re.compile(r'<[a-z][a-z0-9-]*(?:\s+[^\s"=<>]+(?:="[^"]*")?)+\s*/?>')
_ADDRESS = re.compile(r'\s(href|src|poster|cite|srcset)="([^"]*)"')
