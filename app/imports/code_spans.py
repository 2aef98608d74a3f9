"""Where a Markdown text is code: there, shortcodes are examples and stay as they are. Pure, linear."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r" {0,3}(?:[-*+>]\s|\d{1,3}[.)]\s|\s)*(`{3,}|~{3,})(?!.*`)")
_TICKS = re.compile("`+")


def divide(text: str) -> Iterator[tuple[bool, str]]:
    """The text in pieces, in order: (is code, piece). Prose comes a paragraph at a time."""
    paragraph: list[str] = []
    fence = ""
    for line in text.splitlines(keepends=True):
        if fence:
            yield True, line
            closing = line.strip()
            if closing.startswith(fence) and not closing.strip(fence[0]):
                fence = ""
            continue
        opening = _FENCE.match(line)
        if opening or not line.strip():
            yield from _spans("".join(paragraph))
            paragraph = []
            yield bool(opening), line
            fence = opening[1] if opening else ""
        else:
            paragraph.append(line)
    yield from _spans("".join(paragraph))


def _spans(paragraph: str) -> Iterator[tuple[bool, str]]:
    """Divide a paragraph at its code spans: a run of backticks ends at the next run of the same length."""
    if not paragraph:
        return
    runs = list(_TICKS.finditer(paragraph))
    following: dict[int, int] = {}
    partner: list[int | None] = [None] * len(runs)
    for index in range(len(runs) - 1, -1, -1):
        length = len(runs[index][0])
        partner[index] = following.get(length)
        following[length] = index
    position = index = 0
    in_html = paragraph.lstrip().startswith("<")
    while index < len(runs):
        end = partner[index]
        if end is None or in_html or _is_argument(paragraph, runs[index].start()):
            index += 1
            continue
        if runs[index].start() > position:
            yield False, paragraph[position : runs[index].start()]
        yield True, paragraph[runs[index].start() : runs[end].end()]
        position = runs[end].end()
        index = end + 1
    if position < len(paragraph):
        yield False, paragraph[position:]


def _is_argument(paragraph: str, start: int) -> bool:
    """Whether these backticks are quotes inside a Hugo or Go shortcode: ``attrlink=`…```."""
    opening = paragraph.rfind("{{", max(0, start - 1000), start)
    return opening >= 0 and paragraph.find("}}", opening, start) < 0
