"""What the journal notes of a view beside article, class and time: its record's tail. Pure.

A tail is the visitor key (8 bytes, signed; 0: unknown), the device (1 byte), then texts in UTF-8, each with its
length (2 bytes) in front: dimension, label and detail of the source, and of a campaign source, medium and name.
Later versions only add behind these.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.pageviews.classes import ViewClass
from app.pageviews.devices import OTHER

VISITOR = struct.Struct("<q")
_LENGTH = struct.Struct("<H")
_DEVICES = ("", OTHER, "desktop", "phone", "tablet")
"""By the code that is in the journal for good."""
_LENGTHS = (10, 100, 300, 100, 100, 199)
"""The most characters of each text; medium and name of a campaign have one column, a tab between them."""


class Visit(NamedTuple):
    """What a request says of the view that it is."""

    view_class: ViewClass
    tail: bytes
    """Empty for the classes that do not count."""
    day: int
    """Which day's visitor key is in the tail: whoever remembers a visit makes it anew when ``Visitors.today()``
    differs. A visit without a tail is good on any day."""


class Origin(NamedTuple):
    """Where a visit came from and on what: the part of a tail behind the visitor key, as it is read back."""

    device: str = ""
    """``phone``, ``tablet``, ``desktop`` or ``other``; "" if not known."""
    dimension: str = ""
    """``direct``, ``own``, ``search``, ``social``, ``assistant`` or ``site``; "" if not known."""
    label: str = ""
    detail: str = ""
    campaign_source: str = ""
    campaign_medium: str = ""
    campaign_name: str = ""


def pack_visitor(key: int) -> bytes:
    """The first part of a tail."""
    return VISITOR.pack(key)


def pack_origin(origin: Origin) -> bytes:
    """The rest of a tail, each text cut to what the database keeps."""
    device, *texts = origin
    if not any(texts[3:]):
        texts = texts[:3]
    code = _DEVICES.index(device)
    return bytes([code]) + b"".join(_pack_texts(texts))


def _pack_texts(texts: Iterable[str]) -> Iterator[bytes]:
    for text, length in zip(texts, _LENGTHS, strict=False):
        data = text[:length].encode("utf-8", "replace")
        yield _LENGTH.pack(len(data)) + data


def read_origin(data: bytes) -> Origin:
    """What ``pack_origin`` packed; as much of it as can be read, whatever the bytes."""
    if not data:
        return Origin()
    device = _DEVICES[data[0]] if data[0] < len(_DEVICES) else OTHER
    texts = []
    at = 1
    for length in _LENGTHS:
        if at + _LENGTH.size > len(data):
            break
        end = at + _LENGTH.size + _LENGTH.unpack_from(data, at)[0]
        if end > len(data):
            break
        texts.append(data[at + _LENGTH.size : end].decode("utf-8", "replace").replace("\0", "")[:length])
        at = end
    if texts and texts[0] not in DIMENSIONS:
        return Origin(device)
    return Origin(device, *texts)


DIMENSIONS = frozenset({"direct", "own", "search", "social", "assistant", "site"})
"""Every view that counts came from one of these."""
