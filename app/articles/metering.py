"""What Markdown costs to read, counted while it is read: a hostile text is refused before it costs seconds.

markdown-it has rules that take time quadratic in a paragraph, and Markdown can stand for far more HTML than it is
long (a row of a wide table is one character). What is counted are about microseconds, but the same on every
machine: what ``prepare`` lets through, ``render`` lets through too.
"""

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from app.html import TooMuch

MOST_WORK = 1_000_000
"""The largest of a thousand real posts needs a twelfth."""
LINE = 5
TOKEN = 25
MARK = 20
SKIP = 10
SKIP_AGAIN = 1
CHARACTERS_AT_ONCE = 30
"""How many characters are looked through in the time of one unit."""
_MARKS = re.compile(r"[*_~\[\]!<&`^\n\\:]")
_SEARCHES = re.compile(r"<|\]\(|\]:|//|:")
"""What makes a rule look for its other end through the rest of the paragraph."""


class Meter:
    """The work that one text may still cost."""

    def __init__(self) -> None:
        self.left = MOST_WORK

    def spend(self, units: int) -> None:
        """Count some work. Raises ``TooMuch``."""
        self.left -= units
        if self.left < 0:
            raise TooMuch


def metered(reader: MarkdownIt) -> MarkdownIt:
    """Make a reader, good for one text, count its work."""
    meter = Meter()
    reader.block = _Blocks(reader.block, meter)
    reader.inline = _Inline(reader.inline, meter)
    return reader


class _Blocks(ParserBlock):
    def __init__(self, plain: ParserBlock, meter: Meter) -> None:
        self.ruler = plain.ruler
        self.meter = meter

    def parse(self, src: str, md: MarkdownIt, env: Any, outTokens: list[Token]) -> list[Token] | None:  # noqa: N803
        self.meter.spend(LINE * src.count("\n"))
        if not src:
            return None
        state = _BlockState(src, md, env, outTokens)
        state.meter = self.meter
        self.tokenize(state, state.line, state.lineMax)
        return state.tokens


class _BlockState(StateBlock):
    meter: Meter

    def push(self, ttype: str, tag: str, nesting: Any) -> Token:
        self.meter.spend(TOKEN)
        return super().push(ttype, tag, nesting)


class _Inline(ParserInline):
    def __init__(self, plain: ParserInline, meter: Meter) -> None:
        vars(self).update(vars(plain))
        self.meter = meter

    def tokenize(self, state: StateInline) -> None:
        part = state.src[state.pos : state.posMax]
        self.meter.spend(MARK * len(_MARKS.findall(part)))
        self.meter.spend(len(_SEARCHES.findall(part)) * len(part) // CHARACTERS_AT_ONCE)
        super().tokenize(state)

    def skipToken(self, state: StateInline) -> None:  # noqa: N802
        self.meter.spend(SKIP_AGAIN if state.pos in state.cache else SKIP)
        super().skipToken(state)
