"""flask roles …: what there is, for operators."""

from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts import roles
from app.accounts.models import Account
from app.accounts.permissions import OWN, RIGHTS


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["roles", *arguments])


def test_roles_are_listed_with_how_many_have_them(app: Flask, session: Session, alice: Account, bob: Account) -> None:
    roles.make_role(session, label="Guest writer", rights={"article.list": OWN}, by=None)
    session.commit()
    assert run(app, "list").stdout.splitlines() == [
        "admin\t1\tAdmin",
        "editor\t1\tEditor",
        "author\t0\tAuthor",
        "guest-writer\t0\tGuest writer",
    ]


def test_a_role_is_shown_with_every_right(app: Flask, session: Session) -> None:
    roles.make_role(session, label="Guest writer", rights={"article.list": OWN}, by=None)
    session.commit()
    lines = run(app, "show", "guest-writer").stdout.splitlines()
    assert lines[:2] == ["Guest writer", "second factor: not demanded"]
    assert "article.list\town\tSee the list of articles" in lines
    assert len(lines) == 2 + len(RIGHTS)


def test_an_unknown_role_is_a_refusal(app: Flask) -> None:
    result = run(app, "show", "owner")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There are: admin, editor, author." in result.stderr
    assert run(app, "show").exit_code == 2
