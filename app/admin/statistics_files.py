"""The statistics as files: CSV for spreadsheets, whose cells are made harmless, and JSON for programs."""

from collections.abc import Iterator
from typing import Any

from app.admin import statistics_words as words
from app.admin.statistics_numbers import Numbers
from app.csv_cells import Cell

HEADER = ("table", "name", "detail", "views", "readers", "corrected")


def list_lines(numbers: Numbers) -> Iterator[tuple[Cell, ...]]:
    """The lines of the CSV file under ``HEADER``: each says first what table of the page it is of."""
    summary, before, totals = numbers.summary, numbers.before, numbers.totals
    yield "period", numbers.period.name, "", summary.views, summary.readers, summary.corrected
    yield "period before", numbers.period.before().name, "", before.views, before.readers, before.corrected
    yield "all time", "shown", "", totals.shown, None, None
    yield "all time", "starting balance", "", totals.starting, None, None
    yield "all time", "counted", "", totals.counted, None, totals.corrected
    for row in numbers.rows:
        yield "time", row.at, row.spike, row.views, row.readers, row.corrected
    for line in numbers.top:
        yield "article", line.title, str(line.article_id), line.views, line.readers, None
    for name in words.SOURCES:
        yield "source", name, "", numbers.dimensions.get(name, 0), None, None
    for name, details in numbers.named.items():
        for detail in details:
            yield name, detail.label, "", detail.views, None, None
    for site in numbers.sites:
        yield "site", site.host, "", site.views, None, None
        for path in site.paths:
            yield "page", site.host, path.detail, path.views, None, None
    for detail in numbers.campaigns:
        source, medium, name = words.campaign(detail)
        yield "campaign", source, " / ".join(part for part in (medium, name) if part), detail.views, None, None
    for detail in numbers.devices:
        yield "device", detail.label, "", detail.views, None, None
    for name, count in summary.classes.items():
        yield "not counted", name, "", count, None, None


def as_json(numbers: Numbers) -> dict[str, Any]:
    """The same for programs."""
    summary, before = numbers.summary, numbers.before
    return {
        "subject": {"kind": numbers.subject.kind, "id": numbers.subject.id, "title": numbers.subject.title},
        "period": _summary(numbers.period.name, summary.views, summary.readers, summary.corrected),
        "period_before": _summary(numbers.period.before().name, before.views, before.readers, before.corrected),
        "all_time": numbers.totals._asdict(),
        "not_counted": summary.classes,
        "time": [
            {"at": row.at, "views": row.views, "readers": row.readers, "corrected": row.corrected, "spike": row.spike}
            for row in numbers.rows
        ],
        "articles": [line._asdict() for line in numbers.top],
        "sources": {name: numbers.dimensions.get(name, 0) for name in words.SOURCES},
        **{name: _labels(details) for name, details in numbers.named.items()},
        "sites": [
            {
                "host": site.host,
                "views": site.views,
                "pages": [{"path": path.detail, "views": path.views} for path in site.paths],
            }
            for site in numbers.sites
        ],
        "campaigns": [
            dict(zip(("source", "medium", "name"), words.campaign(detail), strict=True)) | {"views": detail.views}
            for detail in numbers.campaigns
        ],
        "devices": _labels(numbers.devices),
    }


def _summary(name: str, views: int, readers: int, corrected: int) -> dict[str, Any]:
    return {"days": name, "views": views, "readers": readers, "corrected": corrected}


def _labels(details: list[Any]) -> list[dict[str, Any]]:
    return [{"name": detail.label, "views": detail.views} for detail in details]
