"""Plain text as people type it: what is kept, what cannot be stored, what counts as blank. Pure."""

import re
import unicodedata

# What neither XML 1.0 nor a terminal may hold: control characters, lone surrogates, noncharacters.
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + 0xFFFE) + chr(plane * 0x10000 + 0xFFFF) for plane in range(17))
    + "]"
)
_LINE_SPACE = re.compile(r"[\t\n\r\x85\u2028\u2029]+")


def clean_block(value: str) -> str:
    """Text of several lines: control characters gone, line ends as ``\\n``; everything else as typed."""
    return _UNSTORABLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).replace("\x85", "\n")


def clean_line(value: str) -> str:
    """Text of one line: as ``clean_block``, line breaks and tabs become a space, the ends are trimmed."""
    return _LINE_SPACE.sub(" ", clean_block(value)).strip()


def is_blank(value: str) -> bool:
    """Whether a reader would see nothing: only spaces, control and invisible format characters."""
    return all(unicodedata.category(character) in {"Cc", "Cf", "Zs", "Zl", "Zp"} for character in value)


def shorten(value: str, length: int) -> str:
    """At most ``length`` characters, cut between words, with an ellipsis where something was cut."""
    if len(value) <= length:
        return value
    cut = value[: length - 1]
    at_word = cut.rsplit(None, 1)[0] if not value[length - 1].isspace() and " " in cut else cut
    return at_word.rstrip(" ,;:–—-") + "…"
