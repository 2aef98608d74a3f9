"""Two versions of a text, paragraph by paragraph: what both have, what only one has. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_PARAGRAPHS = 3000
"""Comparing grows with the square of the length; longer texts are shown whole."""

_AFTER_BLOCK = re.compile(r"(?<=</p>)|(?<=</h[1-6]>)|(?<=</li>)|(?<=</pre>)|(?<=</table>)|(?<=</figure>)|\n+")


@dataclass(frozen=True)
class Difference:
    """Some paragraphs in a row that are ``same`` in both, or only ``before``, or only ``after``."""

    kind: str
    paragraphs: tuple[str, ...]


def compare(before: str, after: str) -> list[Difference] | None:
    """What leads from one text to the other; None where they are too long to be compared."""
    old, new = _paragraphs(before), _paragraphs(after)
    if len(old) + len(new) > MOST_PARAGRAPHS:
        return None
    found: list[Difference] = []
    for kind, from_old, to_old, from_new, to_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Difference("same", tuple(old[from_old:to_old])))
            continue
        if to_old > from_old:
            found.append(Difference("before", tuple(old[from_old:to_old])))
        if to_new > from_new:
            found.append(Difference("after", tuple(new[from_new:to_new])))
    return found


def _paragraphs(text: str) -> list[str]:
    return [piece.strip() for piece in _AFTER_BLOCK.split(text) if piece.strip()]
