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


def run(folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_concert.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", folder, folder]
    environ = {name: value for name, value in os.environ.items() if name != "REQUIRE_ALL"} | environ
    return subprocess.run([*command, "-p", "tests.conftest"], cwd=ROOT, env=environ, text=True, capture_output=True)


def test_what_is_missing_is_named_once(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.returncode == 0, result.stdout
    assert "not run on this machine: no drummer (1 test), piano (2 tests)" in result.stdout
    assert "1 passed, 3 skipped, 1 xfailed" in result.stdout


def test_require_all_refuses_every_skip(tmp_path: Path) -> None:
    result = run(tmp_path, REQUIRE_ALL="1")
    assert result.returncode == 1
    assert "REQUIRE_ALL=1, but it was skipped: this machine has no piano" in result.stdout
    assert "REQUIRE_ALL=1, but it was skipped: no drummer" in result.stdout
    assert "1 failed, 1 passed, 1 xfailed, 2 errors" in result.stdout


def test_require_all_refuses_a_module_that_skips_itself(tmp_path: Path) -> None:
    (tmp_path / "test_module.py").write_text('import pytest\npytest.skip("not today", allow_module_level=True)\n')
    assert "skipped: not today" in run(tmp_path, REQUIRE_ALL="1").stdout


@pytest.mark.parametrize("name", ["Makefile", ".ci/run"])
def test_the_build_names_no_machine_of_ours(name: str) -> None:
    source = (ROOT / name).read_text()
    assert str(ROOT.parent) not in source
    assert "--index-url" not in source
