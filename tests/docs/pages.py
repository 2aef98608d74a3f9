"""The project's documentation, as its tests read it."""

import re
from pathlib import Path

from app.config import ROOT

PAGES = [
    path.relative_to(ROOT)
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")])
]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read(page: Path | str) -> str:
    return (ROOT / page).read_text()


def list_blocks(page: Path | str, *languages: str) -> list[str]:
    """The fenced blocks of these languages: ``sh`` is run by a test, ``console`` shown only."""
    return [block for language, block in _BLOCK.findall(read(page)) if language in languages]
