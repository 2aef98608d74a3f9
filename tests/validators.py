"""The W3C's own validator (vnu), run over pages: it needs Java and the jar from npm's ``vnu-jar``."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from app.config import ROOT
from tests.conftest import missing

JAR = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
PATIENCE = 240


def find_vnu() -> list[str] | None:
    """The command that starts vnu (VNU_JAR names another jar), or None."""
    jar = Path(os.environ.get("VNU_JAR") or JAR)
    java = shutil.which("java")
    # A run is short: Java's second, better compiler costs it more than it gives. What the first makes needs more stack.
    options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m"]
    return [java, *options, "-jar", str(jar)] if java and jar.is_file() else None


def html_errors(pages: Mapping[str, str], folder: Path) -> list[str]:
    """What vnu finds wrong with these pages (by address), as "address:line message"; writes into ``folder``.

    All pages are checked in one run, as most of a run is Java's start. Skips where vnu is missing.
    """
    vnu = find_vnu()
    if vnu is None:
        missing("HTML validator (Java and vnu-jar: npm ci)")
    names, files = {}, []
    for number, (address, html) in enumerate(pages.items()):
        path = folder / f"{number}.html"
        path.write_text(html, encoding="utf-8", errors="surrogatepass")
        names[path.name] = address
        files.append(str(path))
    done = subprocess.run(
        [*vnu, "--format", "json", "--errors-only", "--exit-zero-always", *files],
        capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    found = json.loads(done.stderr or done.stdout)["messages"]
    return [
        f"{names[error['url'].rsplit('/', 1)[1]]}:{error.get('lastLine', '?')} {error['message']}" for error in found
    ]
