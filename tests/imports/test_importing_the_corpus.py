"""The 1,062 real posts of the corpus: all of them come in, and their pages are whole and harmless."""

import csv
from pathlib import Path

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.articles.models import Address, Article
from app.articles.reading import published
from app.clock import now
from app.db import Database

pytestmark = [pytest.mark.corpus, pytest.mark.timeout(1200)]
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
def posts(corpus: Path) -> dict[str, str]:
    """The files of the corpus that are posts, with their text."""
    with (corpus / "markdown" / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t"))
    names = [row["file"].removeprefix("markdown/") for row in rows if row["note"] == "post"]
    return {name: (corpus / "markdown" / name).read_text(encoding="utf-8-sig") for name in names}


def report(app: Flask, folder: Path) -> dict[str, tuple[str, str]]:
    """Outcome and reason by file."""
    ran = app.test_cli_runner().invoke(args=["articles", "import", str(folder)])
    assert ran.exit_code == 0, ran.output[-2000:]
    print(ran.stdout.rpartition("\n\n")[2])
    lines = [line for line in ran.stdout.rpartition("\n\n")[0].splitlines() if not line.startswith(" ")]
    found = {}
    for line in lines:
        outcome, rest = line.split(None, 1)
        path, _, reason = rest.partition(" → ")[0].partition(": ")
        found[path] = (outcome, reason)
    return found


def test_the_corpus_comes_in_once_and_every_page_answers(
    app: Flask, client: FlaskClient, database: Database, corpus: Path, posts: dict[str, str]
):
    first = report(app, corpus / "markdown")
    imported = [path for path in posts if first[path][0] == "imported"]
    assert len(imported) >= 1050
    assert all(first[path][1] for path in posts if path not in imported)
    assert {line for path, line in first.items() if path not in posts and "." in path} <= {
        ("skipped", "an image: there is no media storage yet, so it is not brought along."),
        ("skipped", "neither Markdown nor HTML."),
    }
    second = report(app, corpus / "markdown")
    assert {second[path][0] for path in imported} == {"unchanged"}
    with database.reader() as session:
        rows = session.execute(select(Article.slug, Article.source_path).where(published(now())))
        slugs = {slug: path for slug, path in rows}  # noqa: C416 -- rows, not tuples
        redirects = session.scalars(select(Address.path).where(Address.path.contains("/"))).all()
    assert len(slugs) >= 1040
    assert all(slugs) and all(slugs.values())
    # Pages are made alike of what either database gives: from the second, one in ten is looked at.
    for slug, path in list(slugs.items())[:: 1 if database.is_sqlite else 10]:
        _check(client, f"/{slug}", posts[path])
    for address in redirects[::20]:
        assert client.get(f"/{address}").status_code == 301
    for address in ("/", "/?page=50", "/archive/", "/feed.xml", "/sitemap.xml"):
        assert client.get(address).status_code == 200


def _check(client: FlaskClient, address: str, source: str) -> None:
    """The page answers, runs nothing, and shows nothing of its front matter."""
    answer = client.get(address, headers=BROWSER)
    assert (address, answer.status_code) == (address, 200)
    page = lxml.html.document_fromstring(answer.data)
    for element in page.iter():
        assert element.tag != "script" or element.get("type") == "application/ld+json", address
        assert not [name for name in element.keys() if name.startswith("on")], address  # noqa: SIM118
        for name in ("href", "src", "action", "formaction"):
            assert not (element.get(name) or "").strip().lower().startswith("javascript:"), address
    shown = page.text_content()
    matter = [
        line for line in source.splitlines()[1:12] if line.startswith(("title", "date", "path", "author", "tags"))
    ]
    assert matter, address
    assert not [line for line in matter if len(line) > 8 and line in shown], address
