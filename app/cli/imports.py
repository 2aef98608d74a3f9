"""flask articles import …: articles from a folder or file of Markdown."""

import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from itertools import islice
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError, ProgrammingError

from app import changes, web
from app.cli import noting
from app.imports import files
from app.imports.planning import Outcome, Planner
from app.imports.preparing import Prepared
from app.imports.reading import list_known
from app.imports.running import Result, carry_out, report
from app.imports.workshop import Order, Workshop
from app.settings import get_settings

BATCH = 40  # files of one transaction: half a second of writing, so that others get their turn
AHEAD = 3  # batches that are prepared before they can be brought in: bounds the memory


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@with_appcontext
def import_command(path: Path, dry_run: bool) -> None:
    """Bring in PATH: a folder or file of Markdown with front matter (Jekyll, Hugo, Zola, Eleventy).

    Running it again changes only what has changed in the files. One line a file, then a summary.
    """
    if not path.exists():
        raise click.ClickException(f"There is no file or folder {str(path)!r}.")
    begun = time.monotonic()
    tally = _Tally()
    try:
        try:
            for result in _run(path, dry_run=dry_run):
                tally.add(result)
                _print(result)
        finally:
            if not dry_run and tally.outcomes[Outcome.IMPORTED] + tally.outcomes[Outcome.UPDATED]:
                _note(path, tally)  # also of an import that was cut short
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException(
            "The database does not answer, or is not migrated: run `flask --app wsgi db upgrade`."
        ) from error
    tally.print(seconds=time.monotonic() - begun, dry_run=dry_run)


def _note(path: Path, tally: "_Tally") -> None:
    outcomes = {str(outcome): number for outcome, number in tally.outcomes.items()}
    with web.database().writer() as session:
        noting.note(session, "article.import", kind="article", name=path.name, drafts=tally.drafts, **outcomes)
        session.commit()


def _run(path: Path, *, dry_run: bool) -> Iterator[Result]:
    """Bring in a batch at a time; redirects come last, when what they lead to is here."""
    planner = Planner()
    redirects: list[Prepared] = []
    with web.database().reader() as session:
        zone = get_settings(session).zone
    for prepared in _prepared(files.walk(path), zone):
        redirects += [file for file in prepared if _is_redirect(file)]
        yield from _bring_in(planner, [file for file in prepared if not _is_redirect(file)], dry_run=dry_run)
    while redirects:
        yield from _bring_in(planner, redirects[:BATCH], dry_run=dry_run)
        del redirects[:BATCH]


def _prepared(found: Iterator[files.Found], zone: tzinfo) -> Iterator[list[Prepared]]:
    """The files in batches, prepared; while one batch is brought in, the next ones are being prepared."""
    with Workshop() as workshop:
        orders: deque[Order] = deque()
        while batch := list(islice(found, BATCH)):
            with web.database().reader() as session:
                known = list_known(session, [file.path for file in batch])
            orders.append(workshop.order(batch, zone=zone, known=known))
            if len(orders) > AHEAD:
                yield orders.popleft().result()
        while orders:
            yield orders.popleft().result()


def _is_redirect(file: Prepared) -> bool:
    return file.post is not None and file.post.redirect is not None


def _bring_in(planner: Planner, batch: Iterable[Prepared], *, dry_run: bool) -> list[Result]:
    """One transaction. A dry run only asks, through a session that cannot write."""
    if dry_run:
        with web.database().reader() as session:
            return [report(planner.decide(session, file)) for file in batch]
    with web.database().writer() as session:
        results = [carry_out(session, planner.decide(session, file)) for file in batch]
        if any(result.outcome is Outcome.IMPORTED for result in results):
            changes.note(session, "site")  # once for all of them: what each one changes would cost more to tell
        session.commit()
    web.database().give_way()
    return results


def _print(result: Result) -> None:
    line = f"{result.outcome:9} {result.path}"
    if result.target:
        line += f" → redirect to {result.target}"
    elif result.slug:
        line += f" → /{result.slug}{' (draft)' if result.is_draft else ''}"
    if result.reason:
        line += f": {result.reason}"
    click.echo(_printable(line))
    for note in result.notes:
        click.echo(_printable(f"          {note}"))


def _printable(line: str) -> str:
    """A file's name may hold bytes that are no text, which no terminal can be sent."""
    return line.encode("utf-8", "replace").decode()


class _Tally:
    """What the summary counts."""

    def __init__(self) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.reasons: Counter[str] = Counter()
        self.drafts = self.redirects = 0

    def add(self, result: Result) -> None:
        self.outcomes[result.outcome] += 1
        self.drafts += result.outcome is Outcome.IMPORTED and result.is_draft
        self.redirects += result.outcome is Outcome.IMPORTED and result.target is not None
        if result.reason:
            self.reasons[result.reason] += 1

    def print(self, *, seconds: float, dry_run: bool) -> None:
        posts = sum(self.outcomes.values()) - self.outcomes[Outcome.SKIPPED]
        click.echo("")
        if dry_run:
            click.echo("A dry run: nothing was changed. It would be:")
        click.echo(", ".join(f"{self.outcomes[outcome]} {outcome}" for outcome in Outcome) + ".")
        if self.drafts or self.redirects:
            click.echo(f"Of the imported, {self.drafts} are drafts and {self.redirects} redirects.")
        if self.reasons:
            click.echo("Skipped:")
        for reason, count in self.reasons.most_common(20):
            click.echo(_printable(f"  {count} × {reason}"))
        if len(self.reasons) > 20:
            click.echo(f"  and {len(self.reasons) - 20} other reasons, each in its file's line above.")
        click.echo(f"{seconds:.1f} seconds, {posts / max(seconds, 0.001):.0f} posts a second.")
