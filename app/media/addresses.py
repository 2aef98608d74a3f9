"""The addresses of files and of the sizes of a picture, and what a page needs to know to use them. Pure."""

import re
from collections.abc import Iterable
from typing import NamedTuple

WIDTHS = (400, 800, 1200, 1600, 2400)
"""The widths that a picture is made in, in pixels, and no others."""
SQUARE = "square"
SQUARE_PIXELS = 400
SIZES = frozenset({SQUARE, *map(str, WIDTHS)})
FORMATS = {"avif": "image/avif", "webp": "image/webp"}
"""What sizes are made as: extension and type, the smaller files first."""
_FOUND = re.compile(r"/media/([0-9]{1,10})/[a-z0-9-]")
_LOCAL = re.compile(r"/media/([0-9]{1,10})/[a-z0-9-]+\.[a-z0-9]+(?:\?[^#]*)?")
_LOCAL_PICTURE = re.compile(r"/media/([0-9]{1,10})/([a-z0-9-]+)\.(?:jpg|png|webp|avif|gif)")


class Picture(NamedTuple):
    """A picture as a page needs to know it. Lengths in pixels."""

    id: int
    name: str
    extension: str
    width: int
    height: int
    version: str
    is_animated: bool

    @property
    def address(self) -> str:
        """Where it is, with its version, so that it may be kept for ever."""
        return f"/media/{self.id}/{self.name}.{self.extension}?v={self.version}"

    def sources(self, extension: str) -> str:
        """For ``srcset``: its sizes in one of ``FORMATS``; none is larger than the picture itself."""
        candidates = []
        for width in WIDTHS:
            shown = min(width, self.width)
            candidates.append(f"{self.size_address(str(width), extension)} {shown}w")
            if width >= self.width:
                break
        return ", ".join(candidates)

    def size_address(self, size: str, extension: str) -> str:
        """Where one of its ``SIZES`` is."""
        return f"/media/{self.id}/{size}/{self.name}.{extension}?v={self.version}"


def find_id(address: str) -> int | None:
    """The id of the file that an address of this site leads to; None for any other address."""
    found = _LOCAL.fullmatch(address.strip())
    return _number(found[1]) if found else None


def find_size(address: str, size: str, extension: str) -> str:
    """The address of a size of the picture at an address of this site; any other address as it is."""
    found = _LOCAL_PICTURE.fullmatch(address.strip())
    return f"/media/{found[1]}/{size}/{found[2]}.{extension}" if found else address


def list_ids(texts: Iterable[str]) -> set[int]:
    """The ids of all files that are mentioned in some texts, HTML or Markdown."""
    numbers = (_number(found) for text in texts for found in _FOUND.findall(text))
    return {number for number in numbers if number is not None}


def _number(digits: str) -> int | None:
    number = int(digits)
    return number if 0 < number < 2**31 else None
