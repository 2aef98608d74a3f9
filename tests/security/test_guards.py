"""Each of the thirty classes has its test, and the test fails when the line is gone that it stands guard over.

A copy of the software gets something else in place of the line; there that one test is run, in a process of its own.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import ROOT
from tests.security.cases import CASES, Case

BY_ASSERTION = re.compile(r"^FAILED \S+.* - (assert|AssertionError|Failed: DID NOT RAISE)", re.MULTILINE)
SETTINGS = """[pytest]
markers =
    any_database
    corpus
    browser
"""


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the tests need: the software to be changed, the rest as it is."""
    folder = tmp_path_factory.mktemp("guards")
    for name in ("app", "templates", "tests"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("static", "migrations"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "guards.ini").write_text(SETTINGS)
    return folder


@pytest.fixture
def without_its_guard(workshop: Path, case: Case) -> Iterator[Path]:
    """The copy with something else in place of the guard of this case."""
    path = workshop / case.guard.file
    path.write_text(path.read_text().replace(case.guard.line, case.guard.instead))
    yield workshop
    shutil.copy2(ROOT / case.guard.file, path)


@pytest.mark.any_database
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_without_its_guard_the_test_fails(case: Case, without_its_guard: Path, sqlite_template: Path) -> None:
    environ = os.environ | {
        "MIGRATED_SQLITE": str(sqlite_template),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "COLUMNS": "300",
        "REQUIRE_ALL": "",
    }
    command = [sys.executable, "-m", "pytest", "-c", "guards.ini", "-p", "no:cacheprovider", "-q", "-x", "--tb=short"]
    ran = subprocess.run(
        [*command, "--database", "sqlite", f"{case.file}::{case.test}"],
        cwd=without_its_guard,
        env=environ,
        capture_output=True,
        text=True,
    )
    said = f"{case.name}, with another line in {case.guard.file}:\n{ran.stdout[-3000:]}\n{ran.stderr[-2000:]}"
    assert ran.returncode == 1, said
    assert BY_ASSERTION.search(ran.stdout), said
    assert "ERROR" not in ran.stdout.rpartition("short test summary")[2], said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guard_and_its_test_are_where_the_table_says(case: Case) -> None:
    guarded = (ROOT / case.guard.file).read_text()
    count = guarded.count(case.guard.line)
    assert count == 1, f"{case.name}: {case.guard.file} has this {count} times; say in cases.py:\n{case.guard.line}"
    assert case.guard.line != case.guard.instead
    assert f"def {case.test}(" in (ROOT / case.file).read_text(), f"{case.file} has no {case.test}"


def test_every_class_is_in_the_table() -> None:
    assert [case.number for case in CASES] == list(range(1, 31))
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "security").glob("test_s[0-9]*.py")}
    assert files == {case.file for case in CASES}
