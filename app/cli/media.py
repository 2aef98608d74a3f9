"""flask media …: commands about uploaded files."""

import click
from flask.cli import AppGroup

from app import web
from app.cli.noting import note
from app.media.checking import check, sweep

media_group = AppGroup("media", help="Uploaded files.")


@media_group.command("check")
@click.option("--sweep", "sweeps", is_flag=True, help="Remove files that nothing names and that are an hour old.")
def check_command(sweeps: bool) -> None:
    """Compare the storage with the database; exit status 1 if a file is missing or damaged."""
    files = web.workshop().files
    with web.database().reader() as session:
        found = check(session, files)
    if sweeps:
        sweep(files, found)
        if found.left_over:
            with web.database().writer() as session:
                note(session, "media.sweep", kind="media", files=len(found.left_over), first=list(found.left_over)[:50])
                session.commit()
    click.echo(f"{found.files:,} files and sizes, {found.bytes:,} bytes.")
    for word, keys in (("missing", found.missing), ("damaged", found.damaged)):
        for key in keys:
            click.echo(f"{word}: {key}")
    done = "removed" if sweeps else "left over"
    for key in found.left_over:
        click.echo(f"{done}: {key}")
    if found.missing or found.damaged:
        raise click.ClickException("Some files are not as the database says. Bring them back from a backup.")
