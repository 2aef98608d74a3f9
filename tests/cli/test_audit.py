"""flask audit …: verifying, the head, a copy, erasing a person."""

import csv
import io
import json
from pathlib import Path

from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.audit.recording import record
from app.audit.verifying import get_head
from tests.audit.conftest import Sql, five, forge

__all__ = ["five", "forge"]


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *args])


def test_a_whole_log(app: Flask, five: Session) -> None:
    head = str(get_head(five))
    five.rollback()
    ran = run(app, "verify", "--head", head)
    assert ran.exit_code == 0, ran.output
    assert ran.stdout == f"5 rows: all as they were written, and agree with 1 known end.\nhead {head}\n"
    assert run(app, "head").stdout == f"{head}\n"


def test_a_changed_row(app: Flask, five: Session, forge: Sql) -> None:
    five.rollback()
    forge("UPDATE audit SET subject = 'Something else' WHERE number = 3")
    ran = run(app, "verify")
    assert ran.exit_code == 1
    assert ran.stdout == "row 3: What was done, or to what, was changed.\n"
    assert "The log is not as it was written." in ran.stderr


def test_an_end_that_was_cut_off_is_found_by_what_was_logged(
    app: Flask, five: Session, forge: Sql, tmp_path: Path
) -> None:
    head = str(get_head(five))
    five.rollback()
    assert app.extensions["typecase.audit"].tell()
    assert (tmp_path / "instance" / "audit-head").read_text() == f"{head}\n"
    forge("DELETE FROM audit WHERE number > 3")
    forge("UPDATE audit_head SET number = 3, chain = (SELECT chain FROM audit WHERE number = 3)")
    for asked in (["verify"], ["verify", "--head", head]):
        ran = run(app, *asked)
        assert ran.exit_code == 1
        assert ran.stdout == "row 5: This row was written down elsewhere and is not here: the end was cut off.\n"
    (tmp_path / "instance" / "audit-head").unlink()
    assert run(app, "verify").exit_code == 0, "nobody can tell without a known end"


def test_wrong_usage(app: Flask, session: Session) -> None:
    ran = run(app, "verify", "--head", "5:abc")
    assert ran.exit_code == 2 and "NUMBER:HASH" in ran.stderr
    ran = run(app, "erase", "nobody@example.org")
    assert ran.exit_code == 1 and "Nobody here has the address" in ran.stderr


def test_copies(app: Flask, five: Session) -> None:
    record(five, "tag.rename", actor="=cmd()", subject="@sum", details={"a": "é"})
    five.commit()
    found = json.loads(run(app, "export").stdout)
    assert found["head"] == str(get_head(five))
    five.rollback()
    assert [entry["number"] for entry in found["entries"]] == list(range(1, 8)), "the export itself is in it"
    assert found["entries"][5]["actor"] == "=cmd()"
    lines = list(csv.DictReader(io.StringIO(run(app, "export", "--format", "csv").stdout)))
    assert (lines[5]["actor"], lines[5]["subject"], lines[5]["details"]) == ("'=cmd()", "'@sum", '{"a": "é"}')


def test_erasing_by_address_and_by_number(app: Flask, five: Session, charlie: Account) -> None:
    record(five, "article.publish", actor_id=charlie.id, actor="Charlie")
    five.commit()
    number = charlie.id
    five.rollback()
    ran = run(app, "erase", "Charlie@example.org")
    assert ran.stdout == f"{2 if number <= 5 else 1} rows no longer say who person {number} is.\n"
    assert run(app, "erase", "4").stdout == "1 rows no longer say who person 4 is.\n"
    assert "erased" in run(app, "verify").stdout
    assert "Charlie" not in run(app, "export").stdout
