"""Every module can be imported by itself, with an empty environment."""

import subprocess
import sys

from app.config import ROOT
from tests.house.source import modules

PROGRAM = """
import sys, warnings
warnings.simplefilter("error")
for name in sys.argv[1:]:
    for loaded in [loaded for loaded in sys.modules if loaded.split(".")[0] == "app"]:
        del sys.modules[loaded]
    try:
        __import__(name)
    except BaseException as error:
        sys.exit(f"{name}: {type(error).__name__}: {error}")
"""


def test_modules_stand_alone() -> None:
    names = [module.name for module in modules()]
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names],
        env={},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert run.returncode == 0, run.stderr
