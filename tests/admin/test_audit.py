"""The pages of the audit log: who may see them, filters, pages, files, erasing."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.audit.recording import record
from app.audit.verifying import verify
from app.db import Database
from tests.forms import page, post_form, text_of, where_to

ClientOf = Callable[[Account], FlaskClient]


@pytest.fixture
def admin(alice: Account, client_of: ClientOf) -> FlaskClient:
    return client_of(alice)


@pytest.fixture
def log(session: Session, alice: Account, bob: Account) -> Session:
    """Bob has published sixty articles; Alice has changed his role."""
    for number in range(60):
        record(session, "article.publish", actor_id=bob.id, actor="Bob", network="192.0.2.0/24",
               subject_kind="article", subject_id=number + 1, subject=f"Article {number + 1}")  # fmt: skip
    record(session, "person.role", actor_id=alice.id, actor="Alice", subject_kind="person", subject_id=bob.id,
           subject="Bob", details={"changes": {"role": {"before": "author", "after": "editor"}}})  # fmt: skip
    session.commit()
    return session


def rows(client: FlaskClient, url: str) -> list[str]:
    answer = client.get(url)
    assert answer.status_code == 200
    return [
        " ".join(" ".join(cell.text_content() for cell in row).split())
        for row in page(answer).xpath("//table//tbody/tr")
    ]


def test_only_admins_see_it(bob: Account, charlie: Account, client: FlaskClient, client_of: ClientOf) -> None:
    for account in (bob, charlie):
        assert client_of(account).get("/admin/audit").status_code == 403
        assert "Audit log" not in text_of(client_of(account).get("/admin/"))
    assert where_to(client.get("/admin/audit")).startswith("/login")


def test_an_empty_log_says_what_will_be_in_it(admin: FlaskClient) -> None:
    assert "Nothing was recorded yet" in text_of(admin.get("/admin/audit"))


def test_the_newest_first_a_page_at_a_time(admin: FlaskClient, log: Session) -> None:
    first = rows(admin, "/admin/audit")
    assert len(first) == 50
    assert "Alice Role of a person changed Bob" in first[0]
    assert "Bob Article published Article 60 192.0.2.0/24" in first[1]
    older = page(admin.get("/admin/audit")).xpath("//a[@rel='next']/@href")[0]
    assert "Article 11" in rows(admin, older)[0]
    newer = page(admin.get(older)).xpath("//a[@rel='prev']/@href")[0]
    assert rows(admin, newer) == first


def test_filters(admin: FlaskClient, alice: Account, bob: Account, log: Session) -> None:
    alices, bobs = alice.id, bob.id
    log.rollback()
    assert len(rows(admin, f"/admin/audit?person={alices}")) == 1
    assert "Role of a person" in rows(admin, f"/admin/audit?person={bobs}")[0]
    assert len(rows(admin, "/admin/audit?action=person.role")) == 1
    assert len(rows(admin, "/admin/audit?of=article&id=7")) == 1
    assert len(rows(admin, "/admin/audit?first=2020-01-01")) == 50
    assert "Nothing like that" in text_of(admin.get("/admin/audit?first=2100-01-01"))
    assert "Person 4711, whose account is gone" in text_of(admin.get("/admin/audit?person=4711"))
    kept = page(admin.get(f"/admin/audit?person={bobs}&of=article")).xpath("//a[@rel='next']/@href")[0]
    assert f"person={bobs}" in kept and "of=article" in kept


def test_one_entry_shows_before_and_after(admin: FlaskClient, log: Session) -> None:
    assert rows(admin, "/admin/audit/61") == ["Role author editor"]
    assert "Role of a person changed" in text_of(admin.get("/admin/audit/61"))
    assert admin.get("/admin/audit/62").status_code == 404


def test_what_others_typed_is_text_and_no_markup(admin: FlaskClient, session: Session) -> None:
    evil = "<script>alert(1)</script>\u202e"
    record(session, evil[:60], actor=evil, subject_kind=evil[:40], subject=evil, details={evil: {evil: [evil]}})
    session.commit()
    for url in ("/admin/audit", "/admin/audit/1"):
        assert "<script>alert" not in admin.get(url).text
        assert "<script>alert(1)" in text_of(admin.get(url))


def test_files_hold_what_is_asked_for_and_say_that_they_were_taken(admin: FlaskClient, log: Session) -> None:
    answer = post_form(admin, "/admin/audit/export.csv?action=person.role")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    (line,) = csv.DictReader(io.StringIO(answer.text))
    assert (line["actor"], line["subject"]) == ("Alice", "Bob")
    assert json.loads(line["details"])["changes"]["role"]["after"] == "editor"
    found = json.loads(post_form(admin, "/admin/audit/export.json").text)
    assert len(found["entries"]) == 63
    assert found["entries"][61]["details"] == {"format": "csv", "asked": {"action": "person.role"}}
    assert admin.post("/admin/audit/export.csv").status_code == 400


def test_cells_of_a_file_are_no_formulas(admin: FlaskClient, session: Session) -> None:
    record(session, "tag.rename", actor="=1+1", subject="@SUM(A1)", network="-1")
    session.commit()
    (line, _) = csv.DictReader(io.StringIO(post_form(admin, "/admin/audit/export.csv").text))
    assert (line["actor"], line["subject"], line["network"]) == ("'=1+1", "'@SUM(A1)", "'-1")


def test_erasing_a_person(admin: FlaskClient, bob: Account, log: Session, database: Database) -> None:
    bobs = bob.id
    log.rollback()
    asked = admin.get(f"/admin/audit/erase?person={bobs}")
    assert "Erase Bob from the audit log?" in text_of(asked)
    answer = post_form(admin, "/admin/audit/erase", {"person": str(bobs)})
    assert where_to(answer) == f"/admin/audit?person={bobs}&done=audit-erased"
    shown = rows(admin, f"/admin/audit?person={bobs}")
    assert "Alice A person's details erased from this log" in shown[0]
    assert f"Alice Role of a person changed Person {bobs} (erased)" in shown[1]
    assert f"Person {bobs} (erased) Article published Article 60" in shown[2]
    with database.reader() as session:
        assert verify(session).holds
    for typed in ("", "x", "-1"):
        assert post_form(admin, "/admin/audit/erase", {"person": typed}).status_code == 404
