"""flask audit …: whether the log of who did what is whole; its end, a copy, erasing a person."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from app import csv_cells, web
from app.accounts.reading import find_account_by_email
from app.audit import files, reading, verifying
from app.audit.erasing import erase_person
from app.audit.telling import HeadTeller
from app.cli import noting

audit_group = AppGroup("audit", help="The log of who did what.")


class HeadType(click.ParamType[verifying.Head]):
    """An end of the chain, NUMBER:HASH."""

    name = "NUMBER:HASH"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> verifying.Head:
        try:
            return verifying.read_head(str(value))
        except verifying.HeadUnreadable as refusal:
            raise click.BadParameter(web.sentence(refusal), ctx, param) from None


@audit_group.command("verify")
@click.option("--head", "heads", multiple=True, type=HeadType(), help="An end written down before; repeatable.")
def verify(heads: tuple[verifying.Head, ...]) -> None:
    """Do the sum of the chain again: exit status 1 if a row was changed, removed, swapped or cut off.

    The end that this machine logged last is asked for as well; --head asks for others, from the log of the server.
    """
    told = cast(HeadTeller, current_app.extensions["typecase.audit"]).find_told()
    known = [*heads, *([told] if told else [])]
    with _answering(), web.database().reader() as session:
        verdict, head = verifying.verify(session, known=known), verifying.get_head(session)
    for fault in verdict.faults:
        click.echo(f"row {fault.number}: {fault.what}")
    if not verdict.holds:
        raise click.ClickException("The log is not as it was written. Keep this database; ask who could write to it.")
    erased = f", {verdict.erased} of them with a person's details erased" if verdict.erased else ""
    against = f", and agree with {len(known)} known end{'s' if len(known) > 1 else ''}" if known else ""
    click.echo(f"{verdict.rows} rows{erased}: all as they were written{against}.")
    click.echo(f"head {head}")


@audit_group.command("head")
def head() -> None:
    """Print the end of the chain, NUMBER:HASH: keep it where nobody who can write to the database can change it."""
    with _answering(), web.database().reader() as session:
        click.echo(verifying.get_head(session))


@audit_group.command("export")
@click.option("--format", "kind", default="json", show_default=True, type=click.Choice(["csv", "json"]))
def export(kind: str) -> None:
    """Print all of it, oldest first. JSON holds what is needed to do the sum of the chain again."""
    with _answering():
        with web.database().writer() as session:
            noting.note(session, "audit.export", kind="audit", format=kind)
            session.commit()
        with web.database().reader() as session:
            entries = reading.list_all(session, reading.Filter())
            if kind == "csv":
                lines = csv_cells.write_csv(files.HEADER, files.list_lines(entries))
            else:
                lines = files.list_json(entries, head=str(verifying.get_head(session)))
            for line in lines:
                click.echo(line, nl=False)


@audit_group.command("erase")
@click.argument("person")
def erase(person: str) -> None:
    """Erase a person's details from the log: PERSON is an e-mail address, or the number of an account that is gone.

    What was done and when stays, with a number in place of the name; the chain stays whole.
    """
    with _answering(), web.database().writer() as session:
        if person.isascii() and person.isdigit() and len(person) < 10:
            account_id = int(person)
        else:
            account = find_account_by_email(session, person)
            if account is None:
                raise click.ClickException(f"Nobody here has the address {json.dumps(person, ensure_ascii=False)}.")
            account_id = account.id
        rows = erase_person(session, account_id, actor=noting.operator())
        session.commit()
    click.echo(f"{rows} rows no longer say who person {account_id} is.")


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException("The database does not answer, or is not migrated.") from error
