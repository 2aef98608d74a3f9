"""A finished page as the cache keeps it: the bytes before and after the number of views, plain and compressed.

The number is put in at each answer, also between the compressed halves: a deflate stream that is flushed
before a stored block, which holds the number as it is. Compressing anew would cost two hundred times as much.
"""

import hashlib
import struct
import zlib
from functools import lru_cache

from werkzeug.http import parse_date

from app.site.presenting import VIEWS_PLACE, number, views

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_TRAILER = struct.Struct("<LL")
_STORED = struct.Struct("<BHH")
_POLYNOMIAL = 0xEDB88320
LEVEL = 9


class Kept:
    """One answer, immutable. ``head`` are its header lines but for those that differ from answer to answer."""

    __slots__ = ("_after", "_before", "_deflated", "_gzipped", "_shift", "_sums", "article_id", "changed_at", "etag",
                 "head", "headers", "keys", "language", "shows", "size", "used")  # fmt: skip

    def __init__(
        self,
        body: bytes,
        *,
        headers: list[tuple[str, str]],
        keys: frozenset[str],
        article_id: int | None,
        language: str,
    ) -> None:
        self.headers = headers
        self.head = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("latin-1")
        """``headers`` as lines of a response."""
        self.keys = keys
        self.article_id = article_id
        """Whose views are counted with each answer; None: a page that is not counted."""
        self.language = language
        self.etag = hashlib.blake2b(body, digest_size=12).hexdigest()
        self.changed_at = parse_date(dict(headers).get("Last-Modified"))
        self.used = True
        before, place, after = body.partition(VIEWS_PLACE.encode()) if article_id is not None else (body, b"", b"")
        self.shows = bool(place)
        """Whether the number is in the page: a page may be counted and not show it."""
        self._before, self._after = before, after
        self._deflated = (_GZIP_HEAD + _deflate(before, last=False), _deflate(after, last=True))
        self._sums = (zlib.crc32(before), zlib.crc32(after), len(before) + len(after))
        self._shift = _shift_tables(len(after))
        self._gzipped = b"" if self.shows else self._gzip(b"")
        if not self.shows:
            self._deflated, self._shift = (b"", b""), ()
        self.size = len(body) + len(self._gzipped) + sum(map(len, self._deflated)) + 4096

    def body(self, count: int | None, *, gzip: bool) -> bytes:
        """The page with this number of views; the number means nothing for a page that does not show it."""
        if not self.shows:
            return self._gzipped if gzip else self._before
        shown = views_element(count or 0, self.language)
        return self._gzip(shown) if gzip else self._before + shown + self._after

    def tag(self, count: int | None) -> str:
        """What names the page with this number: it does not tell a number that the page does not show."""
        return f"{self.etag}-{count}" if self.shows else self.etag

    def _gzip(self, shown: bytes) -> bytes:
        first, second, length = self._sums
        checksum = zlib.crc32(shown, first)
        for table in self._shift:
            second ^= table[checksum & 15]
            checksum >>= 4
        size = len(shown)
        start, end = self._deflated
        block = _STORED.pack(0, size, size ^ 0xFFFF)
        return b"".join((start, block, shown, end, _TRAILER.pack(second, (length + size) & 0xFFFFFFFF)))


def views_element(count: int, language: str) -> bytes:
    """``presenting.views``, quickly: the language's own separators are asked for once a thousand."""
    if count >= 1000:
        thousands = _thousands(count // 1000, language)
        if thousands is not None:
            return f'<data class="pageviews" value="{count}">{thousands}{count % 1000:03d} views</data>'.encode()
    elif count != 1:
        return b'<data class="pageviews" value="%d">%d views</data>' % (count, count)
    return views(count, language).encode()


@lru_cache(maxsize=4096)
def _thousands(thousands: int, language: str) -> str | None:
    """How a number begins whose last three digits are plain ones; None where the language writes others."""
    written = number(thousands * 1000, language)
    return written[:-3] if written.endswith("000") else None


def _deflate(data: bytes, *, last: bool) -> bytes:
    stream = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH)


@lru_cache(maxsize=256)
def _shift_tables(length: int) -> tuple[tuple[int, ...], ...]:
    """What ``length`` further bytes make of a CRC-32, four bits of it at a time: eight tables of sixteen.

    The checksum of A and B together is that of A, shifted by the length of B, plus that of B (all modulo 2).
    """
    factor = _power_of_x(8 * length)
    bits = [_multiply(factor, 1 << bit) for bit in range(32)]
    tables = []
    for start in range(0, 32, 4):
        table = [0] * 16
        for value in range(1, 16):
            lowest = value & -value
            table[value] = table[value ^ lowest] ^ bits[start + lowest.bit_length() - 1]
        tables.append(tuple(table))
    return tuple(tables)


def _multiply(a: int, b: int) -> int:
    """The product of two polynomials modulo CRC-32's; the highest bit is the coefficient of 1."""
    product = 0
    for bit in range(31, -1, -1):
        if a >> bit & 1:
            product ^= b
        b = b >> 1 ^ (_POLYNOMIAL if b & 1 else 0)
    return product


def _power_of_x(exponent: int) -> int:
    """x to this power, modulo CRC-32's polynomial."""
    result, square = 1 << 31, 1 << 30
    while exponent:
        if exponent & 1:
            result = _multiply(result, square)
        square = _multiply(square, square)
        exponent >>= 1
    return result
