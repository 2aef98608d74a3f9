"""The rows of a run: shown as one table, with their ratios, and kept as JSON."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.load import Rate
from bench.machine import tell

HEADINGS = ("", "on", "req/s", "p50 ms", "p99 ms", "otherwise", "ratio", "of", "server busy", "asked for")


@dataclass
class Row:
    """One figure or several of one thing that was measured."""

    group: str
    name: str
    on: str
    """Which database, how many articles, cores, workers."""
    per_second: float | None = None
    p50: float | None = None
    p99: float | None = None
    """Milliseconds."""
    value: float | None = None
    """Another figure, in ``unit``."""
    unit: str = ""
    ratio: float | None = None
    of: str = ""
    """What the ratio is to: a figure of the same run."""
    busy: float | None = None
    """How much of its cores' time the server used: below 0.9 the load was the limit, not the server."""
    asked: str = ""
    met: bool | None = None
    """Whether what was asked for was reached."""


class Report:
    """All rows, in their order; told one by one while the run goes on."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.notes: list[str] = []

    def add(self, row: Row) -> Row:
        self.rows.append(row)
        tell(" | ".join(cell for cell in (row.group, *cells(row)) if cell))
        return row

    def rate(self, group: str, name: str, on: str, rate: Rate, *, base: Row | None = None) -> Row:
        """A row of a load, with the ratio of its rate to ``base``'s."""
        row = Row(group, name, on, per_second=rate.per_second, p50=rate.p50, p99=rate.p99, busy=rate.busy)
        if base is not None:
            compare(row, base)
        return self.add(row)

    def note(self, text: str) -> None:
        """What was left out, and why."""
        self.notes.append(text)
        tell(text)

    def table(self) -> str:
        """All rows in one table of Markdown, a line of its own for each group's name."""
        lines: list[tuple[str, ...]] = []
        group = None
        for row in self.rows:
            if row.group != group:
                group = row.group
                lines.append((f"**{group}**", *[""] * (len(HEADINGS) - 1)))
            lines.append(cells(row))
        widths = [max(len(line[at]) for line in [HEADINGS, *lines]) for at in range(len(HEADINGS))]
        rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
        shown = [_line(HEADINGS, widths), rule, *(_line(line, widths) for line in lines)]
        return "\n".join([*shown, *(f"\nNote: {note}" for note in self.notes)])

    def asked(self) -> str:
        """What issue 3 asks for, and whether this run reached it."""
        bars = [row for row in self.rows if row.met is not None]
        missed = [f"{row.name} ({row.on}): asked for {row.asked}" for row in bars if not row.met]
        if not bars:
            return "Nothing was measured that has a bar."
        return "\n".join(
            [f"{len(bars) - len(missed)} of {len(bars)} bars reached.", *(f"Missed: {each}" for each in missed)]
        )

    def keep(self, folder: Path, machine: dict[str, Any], asked: dict[str, str]) -> Path:
        """Write the run as JSON; the file's path."""
        folder.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC)
        path = folder / f"{now:%Y-%m-%dT%H%M%SZ}-{machine.get('commit', 'unknown').rstrip('+')}.json"
        kept = {
            "ended_at": now.isoformat(timespec="seconds"),
            "machine": machine,
            "asked": asked,
            "rows": [
                {name: value for name, value in asdict(row).items() if value not in (None, "")} for row in self.rows
            ],
            "notes": self.notes,
        }
        path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
        return path


def compare(row: Row, base: Row, *, at_least: float | None = None, at_most: float | None = None) -> Row:
    """Set the ratio of a row to another of the same run (of rates, or else of median times or values), and its bar."""
    mine, others = next(
        (getattr(row, what), getattr(base, what))
        for what in ("per_second", "p50", "value")
        if getattr(row, what) is not None and getattr(base, what) is not None
    )
    row.ratio, row.of = (mine / others if others else 0.0), base.name if base.name != row.name else base.on
    if at_least is not None:
        bar(row, f"≥ {at_least:g} ×", met=row.ratio >= at_least)
    if at_most is not None:
        bar(row, f"≤ {at_most:g} ×", met=row.ratio <= at_most)
    return row


def bar(row: Row, text: str, *, met: bool) -> None:
    """State what is asked of a row, beside what else is asked of it."""
    row.asked = f"{row.asked}, {text}" if row.asked else text
    row.met = met and row.met is not False


def cells(row: Row) -> tuple[str, ...]:
    """The row as it stands in the table."""
    return (
        row.name,
        row.on,
        "" if row.per_second is None else f"{row.per_second:,.0f}",
        "" if row.p50 is None else f"{row.p50:.2f}",
        "" if row.p99 is None else f"{row.p99:.2f}",
        "" if row.value is None else f"{_number(row.value)} {row.unit}".strip(),
        "" if row.ratio is None else f"{row.ratio:,.2f}" if row.ratio < 100 else f"{row.ratio:,.0f}",
        row.of,
        "" if row.busy is None else f"{row.busy:.0%}",
        "" if row.met is None else f"{row.asked}: {'reached' if row.met else 'MISSED'}",
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}"


def _line(parts: tuple[str, ...], widths: list[int]) -> str:
    return "| " + " | ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)) + " |"
