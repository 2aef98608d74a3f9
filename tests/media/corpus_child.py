"""Run by test_corpus.py in a process of its own: every file it is given, through sniffing and remaking, as JSON lines.

Memory is the process's own peak, so it holds Python and Pillow, too.
"""

import json
import resource
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

from app.media import pictures, sniffing
from app.media.limits import Limits, Refused

WITHIN = Limits(bytes=64 * 1024 * 1024, pixels=50_000_000, frames=600)


def take(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    started = time.perf_counter()
    target = BytesIO()
    try:
        found = sniffing.sniff(content[: sniffing.LOOKED_AT])
        if found.kind == "image":
            made = pictures.remake(BytesIO(content), found, target, within=WITHIN)
            said: dict[str, Any] = {"picture": [made.found.mime, made.width, made.height, made.frames]}
        else:
            said = {"kept": found.mime}
    except Refused as refusal:
        said = {"refused": type(refusal).__name__, "sentence": str(refusal) or type(refusal).__doc__}
    said |= {"file": str(path), "seconds": time.perf_counter() - started}
    (Path(sys.argv[1]) / f"{path.parent.name}-{path.name}").write_bytes(target.getvalue())
    return said


def peak_kib() -> int:
    """The most memory this program has had; what getrusage says includes the process that started it, before it did."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines["VmHWM"].split()[0])


if __name__ == "__main__":
    for name in sys.argv[2:]:
        sys.stdout.write(json.dumps(take(Path(name))) + "\n")
    sys.stdout.write(json.dumps({"peak_mib": peak_kib() / 1024}) + "\n")
