"""What the documentation tells people to type works: ``sh`` blocks are run, other commands at least exist."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import create_app, migrating
from app.config import ROOT, Config
from app.db import Database
from tests.docs.pages import PAGES, list_blocks, read

MAKE = re.compile(r"\bmake ([a-z-]+)\b")
FLASK = re.compile(r"flask --app\s+wsgi\s+([a-z]+)\s+([a-z-]+)")


@pytest.mark.parametrize("page", [page for page in PAGES if list_blocks(page, "sh")], ids=str)
def test_the_commands_of_a_page_run(page: Path, tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    (instance / "journal").mkdir(parents=True)
    (instance / "secret_key").write_text("a key for tests only")
    database = Database(f"sqlite:///{instance}/typecase.db")
    migrating.upgrade(database)
    database.close()
    script = "\n".join(list_blocks(page, "sh")).replace(".venv/bin/", f"{Path(sys.executable).parent}/")
    environ = os.environ | {"INSTANCE_DIR": str(instance), "PYTHONPATH": str(ROOT), "SECRET_KEY": ""}
    environ.pop("DATABASE_URL", None)
    result = subprocess.run(
        ["sh", "-eux", "-c", script],
        cwd=tmp_path,
        env=environ,
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    assert result.returncode == 0, result.stderr


def test_named_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    for page in PAGES:
        code = " ".join([*re.findall(r"`([^`\n]+)`", read(page)), *list_blocks(page, "sh", "console", "ini")])
        unknown = set(MAKE.findall(code)) - targets - {"python"}
        assert not unknown, f"{page}: make {unknown}"


def test_named_commands_exist(tmp_path: Path) -> None:
    config = Config(database_url=f"sqlite:///{tmp_path}/x.db", secret_key="for tests only", instance_dir=tmp_path)
    app, runner = create_app(config), CliRunner()
    for page in PAGES:
        for noun, verb in FLASK.findall(read(page)):
            result = runner.invoke(app.cli, [noun, verb, "--help"])
            assert result.exit_code == 0, f"{page}: {noun} {verb}: {result.output}"


def test_every_command_has_help(tmp_path: Path) -> None:
    config = Config(database_url=f"sqlite:///{tmp_path}/x.db", secret_key="for tests only", instance_dir=tmp_path)
    for name, group in create_app(config).cli.commands.items():
        for verb, command in getattr(group, "commands", {}).items():
            assert command.help, f"{name} {verb}"
