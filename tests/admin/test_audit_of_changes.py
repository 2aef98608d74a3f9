"""What the desks and commands write into the audit log, with what was before and after."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app import web
from app.accounts.models import Account
from app.audit.models import AuditEntry
from app.audit.verifying import verify
from app.audit.withholding import WITHHELD
from app.db import Database
from tests.admin.conftest import publish, write
from tests.conftest import Clock
from tests.forms import csrf_token, post_form
from tests.media.specimens import JSON, picture, upload, upload_one
from tests.pageviews.counts import add_views

Read = Callable[[], list[AuditEntry]]


@pytest.fixture
def news(database: Database) -> Read:
    """What was recorded since it was last asked."""
    seen = [0]

    def read() -> list[AuditEntry]:
        with database.reader() as session:
            assert verify(session).holds
            found = session.scalars(
                select(AuditEntry).where(AuditEntry.number > seen[0]).order_by(AuditEntry.number)
            ).all()
        seen[0] += len(found)
        return list(found)

    return read


def changes(entry: AuditEntry) -> dict[str, Any]:
    assert entry.details is not None
    found = entry.details["changes"]
    assert isinstance(found, dict)
    return found


def test_who_from_where_and_what(editor: FlaskClient, bob: Account, news: Read) -> None:
    number = write(editor, "Harbour")
    (entry,) = news()
    assert (entry.action, entry.actor_id, entry.actor) == ("article.create", bob.id, "Bob")
    assert (entry.network, entry.subject_kind, entry.subject_id) == ("127.0.0.0/24", "article", number)
    assert entry.subject == "Harbour"


def test_the_life_of_an_article(editor: FlaskClient, news: Read) -> None:
    number = write(editor, "Harbour")
    publish(editor, number)
    publish(editor, number, slug="port", title="Port")
    for button in ("withdraw", "trash", "restore", "trash", "delete"):
        assert post_form(editor, f"/admin/articles/{number}/{button}").status_code == 303
    _created, first, again, withdrawn, _trashed, restored, _trashed2, deleted = news()
    assert first.action == "article.publish"
    assert changes(first)["slug"] == {"before": None, "after": "harbour"}
    assert changes(again)["slug"] == {"before": "harbour", "after": "port"}
    assert changes(again)["title"] == {"before": "Harbour", "after": "Port"}
    assert "published_at" not in changes(again)
    assert withdrawn.action == "article.withdraw" and changes(withdrawn)["withdrawn_at"]["before"] is None
    assert restored.action == "article.restore" and changes(restored)["trashed_at"]["after"] is None
    assert (deleted.action, deleted.subject_id, deleted.subject) == ("article.delete", number, "Port")
    assert deleted.details == {"slug": "port"}


def test_a_changed_date_and_a_copy(editor: FlaskClient, news: Read) -> None:
    number = write(editor)
    publish(editor, number)
    post_form(editor, f"/admin/articles/{number}/dates", {"withdraw_at": "2100-01-01T00:00"})
    post_form(editor, f"/admin/articles/{number}/duplicate")
    *_, dated, copied = news()
    assert dated.action == "article.schedule" and list(changes(dated)) == ["withdrawn_at"]
    assert copied.action == "article.create" and copied.details == {"copy_of": number}


def test_saving_text_is_in_the_history_and_not_here(editor: FlaskClient, news: Read) -> None:
    number = write(editor)
    news()
    post_form(editor, f"/admin/articles/{number}", {"title": "Another", "body": "<p>Another text.</p>", "tags": "a"})
    assert news() == []


def test_authors_are_those_who_may_edit(editor: FlaskClient, bob: Account, charlie: Account, news: Read) -> None:
    number = write(editor)
    news()
    post_form(editor, f"/admin/articles/{number}", {"authors": "Bob, Charlie", "shows_pageviews": ""})
    assigned, hidden = news()
    post_form(editor, f"/admin/articles/{number}", {"authors": "Charlie", "version": "2"})
    assert [entry.action for entry in news()] == ["article.assign"]
    assert assigned.action == "article.assign"
    bobs, charlies = f"Bob ({bob.id})", f"Charlie ({charlie.id})"
    assert changes(assigned) == {"authors": {"before": [bobs], "after": [bobs, charlies]}}
    assert changes(hidden) == {"shows_pageviews": {"before": True, "after": False}}


def test_what_an_open_editor_does(editor: FlaskClient, charlie: Account, news: Read) -> None:
    def send(url: str, **fields: str) -> Any:
        token = csrf_token(editor)
        return editor.post(url, data={"csrf_token": token} | fields, headers=JSON).get_json()

    number = send("/admin/articles", title="Harbour", save_id="a1")["id"]
    send("/admin/articles", title="Harbour", save_id="a1")
    send(f"/admin/articles/{number}", title="Port", version="1", automatic="1")
    send(f"/admin/articles/{number}", authors="Charlie", version="2", automatic="1")
    assert [entry.action for entry in news()] == ["article.create", "article.assign"]


def test_what_is_refused_is_not_recorded(editor: FlaskClient, news: Read) -> None:
    number = write(editor)
    news()
    assert post_form(editor, f"/admin/articles/{number}/withdraw").status_code == 422
    assert post_form(editor, f"/admin/articles/{number}/delete").status_code == 422
    assert post_form(editor, f"/admin/articles/{number}", {"authors": "", "body": "x"}).status_code == 422
    assert post_form(editor, f"/admin/articles/{number}/publish", {"slug": "admin"}).status_code == 422
    assert news() == []


def test_revisions(editor: FlaskClient, news: Read) -> None:
    number = write(editor)
    post_form(editor, f"/admin/articles/{number}", {"title": "Second", "authors": "Bob, Nobody yet"})
    news()
    post_form(editor, f"/admin/articles/{number}/revisions/1/name", {"name": "The first"})
    post_form(editor, f"/admin/articles/{number}/revisions/1/restore")
    named, assigned, restored = news()
    assert named.action == "revision.name" and named.details == {"revision": 1, "called": "The first"}
    assert assigned.action == "article.assign"
    assert restored.action == "revision.restore" and restored.details == {"revision": 1, "version": 3}


def test_tags(editor: FlaskClient, news: Read) -> None:
    write(editor, tags="one, two, three")
    news()
    for url, fields in (
        ("/admin/tags/1", {"name": "Uno"}),
        ("/admin/tags/1", {"name": "Uno"}),
        ("/admin/tags/1/merge", {"into": "2"}),
        ("/admin/tags/3/delete", {}),
    ):
        assert post_form(editor, url, dict(fields)).status_code == 303
    renamed, merged, deleted = news()
    assert changes(renamed) == {"name": {"before": "one", "after": "Uno"}}
    assert (merged.subject, merged.details) == ("Uno", {"into": {"id": 2, "name": "two"}})
    assert (deleted.action, deleted.subject) == ("tag.delete", "three")


def test_media(editor: FlaskClient, news: Read) -> None:
    number = upload_one(editor, picture())["id"]
    upload_one(editor, picture())  # known already
    post_form(editor, f"/admin/media/{number}", {"alt": "A harbour"})
    upload(editor, (picture(colour="red"), "red.jpg"), url=f"/admin/media/{number}/replace")
    post_form(editor, f"/admin/media/{number}/delete")
    added, edited, replaced, deleted = news()
    assert [entry.action for entry in (added, edited, replaced, deleted)] == [
        "media.add", "media.edit", "media.replace", "media.delete",
    ]  # fmt: skip
    assert {entry.subject_id for entry in (added, edited, replaced, deleted)} == {number}
    assert changes(edited) == {"alt": {"before": "", "after": "A harbour"}}


def test_settings_before_and_after_but_never_the_secret(
    alice: Account, client_of: Callable[[Account], FlaskClient], news: Read
) -> None:
    admin, canary = client_of(alice), "c4n4ry-in-a-coal-mine"
    typed = {"name": "New name", "purge_url": "https://cdn.example.org/purge", "purge_secret": canary}
    assert post_form(admin, "/admin/settings", dict(typed)).status_code == 303
    assert post_form(admin, "/admin/settings", {"name": "New name"}).status_code == 303
    (entry,) = news()
    assert changes(entry) == {
        "name": {"before": "Typecase", "after": "New name"},
        "purge_url": {"before": "", "after": "https://cdn.example.org/purge"},
        "purge_secret": WITHHELD,
    }
    assert canary not in str(vars(entry))


def test_corrections_of_the_count(editor: FlaskClient, session: Session, the_clock: Clock, news: Read) -> None:
    the_clock.set(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    number, day = write(editor), "2026-11-20"
    publish(editor, number)
    add_views(session, number, 20, hour=0)
    session.commit()
    news()
    typed = {"article": str(number), "first_day": day, "first_hour": "0", "last_day": day, "last_hour": "0",
             "view_class": "browser", "reason": "A script of mine"}  # fmt: skip
    post_form(editor, "/admin/statistics/corrections", dict(typed))
    assert news() == []
    assert post_form(editor, "/admin/statistics/corrections", typed | {"confirmed": "yes"}).status_code == 303
    (made,) = news()
    assert made.details is not None
    number = made.details["correction"]["id"]  # type: ignore[index]
    post_form(editor, f"/admin/statistics/corrections/{number}/undo")
    (undone,) = news()
    assert undone.action == "statistics.undo"
    assert made.details["correction"]["reason"] == "A script of mine"  # type: ignore[index]


def test_commands(app: Flask, session: Session, tmp_path: Path, news: Read) -> None:
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "one.md").write_text("---\ntitle: One\ndate: 2026-11-01\n---\nText.\n")
    runner = app.test_cli_runner()
    for _ in "ab":
        assert runner.invoke(args=["articles", "import", str(folder)]).exit_code == 0
    assert runner.invoke(args=["articles", "import", str(folder), "--dry-run"]).exit_code == 0
    assert runner.invoke(args=["articles", "render", "--all"]).exit_code == 0
    imported, rendered = news()
    assert imported.actor.startswith("command line (") and imported.actor_id is None
    assert (imported.action, imported.subject) == ("article.import", "posts")
    assert imported.details == {"drafts": 0, "imported": 1}
    assert rendered.action == "article.render"


def test_a_recorded_change_costs_two_statements_more(
    editor: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, said = write(editor), list[str]()
    publish(editor, number)

    @event.listens_for(database.engine, "before_cursor_execute")
    def _listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    publish(editor, number)
    assert len([statement for statement in said if "audit" in statement]) == 2
    said.clear()
    assert editor.get(f"/admin/articles/{number}").status_code == 200
    assert not [statement for statement in said if "audit" in statement]


def test_what_belongs_to_a_get_or_is_refused_is_written_after_it(
    app: Flask, alice: Account, client_of: Callable[[Account], FlaskClient], news: Read
) -> None:
    @app.get("/admin/export-for-this-test")
    @web.needs("settings.edit")
    def export() -> tuple[str, int]:
        web.note_apart("audit.export", kind="audit", format="csv")
        return "no", 403

    assert client_of(alice).get("/admin/export-for-this-test").status_code == 403
    (entry,) = news()
    assert (entry.action, entry.actor, entry.details) == ("audit.export", "Alice", {"format": "csv"})
