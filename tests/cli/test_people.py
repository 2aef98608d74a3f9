"""flask people …: for operators, with exit statuses that scripts can go by."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.bylines import find_or_make_byline
from app.accounts.models import Account
from app.accounts.reading import find_account_by_email
from app.accounts.signing_in import authenticate
from tests.accounts.conftest import PASSWORD, person
from tests.forms import post_form


@pytest.fixture
def ada(session: Session) -> Account:
    """An admin with a password."""
    return person(session, "Ada", "admin")


def people(app: Flask, *arguments: str, typed: str = "") -> Result:
    result = app.test_cli_runner().invoke(args=["people", *arguments], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refused(result: Result) -> str:
    """The one sentence on standard error of a refusal."""
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1
    return lines[0]


def test_add_with_a_password(app: Flask, session: Session) -> None:
    result = people(
        app, "add", "Bob@Example.org", "--name", "Bob", "--role", "editor", "--password-stdin", typed=PASSWORD + "\n"
    )
    assert (result.exit_code, result.stdout) == (0, "Bob <bob@example.org> is an editor and can sign in.\n")
    assert authenticate(session, email="bob@example.org", password=PASSWORD)


def test_add_without_a_password_prints_a_link_that_works(app: Flask, session: Session) -> None:
    result = people(app, "add", "bob@example.org", "--name", "Bob", "--role", "author")
    assert result.exit_code == 0
    link = result.stdout.splitlines()[-1]
    assert link.startswith("http://localhost:8000/welcome/")
    path = link.removeprefix("http://localhost:8000")
    assert post_form(app.test_client(), path, {"password": PASSWORD}, on=path).status_code == 303


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ada@example.org", "--name", "Ada", "--role", "author"], "already"),
        (["not an address", "--name", "Ada", "--role", "author"], "not an e-mail address"),
        (["new@example.org", "--name", " ", "--role", "author"], "give a name"),
        (["new@example.org", "--name", "New", "--role", "author", "--password-stdin"], "12 characters"),
    ],
)
def test_a_refusal_is_one_sentence(app: Flask, ada: Account, arguments: list[str], says: str) -> None:
    assert says in refused(people(app, "add", *arguments, typed="short\n"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "new@example.org", "--name", "New", "--role", "owner"],
        ["add", "new@example.org", "--role", "author"],
        ["add"],
        ["role", "ada@example.org", "owner"],
        ["dance"],
    ],
)
def test_wrong_usage_is_exit_status_2(app: Flask, arguments: list[str]) -> None:
    assert people(app, *arguments).exit_code == 2


def test_list_has_a_line_for_everybody(app: Flask, ada: Account, session: Session) -> None:
    find_or_make_byline(session, name="Jhon Lennon")
    session.commit()
    people(app, "add", "bob@example.org", "--name", "Bob", "--role", "editor")
    assert people(app, "list").stdout.splitlines() == [
        "ada@example.org\tadmin\tactive\tAda",
        "bob@example.org\teditor\tno-password\tBob",
        "-\tauthor\tbyline\tJhon Lennon",
    ]


def test_role_deactivate_reactivate(app: Flask, ada: Account, session: Session) -> None:
    bob = person(session, "Bob")
    assert people(app, "role", "bob@example.org", "admin").stdout == "Bob is an admin now.\n"
    assert people(app, "deactivate", "ADA@example.org").exit_code == 0
    session.refresh(ada)
    session.refresh(bob)
    assert (bob.role, ada.is_active) == ("admin", False)
    session.commit()
    assert people(app, "reactivate", "ada@example.org").exit_code == 0
    session.refresh(ada)
    assert ada.is_active


@pytest.mark.parametrize("command", [["deactivate", "ada@example.org"], ["role", "ada@example.org", "author"]])
def test_the_last_admin_stays(app: Flask, ada: Account, command: list[str]) -> None:
    assert "only admin" in refused(people(app, *command))


@pytest.mark.parametrize("command", [["deactivate"], ["reactivate"], ["link"]])
def test_nobody_is_called_so(app: Flask, command: list[str]) -> None:
    assert "nobody@example.org" in refused(people(app, *command, "nobody@example.org"))


def test_a_forgotten_password_is_replaced_by_a_link(app: Flask, ada: Account) -> None:
    path = people(app, "link", "ada@example.org").stdout.splitlines()[-1].removeprefix("http://localhost:8000")
    assert post_form(app.test_client(), path, {"password": "another good password"}, on=path).status_code == 303


def test_the_setup_link_is_there_until_there_is_an_admin(app: Flask, session: Session) -> None:
    first, second = (people(app, "setup-link").stdout.strip().removeprefix("http://localhost:8000") for _ in "ab")
    client = app.test_client()
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    person(session, "Ada", "admin")
    assert "set up already" in refused(people(app, "setup-link"))


def test_every_command_explains_itself(app: Flask) -> None:
    for command in ("add", "list", "link", "setup-link", "role", "deactivate", "reactivate"):
        assert people(app, command, "--help").exit_code == 0


def test_people_added_here_have_a_page(app: Flask, session: Session) -> None:
    people(app, "add", "bob@example.org", "--name", "Bób", "--role", "editor")
    bob = find_account_by_email(session, "bob@example.org")
    assert bob is not None
    assert bob.slug == "bob"
