"""How intricate HTML may be: beyond what any person writes, and below what takes seconds to read."""

DEEPEST = 100
LONGEST_ATTRIBUTE = 8_000
MOST_ATTRIBUTES = 100
MOST_WORK = 400_000
"""An element costs 10 and its depth, a step of the tokenizer 2; the largest of a thousand real posts needs a sixth."""
STEPS = 500


class TooIntricate(Exception):
    """The text is too intricate to be read in time."""


class TooDeep(TooIntricate):
    """The text nests more than 100 elements; flatten its lists or tables."""


class TooMuch(TooIntricate):
    """The text has too much formatting in one piece; make several articles of it, or shorten its longest paragraphs."""
