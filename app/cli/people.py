"""flask people …: who can sign in. The way in for operators, also when everybody is locked out."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from app import letters, web
from app.accounts import inviting, joining, leaving, membership, rescuing
from app.accounts.models import Account
from app.accounts.naming import EmailInvalid, NameBlank, NameTooLong, check_email, check_name
from app.accounts.passwords import PasswordUnfit, check_password, hash_password
from app.accounts.reading import AccountUnknown, find_account_by_email, list_accounts
from app.accounts.registering import EmailTaken
from app.accounts.rights_words import a_role
from app.accounts.roles import RoleUnknown, get_role
from app.cli.noting import note
from app.parting import part

people_group = AppGroup("people", help="Who can sign in, and as what.")

REFUSALS = (
    AccountUnknown,
    EmailInvalid,
    EmailTaken,
    NameBlank,
    NameTooLong,
    PasswordUnfit,
    joining.AccountInactive,
    inviting.InvitedAlready,
    joining.NoAddress,
    leaving.HeirUnfit,
    membership.LastAdmin,
)


@people_group.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As it stands above the articles.")
@click.option("--role", required=True, help="One of those that `roles list` prints.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(email: str, name: str, role: str, password_stdin: bool) -> None:
    """Add somebody. Without a password a link is printed by which they choose one."""
    with _changing() as session:
        password_hash = None
        if password_stdin:
            password = sys.stdin.readline().rstrip("\r\n")
            check_password(password, name=check_name(name), email=check_email(email))
            password_hash = hash_password(password)
        account = joining.add_person(session, name=name, email=email, role=role, password_hash=password_hash)
        note(session, "person.add", kind="person", id=account.id, name=account.name, role=account.role)
        said = f"{account.name} <{account.email}> is {a_role(account.role_held)} and can sign in."
        if password_hash is None:
            said = _link(session, account)
    click.echo(said)


@people_group.command("list")
def list_people() -> None:
    """Print everybody, one a line: e-mail address, role, state, name, separated by tabs."""
    with _asking() as session:
        for account in list_accounts(session):
            click.echo("\t".join((account.email or "-", account.role, _state(account), account.name)))


@people_group.command("link")
@click.argument("email")
def link(email: str) -> None:
    """Print a new link by which somebody chooses a password: for those who forgot theirs."""
    with _changing() as session:
        account = _get(session, email)
        said = _link(session, account)
        note(session, "person.link", kind="person", id=account.id, name=account.name)
    click.echo(said)


@people_group.command("setup-link")
def setup_link() -> None:
    """Print a new link for setting the site up; it replaces the former one. Refused once there is an admin."""
    with _changing() as session:
        token = joining.offer_setup_link(session)
    if token is None:
        raise click.ClickException("The site is set up already: there is an admin who can sign in.")
    click.echo(f"{web.address()}/setup/{token}")


@people_group.command("role")
@click.argument("email")
@click.argument("role")
def role_command(email: str, role: str) -> None:
    """Give somebody another role."""
    with _changing() as session:
        given = get_role(session, role).name
        before = _get(session, email).role
        account = membership.change_role(session, _get(session, email).id, role=given)
        note(session, "person.role", kind="person", id=account.id, name=account.name, before=before, after=given)
        said = f"{account.name} is {a_role(account.role_held)} now."
    click.echo(said)


@people_group.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """Sign somebody out everywhere, for good; what they wrote stays."""
    with _changing() as session:
        account = membership.deactivate(session, _get(session, email).id)
        note(session, "person.deactivate", kind="person", id=account.id, name=account.name)
        said = f"{account.name} cannot sign in any more."
    click.echo(said)


@people_group.command("reactivate")
@click.argument("email")
def reactivate(email: str) -> None:
    """Let somebody sign in again."""
    with _changing() as session:
        account = membership.reactivate(session, _get(session, email).id)
        note(session, "person.reactivate", kind="person", id=account.id, name=account.name)
        said = f"{account.name} is active again."
    click.echo(said)


@people_group.command("invite")
@click.argument("email")
@click.option("--role", required=True, help="One of those that `roles list` prints.")
def invite(email: str, role: str) -> None:
    """Invite somebody by mail; the link is printed, too. It works once, within seven days."""
    with _changing() as session:
        invitation, token = inviting.invite(session, email=email, role=role, by_id=None)
        letters.post_invitation(session, invitation, token=token, by="")
        note(session, "invitation.send", kind="invitation", id=invitation.id, name=invitation.email, role=role)
        said = f"{invitation.email} is invited and joins with this link:\n{letters.invitation_link(token)}"
    click.echo(said)


@people_group.command("rescue")
@click.argument("email")
def rescue(email: str) -> None:
    """Print a link that lets somebody in who is locked out: without password, second factor or waiting."""
    with _changing() as session:
        account = _get(session, email)
        token = rescuing.offer_rescue(session, account)
        letters.post_rescued(session, account, made=True)
        note(session, "person.rescue-link", kind="account", id=account.id, name=account.name)
        said = (
            f"{account.name} comes in with this link, which removes passkeys, authenticator app and recovery codes. "
            f"It works once, within an hour; {account.email} is told.\n{web.address()}/rescue/{token}"
        )
    click.echo(said)


@people_group.command("delete")
@click.argument("email")
@click.option("--hand-to", required=True, metavar="EMAIL", help="Who gets their articles and files.")
def delete(email: str, hand_to: str) -> None:
    """Delete somebody for good, and hand over what is theirs."""
    with _changing() as session:
        parted = part(session, _get(session, email).id, heir_id=_get(session, hand_to).id)
        heir, articles, files = parted.heir, parted.articles, parted.files
        note(session, "person.delete", kind="person", name=parted.name, handed_to=heir, articles=articles, files=files)
    click.echo(f"{parted.name} is deleted. {heir} has {articles} articles and {files} files more.")


@contextmanager
def _changing() -> Iterator[Session]:
    """A session that is committed at the end; a room's refusal becomes one sentence and exit status 1."""
    try:
        with web.database().writer() as session:
            yield session
            session.commit()
    except RoleUnknown as refusal:
        raise click.UsageError(web.sentence(refusal)) from None
    except REFUSALS as refusal:
        raise click.ClickException(web.sentence(refusal)) from None
    except (OperationalError, ProgrammingError) as error:
        raise _no_database() from error


@contextmanager
def _asking() -> Iterator[Session]:
    try:
        with web.database().reader() as session:
            yield session
    except (OperationalError, ProgrammingError) as error:
        raise _no_database() from error


def _no_database() -> click.ClickException:
    return click.ClickException("The database does not answer, or its schema is not this version's: run db upgrade.")


def _get(session: Session, email: str) -> Account:
    account = find_account_by_email(session, email)
    if account is None:
        raise AccountUnknown(f"There is nobody with the e-mail address {email!r}.")
    return account


def _link(session: Session, account: Account) -> str:
    """A new link and what it is for, as lines to print; the link stands alone on the last."""
    token = joining.offer_welcome_link(session, account)
    return (
        f"{account.name} chooses a password with this link. It works once, within seven days:\n"
        f"{web.address()}/welcome/{token}"
    )


def _state(account: Account) -> str:
    if not account.is_active:
        return "deactivated"
    return "active" if account.has_joined else "no-password" if account.email else "byline"
