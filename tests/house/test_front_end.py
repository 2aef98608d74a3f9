"""The build of the scripts: quick when nothing changed, no reason to stop where it cannot run, never committed."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from app.config import ROOT

NPM = """#!/bin/sh
echo "$@" >> "$CALLS"
case "$1" in --version) echo 11 ;; ls) exit "$LS" ;; *) exit "$STATUS" ;; esac
"""


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    """A checkout with all that the build looks at, where node and npm are scripts of this test."""
    for name in (
        "Makefile",
        "package.json",
        "package-lock.json",
        "requirements.txt",
        "requirements-front.txt",
        "requirements-s3.txt",
    ):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copy(ROOT / "requirements-dev.txt", tmp_path)
    shutil.copytree(ROOT / "static", tmp_path / "static", ignore=shutil.ignore_patterns("dist"))
    for name, program in {"venv/bin/python": "#!/bin/sh\n", "tools/node": "#!/bin/sh\n", "tools/npm": NPM}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(program)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def build(workshop: Path, *, status: int = 0, ls: int = 1) -> tuple[list[str], str]:
    """Run ``make build``: what npm was called with, and what was said as a warning."""
    calls = workshop / "calls"
    calls.write_text("")
    environment = os.environ | {
        "PATH": f"{workshop / 'tools'}:{os.environ['PATH']}", "CALLS": str(calls), "STATUS": str(status), "LS": str(ls),
    }  # fmt: skip
    run = subprocess.run(
        ["make", "build", "VENV=venv"], cwd=workshop, env=environment, capture_output=True, text=True, check=True
    )
    return [line.split()[0] for line in calls.read_text().splitlines()], run.stderr


def test_nothing_is_built_twice(workshop: Path) -> None:
    assert build(workshop) == (["--version", "ls", "ci", "run"], "")
    assert build(workshop) == ([], "")
    (workshop / "static" / "js" / "another.js").write_text("")
    assert build(workshop, ls=0) == (["--version", "ls", "run"], "")


def test_a_build_that_cannot_run_is_said_once_and_tried_again(workshop: Path) -> None:
    calls, said = build(workshop, status=1)
    assert calls == ["--version", "ls", "ci"]
    assert len(said.splitlines()) == 1
    assert "could not be built" in said
    assert (workshop / "static" / "dist" / "admin.css").exists()
    assert build(workshop) == (["--version", "ls", "ci", "run"], "")


def test_a_site_installs_no_tools_for_checking(workshop: Path) -> None:
    build(workshop)
    assert "--omit=dev" in (workshop / "calls").read_text()
    (workshop / "static" / "js" / "another.js").write_text("")
    (workshop / "node_modules" / "vnu-jar").mkdir(parents=True)
    build(workshop)
    install = [line for line in (workshop / "calls").read_text().splitlines() if line.startswith("ci ")]
    assert len(install) == 1
    assert "--omit" not in install[0], "a developer's tools would be thrown away"


def test_npm_packages_are_pinned() -> None:
    package, lock = (json.loads((ROOT / name).read_text()) for name in ("package.json", "package-lock.json"))
    for kind in ("dependencies", "devDependencies"):
        for name, version in package[kind].items():
            assert lock["packages"][f"node_modules/{name}"]["version"] == version
    sources = [entry.get("resolved", "") for entry in lock["packages"].values()]
    assert not any(sources), "the lock file names no registry: a machine has its own"


def test_what_is_built_or_installed_is_not_committed() -> None:
    assert {"/static/dist/", "/node_modules"} <= set((ROOT / ".gitignore").read_text().splitlines())
