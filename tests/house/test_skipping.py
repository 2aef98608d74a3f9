"""What a machine lacks is skipped by name, summed up in one line, and refused where everything must run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import ROOT

TESTS = """
import pytest
from tests.conftest import missing

@pytest.fixture
def piano():
    missing("piano")

def test_a_waltz(piano): ...
def test_a_nocturne(piano): ...
def test_a_march(): pytest.skip("no drummer")
@pytest.mark.xfail(strict=True)
def test_a_wrong_note(): assert False
def test_silence(): ...
"""
LEAKS = """
import warnings

def test_a_careless_one():
    warnings.warn("careless")

def test_a_litterer():
    open(__file__)

def test_a_litterer_whose_litter_is_found_later():
    circle = {}
    circle["itself"] = circle, open(__file__)
"""
in_one_and_in_two_processes = pytest.mark.parametrize("processes", ["0", "2"])


def run(folder: Path, tests: str = TESTS, *, processes: str = "0", **environ: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_concert.py").write_text(tests)
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", folder, folder]
    command += ["--numprocesses", processes, "--dist", "worksteal", "-p", "tests.conftest", "-p", "no:hypothesispytest"]
    outer = ("REQUIRE_ALL", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID")
    environ = {name: value for name, value in os.environ.items() if name not in outer} | environ
    return subprocess.run(command, cwd=ROOT, env=environ, text=True, capture_output=True)


@in_one_and_in_two_processes
def test_what_is_missing_is_named_once(tmp_path: Path, processes: str) -> None:
    result = run(tmp_path, processes=processes)
    assert result.returncode == 0, result.stdout
    assert "not run on this machine: no drummer (1 test), piano (2 tests)" in result.stdout
    assert "1 passed, 3 skipped, 1 xfailed" in result.stdout


def test_require_all_refuses_every_skip(tmp_path: Path) -> None:
    (tmp_path / "test_module.py").write_text('import pytest\npytest.skip("not today", allow_module_level=True)\n')
    result = run(tmp_path, processes="2", REQUIRE_ALL="1")
    assert result.returncode == 1
    assert "REQUIRE_ALL=1, but it was skipped: this machine has no piano" in result.stdout
    assert "REQUIRE_ALL=1, but it was skipped: no drummer" in result.stdout
    assert "REQUIRE_ALL=1, but it was skipped: not today" in result.stdout
    assert "1 failed, 1 passed, 1 xfailed, 3 errors" in result.stdout


def test_warnings_and_what_is_left_open_are_failures(tmp_path: Path) -> None:
    result = run(tmp_path, LEAKS, processes="2")
    assert result.returncode == 1
    assert "UserWarning: careless" in result.stdout
    assert "2 failed, 1 passed, 1 error" in result.stdout, result.stdout


@pytest.mark.parametrize("name", ["Makefile", ".ci/run"])
def test_the_build_names_no_machine_of_ours(name: str) -> None:
    source = (ROOT / name).read_text()
    assert str(ROOT.parent) not in source
    assert "--index-url" not in source
