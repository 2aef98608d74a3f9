"""Passwords that are guessed first: the common ones, and what people make of them. Pure.

zxcvbn knows 30,000 common passwords, and names, words, keys beside each other, dates, repetitions and the usual
exchanges of letters; it says after how many guesses somebody who knows all that would come upon this one.
"""

import math
import re
import threading

ENOUGH = 8.5
"""The power of ten of so many guesses: what is come upon before is refused."""
_LOOKED_AT = 72
# It keeps the words about the person in a table of its own module, which all threads share.
_ONE_AT_A_TIME = threading.Lock()


def is_common(password: str, *, known: str = "") -> bool:
    """Whether it is guessed quickly; ``known`` are words about the person and the site, which are tried as well."""
    # Only who chooses a password needs the lists: they take 15 MiB and a sixth of a second.
    from zxcvbn import zxcvbn

    words = [word for word in re.split(r"\W+", known) if len(word) > 2]
    if _is_made_of(words, password):
        return True
    with _ONE_AT_A_TIME:
        guesses = zxcvbn(password[:_LOOKED_AT], user_inputs=words)["guesses"]
    return math.log10(guesses) < ENOUGH


def _is_made_of(words: list[str], password: str) -> bool:
    """Whether these words are all there is, but for digits and signs."""
    rest = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word.casefold(), "")
    return len(rest) < len(password) and sum(character.isalpha() for character in rest) < 4
