"""flask mail …: the outbox, for operators."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from app import mail, web
from app.mail_courier import Courier

mail_group = AppGroup("mail", help="Messages that go out, and those that did not.")


@mail_group.command("list")
@click.option("--failed", is_flag=True, help="Only those that could not be sent.")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1, 100_000))
def list_command(failed: bool, limit: int) -> None:
    """Print messages, the newest first: number, when, state, kind, address, what went wrong, separated by tabs."""
    try:
        with web.database().reader() as session:
            for message in mail.list_messages(session, failed=failed, limit=limit):
                when = message.created_at.isoformat(timespec="seconds")
                shown = (str(message.id), when, message.state, message.kind, message.recipient, message.problem or "-")
                click.echo("\t".join(shown))
    except (OperationalError, ProgrammingError) as error:
        raise _no_database() from error


@mail_group.command("send")
@click.argument("number", type=int, required=False)
def send_command(number: int | None) -> None:
    """Send what is due now; with a NUMBER that message, also if it was given up. Exit status 1 if one fails."""
    courier: Courier = current_app.extensions["typecase.courier"]
    try:
        if number is not None:
            with web.database().writer() as session:
                mail.send_again(session, number)
                session.commit()
        attempts = 0
        while courier.deliver():
            attempts += 1
        with web.database().reader() as session:
            failed = mail.count_failed(session)
    except (mail.MessageUnknown, mail.MessageGone) as refusal:
        raise click.ClickException(web.sentence(refusal)) from None
    except (OperationalError, ProgrammingError) as error:
        raise _no_database() from error
    click.echo(f"{attempts} {'message was' if attempts == 1 else 'messages were'} tried.")
    if failed:
        raise click.ClickException(f"{failed} could not be sent: mail list --failed says why.")


def _no_database() -> click.ClickException:
    return click.ClickException("The database does not answer, or its schema is not this version's: run db upgrade.")
