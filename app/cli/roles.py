"""flask roles …: which roles there are, and what each may do."""

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from app import web
from app.accounts import roles
from app.accounts.rights_words import SCOPES, WORDS, list_groups

roles_group = AppGroup("roles", help="Which roles there are, and what each may do.")


@roles_group.command("list")
def list_command() -> None:
    """Print every role, one a line: name, how many active people have it, what people call it, separated by tabs."""
    try:
        with web.database().reader() as session:
            held = roles.count_holders(session)
            for role in roles.list_roles(session):
                click.echo(f"{role.name}\t{held.get(role.name, 0)}\t{role.label}")
    except (OperationalError, ProgrammingError) as error:
        raise _no_database() from error


@roles_group.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Print what a role may do, one right a line: its name in the software, how far, what people call it."""
    try:
        with web.database().reader() as session:
            role = roles.get_role(session, name)
            row, demands = roles.spread(role), role.demands_second_factor
            click.echo(f"{role.label}{' (comes with the software)' if role.is_builtin else ''}")
            click.echo(f"second factor: {f'demanded, {role.grace_days} days of grace' if demands else 'not demanded'}")
    except roles.RoleUnknown as refusal:
        raise click.ClickException(web.sentence(refusal)) from None
    except (OperationalError, ProgrammingError) as error:
        raise _no_database() from error
    for group in list_groups():
        for action in group.actions:
            click.echo(f"{action}\t{SCOPES[row[action]]}\t{WORDS[action]}")


def _no_database() -> click.ClickException:
    return click.ClickException("The database does not answer, or its schema is not this version's: run db upgrade.")
