"""Every module can be imported by itself, with an empty environment."""

import subprocess
import sys

from app.config import ROOT
from tests.house.source import modules

# To import app.site.feeds is to import app, app.site and then it: so the process that has imported a package goes on,
# as a copy of itself, with each module in it that the package has not brought along. Libraries are loaded before.
PROGRAM = """
import os, sys, warnings
warnings.simplefilter("error")
names = sys.argv[1:]
for name in names:
    try:
        __import__(name)
    except Exception:
        break  # named below
for name in [name for name in sys.modules if name.split(".")[0] == "app"]:
    del sys.modules[name]

def stands(name):
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1] == 0
    try:
        __import__(name)
    except BaseException as error:
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    inside = [other for other in names if other.rpartition(".")[0] == name and other not in sys.modules]
    os._exit(not all([stands(other) for other in inside]))

sys.exit(not stands("app"))
"""


def test_modules_stand_alone() -> None:
    names = [module.name for module in modules()]
    assert "app" in names
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names],
        env={},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
