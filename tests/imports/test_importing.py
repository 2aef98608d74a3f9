"""``articles import``: what a tree of files becomes, what a second run does, what is refused and why."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles import publishing, writing
from app.articles.models import Address, Article, Revision
from app.articles.reading import Moved, resolve_address
from app.articles.writing import Content
from app.db import Base, Database
from app.imports.models import ImportedFile
from app.pageviews.reading import list_totals
from app.settings import change_settings

JEKYLL = """---
title: A post from Jekyll
date: 2018-01-25 22:22:22 +0530
author: Ann Lee
tags: [one, two]
views: 47
redirect_from: /old/place/
---
Some *text*.
"""

Write = Callable[[str, str], Path]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    return folder


@pytest.fixture
def write(tree: Path) -> Write:
    """Put a file into the tree: ``write("a/b.md", text)``."""

    def write(path: str, text: str) -> Path:
        file = tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["articles", "import", *map(str, arguments)])


def lines(ran: Result) -> dict[str, str]:
    """What the report says of each file: its outcome and the rest of the line."""
    assert ran.exit_code == 0, ran.output
    report = ran.stdout.split("\n\n")[0].splitlines()
    found = [line for line in report if line and not line.startswith(" ")]
    return {line.split()[1].rstrip(":"): f"{line.split()[0]} {line.partition(line.split()[1])[2]}" for line in found}


def article(session: Session, path: str) -> Article:
    session.expire_all()
    return session.scalars(select(Article).where(Article.source_path == path)).one()


def counts(database: Database) -> dict[str, int]:
    with database.reader() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_a_post_becomes_an_article(app: Flask, client: FlaskClient, write: Write, tree: Path, database: Database):
    write("_posts/2018-01-25-from-jekyll.md", JEKYLL)
    assert lines(run(app, tree)) == {"_posts/2018-01-25-from-jekyll.md": "imported  → /from-jekyll"}
    with database.reader() as session:
        made = article(session, "_posts/2018-01-25-from-jekyll.md")
        assert (made.title, made.slug) == ("A post from Jekyll", "from-jekyll")
        assert made.published_at == datetime(2018, 1, 25, 16, 52, 22, tzinfo=UTC)
        assert [author.name for author in made.authors] == ["Ann Lee"]
        assert not made.authors[0].can_sign_in
        assert [tag.name for tag in made.tags] == ["one", "two"]
        assert made.text is not None
        assert made.text.body_format == "markdown"
        assert list_totals(session, [made.id]) == {made.id: 47}
        reasons = session.scalars(select(Revision.reason).where(Revision.article_id == made.id).order_by(Revision.id))
        assert next(iter(reasons)) == "imported"
    page = client.get("/from-jekyll")
    assert page.status_code == 200
    assert "<em>text</em>" in page.text
    assert "redirect_from" not in page.text


def test_former_addresses_redirect(app: Flask, client: FlaskClient, write: Write, tree: Path):
    write("_posts/2018-01-25-from-jekyll.md", JEKYLL)
    run(app, tree)
    for path in ("/old/place", "/old/place/", "/2018/01/25/from-jekyll", "/2018/01/25/from-jekyll.html"):
        answer = client.get(path)
        assert (path, answer.status_code, answer.location) == (path, 301, "/from-jekyll")


def test_a_second_run_changes_nothing(app: Flask, write: Write, tree: Path, database: Database):
    write("a.md", JEKYLL)
    write("b.md", "---\ntitle: A draft\n---\nText")
    write("go.md", "---\nredirect: /a-post\n---\n")
    first = lines(run(app, tree))
    before = counts(database)
    assert {line.split()[0] for line in first.values()} == {"imported"}
    assert {line.split()[0] for line in lines(run(app, tree)).values()} == {"unchanged"}
    assert counts(database) == before


def test_a_dry_run_says_the_same_and_changes_no_row(app: Flask, write: Write, tree: Path, database: Database):
    write("a.md", JEKYLL)
    write("b/a.md", JEKYLL)
    write("broken.md", "---\ntitle: [\n---\n")
    write("go.md", "---\nredirect: /blog/a.html\n---\n")
    before = counts(database)
    dry = lines(run(app, tree, "--dry-run"))
    assert counts(database) == before
    assert lines(run(app, tree)) == dry


def test_an_equal_slug_gets_a_number(app: Flask, write: Write, tree: Path):
    for folder in ("a", "b", "c"):
        write(f"{folder}/same.md", "---\ntitle: Same\ndate: 2020-01-01\n---\nText")
    assert [line.split()[-1] for line in lines(run(app, tree)).values()] == ["/same", "/same-2", "/same-3"]


def test_addresses_of_others_are_never_taken(app: Flask, session: Session, write: Write, tree: Path):
    theirs = writing.create(session, Content(title="Theirs", slug="mine"), by_id=None)
    session.commit()
    write("mine.md", "---\ntitle: Mine\ndate: 2020-01-01\naliases: [/mine, /admin/x, /login]\n---\nText")
    ran = run(app, tree)
    assert lines(ran)["mine.md"].endswith("→ /mine-2")
    assert "the address /mine belongs to something else here." in ran.stdout
    assert "the address /admin/x belongs to the site itself." in ran.stdout
    assert session.get_one(Address, "mine").article_id == theirs.id
    assert session.get(Address, "login") is None


def test_a_reserved_slug_gets_a_number(app: Flask, write: Write, tree: Path):
    write("search.md", "---\ntitle: Search\ndate: 2020-01-01\n---\nText")
    ran = run(app, tree)
    assert lines(ran)["search.md"].endswith("→ /search-2")
    assert "belongs to the site itself" in ran.stdout


def test_naive_dates_are_in_the_time_zone_of_the_site(app: Flask, session: Session, write: Write, tree: Path):
    change_settings(session, time_zone="America/New_York")
    session.commit()
    write("a.md", "---\ntitle: A\ndate: 2020-07-01 20:00\nlastmod: 2020-08-01\n---\nText")
    run(app, tree)
    made = article(session, "a.md")
    assert made.published_at == datetime(2020, 7, 2, 0, 0, tzinfo=UTC)
    assert made.updated_at == datetime(2020, 8, 1, 4, 0, tzinfo=UTC)


def test_drafts_and_undated_posts_stay_unpublished(app: Flask, client: FlaskClient, write: Write, tree: Path):
    write("draft.md", "---\ntitle: Draft\ndate: 2020-01-01\ndraft: true\n---\nText")
    write("undated.md", "---\ntitle: Undated\n---\nText")
    ran = run(app, tree)
    assert "it has no date in its front matter, name or address: it stays a draft." in ran.stdout
    assert "Of the imported, 2 are drafts" in ran.stdout
    assert [client.get(path).status_code for path in ("/draft", "/undated")] == [404, 404]


def test_a_date_in_the_future_is_a_schedule(app: Flask, client: FlaskClient, write: Write, tree: Path, the_clock):
    the_clock.set(datetime(2026, 1, 1, tzinfo=UTC))
    write("later.md", "---\ntitle: Later\ndate: 2027-01-01\n---\nText")
    run(app, tree)
    assert client.get("/later").status_code == 404
    the_clock.set(datetime(2027, 1, 2, tzinfo=UTC))
    assert client.get("/later").status_code == 200


def test_an_expired_post_is_withdrawn(app: Flask, client: FlaskClient, write: Write, tree: Path):
    write("old.md", "---\ntitle: Old\ndate: 2020-01-01\nexpiryDate: 2021-01-01\n---\nText")
    write("odd.md", "---\ntitle: Odd\ndate: 2020-01-01\nexpiryDate: 2019-01-01\n---\nText")
    assert "withdrawn before it is published" in lines(run(app, tree))["odd.md"]
    assert client.get("/old").status_code == 410


def test_a_file_with_redirect_alone_redirects(app: Flask, client: FlaskClient, write: Write, tree: Path):
    write("a-first.md", "---\nredirect: /blog/the-post.html\n---\n")
    write("the-post.md", "---\ntitle: Post\ndate: 2020-01-01\n---\nText")
    write("away.md", "---\nredirect: https://example.org/x\naliases: [/gone/away]\n---\n")
    write("self.md", "---\nredirect: /self\n---\n")
    assert lines(run(app, tree))["self.md"] == "skipped  it is a redirect to itself."
    assert client.get("/a-first").location == "/the-post"
    assert client.get("/gone/away").location == "https://example.org/x"


def test_a_changed_file_updates_its_article(app: Flask, session: Session, write: Write, tree: Path):
    write("a.md", JEKYLL)
    run(app, tree)
    write("a.md", JEKYLL.replace("Some *text*", "Other text").replace("A post from", "News from"))
    assert lines(run(app, tree))["a.md"].startswith("updated")
    made = article(session, "a.md")
    assert (made.title, made.slug, made.draft.version, made.live_version) == ("News from Jekyll", "a", 2, 2)
    assert made.text is not None
    assert "Other text" in made.text.rendered
    assert made.published_at == datetime(2018, 1, 25, 16, 52, 22, tzinfo=UTC)
    assert lines(run(app, tree))["a.md"].startswith("unchanged")


def test_what_was_edited_here_is_left_alone(app: Flask, session: Session, bob: Account, write: Write, tree: Path):
    write("a.md", JEKYLL)
    run(app, tree)
    made = article(session, "a.md")
    writing.save(session, made, Content(title="Edited here"), by_id=bob.id, based_on=1)
    session.commit()
    write("a.md", JEKYLL.replace("Some *text*", "Other text"))
    assert "edited here since" in lines(run(app, tree))["a.md"]
    made = article(session, "a.md")
    assert made.draft.title == "Edited here"
    assert "Other text" not in made.draft.body
    kept = session.scalars(select(Revision).where(Revision.article_id == made.id).order_by(Revision.id.desc())).first()
    assert kept is not None
    assert (kept.reason, kept.body.strip()) == ("conflict", "Other text.")
    assert lines(run(app, tree))["a.md"].startswith("unchanged")


def test_what_was_taken_off_here_stays_off(app: Flask, session: Session, write: Write, tree: Path):
    for name in ("withdrawn", "trashed", "deleted"):
        write(f"{name}.md", JEKYLL.replace("redirect_from: /old/place/\n", ""))
    run(app, tree)
    publishing.withdraw(session, article(session, "withdrawn.md"))
    for name in ("trashed", "deleted"):
        publishing.trash(session, article(session, f"{name}.md"))
    publishing.delete_for_good(session, article(session, "deleted.md"))
    session.commit()
    assert "deleted here since" in lines(run(app, tree))["deleted.md"]
    for name in ("withdrawn", "trashed"):
        write(f"{name}.md", JEKYLL.replace("Some", "More").replace("redirect_from: /old/place/\n", ""))
    report = lines(run(app, tree))
    assert report["withdrawn.md"].startswith("updated")
    assert "in the trash" in report["trashed.md"]
    assert article(session, "withdrawn.md").status(datetime.now(UTC)) == "withdrawn"
    assert article(session, "trashed.md").trashed_at is not None


def test_one_bad_file_never_stops_the_rest(app: Flask, write: Write, tree: Path):
    write("a-broken.md", "---\ntitle: [\n---\nText")
    (tree / "b-binary.md").write_bytes(b"---\ntitle: x\n---\n\x00\x01\x02")
    (tree / "c-latin.md").write_bytes("---\ntitle: Café\ndate: 2020-01-01\n---\nDéjà vu".encode("latin-1"))
    (tree / "d-utf16.md").write_bytes("---\ntitle: Sixteen\ndate: 2020-01-01\n---\nText".encode("utf-16"))
    (tree / "e-bom.md").write_bytes(b"\xef\xbb\xbf---\r\ntitle: Marked\r\ndate: 2020-01-01\r\n---\r\nText\r\n")
    (tree / "f-huge.md").write_bytes(b"---\ntitle: x\n---\n" + b"x" * 5_000_000)
    (tree / "g-link.md").symlink_to("/etc/hostname")
    (tree / "h-image.png").write_bytes(b"\x89PNG")
    (tree / "i-notes.txt").write_text("notes")
    write("j-README.md", "# Read me")
    write("k-deep.md", "---\ntitle: Deep\ndate: 2020-01-01\n---\n" + "<div>" * 3000)
    write("l-long.md", f"---\ntitle: Long\ndate: 2020-01-01\ntags: [{'x' * 500}]\nauthor: {'y' * 500}\n---\n")
    write("z-good.md", JEKYLL)
    write(".hidden/x.md", JEKYLL)
    report = lines(run(app, tree))
    assert "line 2" in report["a-broken.md"] or "line 3" in report["a-broken.md"]
    assert "binary" in report["b-binary.md"]
    assert "MiB" in report["f-huge.md"]
    assert "link" in report["g-link.md"]
    assert "media storage" in report["h-image.png"]
    assert "neither" in report["i-notes.txt"]
    assert "no front matter" in report["j-README.md"]
    assert "nests" in report["k-deep.md"]
    good = [name for name, line in report.items() if line.startswith("imported")]
    assert good == ["c-latin.md", "d-utf16.md", "e-bom.md", "l-long.md", "z-good.md"]
    assert len(report) == 13


def test_a_file_named_alone_needs_no_front_matter(app: Flask, session: Session, write: Write):
    file = write("essays/my-essay.md", "# My essay\n\nText")
    assert lines(run(app, file))["my-essay.md"] == "imported  → /my-essay (draft)"
    assert article(session, "my-essay.md").draft.title == "My essay"


def test_html_files_are_cleaned_and_say_what_was_taken_out(app: Flask, client: FlaskClient, write: Write, tree: Path):
    write("hello.html", "---\ntitle: Page\ndate: 2020-01-01\n---\n<p onclick='x()'>Hello</p><script>x()</script>")
    write("_layouts/post.html", "---\nlayout: default\n---\n{{ content }}")
    ran = run(app, tree)
    assert list(lines(ran)) == ["hello.html"]
    assert "taken out of its HTML" in ran.stdout
    page = client.get("/hello").text
    assert ">Hello</p>" in page
    assert "onclick" not in page


def test_unknown_shortcodes_and_images_are_reported(app: Flask, client: FlaskClient, write: Write, tree: Path):
    write("a.md", "---\ntitle: A\ndate: 2020-01-01\n---\n{{< gallery x >}} ![](a.png) {{<youtube eZ3OrhxUAmU>}}")
    ran = run(app, tree)
    assert "unknown shortcodes stay as text: {{< gallery >}}." in ran.stdout
    assert "1 of its images are not brought along: a.png." in ran.stdout
    assert "{{&lt; gallery x &gt;}}" in client.get("/a").text


def test_people_are_made_once_and_known_ones_are_found(
    app: Flask, session: Session, bob: Account, write: Write, tree: Path
):
    write("a.md", "---\ntitle: A\ndate: 2020-01-01\nauthors: [Bob, Ann Lee]\n---\nText")
    write("b.md", "---\ntitle: B\ndate: 2020-01-01\nauthor: Ann Lee\n---\nText")
    run(app, tree)
    assert article(session, "a.md").authors[0].id == bob.id
    assert article(session, "a.md").authors[1].id == article(session, "b.md").authors[0].id


def test_a_large_import_prepares_in_other_processes(app: Flask, session: Session, write: Write, tree: Path):
    for number in range(95):
        write(f"{number:03}.md", f"---\ntitle: Post {number}\ndate: 2020-01-01\naliases: [/old/{number}]\n---\nText")
    assert "95 imported, 0 updated, 0 unchanged, 0 skipped." in run(app, tree).stdout
    assert session.scalar(select(func.count()).select_from(ImportedFile)) == 95
    assert isinstance(resolve_address(session, "old/94"), Moved)


def test_a_missing_path_is_refused_in_one_sentence(app: Flask, tree: Path):
    ran = run(app, tree / "nowhere")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert ran.stderr.startswith("Error: There is no file or folder")
    assert run(app).exit_code == 2
    assert run(app, "--help").exit_code == 0


def test_an_unmigrated_database_is_refused_in_one_sentence(config, tree: Path, tmp_path: Path):
    from dataclasses import replace

    from app import create_app

    app = create_app(replace(config, database_url=f"sqlite:///{tmp_path}/empty.db"))
    ran = run(app, tree)
    app.extensions["typecase.db"].close()
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "not migrated" in ran.stderr
