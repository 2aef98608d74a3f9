"""The report: ratios, bars, one table, JSON."""

import json
from pathlib import Path

import pytest

from bench import machine
from bench.load import Rate
from bench.report import Report, Row, bar, compare
from bench.run import median


def test_ratios_and_bars_stand_in_the_table() -> None:
    report = Report()
    base = report.rate("Lane", "nginx", "1 core", Rate(1000.0, 1.0, 2.0, 0.99))
    ours = report.rate("Lane", "ours", "1 core", Rate(500.0, 1.5, 3.0))
    compare(ours, base, at_least=0.45)
    bar(ours, "p99 < 2 ms", met=False)
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in report.table().splitlines()]
    assert lines[2][0] == "**Lane**"
    assert lines[3][:5] == ["nginx", "1 core", "1,000", "1.00", "2.00"]
    assert lines[4][6:] == ["0.50", "nginx", "", "≥ 0.45 ×, p99 < 2 ms: MISSED"]
    assert report.asked().startswith("0 of 1 bars reached.")


@pytest.mark.parametrize(("at_least", "at_most", "met"), [(2.0, None, True), (2.1, None, False), (None, 1.9, False)])
def test_a_bar_is_reached_or_missed(at_least: float | None, at_most: float | None, met: bool) -> None:
    row = compare(Row("G", "b", "", value=10.0), Row("G", "a", "", value=5.0), at_least=at_least, at_most=at_most)
    assert row.met is met


def test_a_run_is_kept_as_json_without_what_was_not_measured(tmp_path: Path) -> None:
    report = Report()
    report.add(Row("G", "memory", "here", value=12.5, unit="MiB"))
    report.note("left out: the rest")
    kept = json.loads(report.keep(tmp_path / "results", machine.describe(), {"seconds": "1"}).read_text())
    assert kept["rows"] == [{"group": "G", "name": "memory", "on": "here", "value": 12.5, "unit": "MiB"}]
    assert kept["notes"] == ["left out: the rest"]
    assert kept["machine"]["cores"] >= 1


def test_a_busy_machine_is_told_of_loudly() -> None:
    said = machine.describe()
    assert any("NOT QUIET" in warning for warning in machine.warnings(said | {"load": 4.0}))
    assert not any("NOT QUIET" in warning for warning in machine.warnings(said | {"load": 0.0}))
    assert "load average 4.0" in machine.line(said | {"load": 4.0})


def test_of_several_rounds_each_figure_is_the_median() -> None:
    rates = [Rate(10.0, 5.0, 9.0, 0.5), Rate(30.0, 1.0, 7.0, 1.0), Rate(20.0, 3.0, 8.0, 0.9)]
    assert median(rates) == Rate(20.0, 3.0, 8.0, 0.9)
