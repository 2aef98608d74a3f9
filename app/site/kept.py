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

    __slots__ = ("_after", "_before", "_deflated", "_gzip_size", "_gzipped", "_last", "_shift", "_steps", "_sums",
                 "article_id", "changed_at", "etag", "head", "headers", "keys", "language", "shows", "size",
                 "used")  # fmt: skip

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
        self.used = False  # making it is no use: what a crawl makes goes before what is asked for again
        self._last, self._steps = (-1, b"", 0), dict[int, int]()
        before, place, after = body.partition(VIEWS_PLACE.encode()) if article_id is not None else (body, b"", b"")
        self.shows = bool(place)
        """Whether the number is in the page: a page may be counted and not show it."""
        self._before, self._after = before, after
        if self.shows:
            self._deflated = (_GZIP_HEAD + _deflate(before, last=False), _deflate(after, last=True))
            self._sums = (zlib.crc32(before), zlib.crc32(after), len(before) + len(after))
            self._shift = _shift_tables(len(after))
            self._gzip_size = sum(map(len, self._deflated)) + _STORED.size + _TRAILER.size
            self._gzipped = b""
        else:
            self._deflated = (b"", b"")
            trailer = _TRAILER.pack(zlib.crc32(body), len(body) & 0xFFFFFFFF)
            self._gzipped = _GZIP_HEAD + _deflate(body, last=True) + trailer
        self.size = len(body) + len(self._gzipped) + sum(map(len, self._deflated)) + 4096

    def body(self, count: int | None, *, gzip: bool) -> bytes:
        """The page with this number of views; the number means nothing for a page that does not show it."""
        if not self.shows:
            return self._gzipped if gzip else self._before
        parts, _ = self._parts(count or 0, gzip=gzip)
        return b"".join(parts)

    def tag(self, count: int | None) -> str:
        """What names the page with this number: it does not tell a number that the page does not show."""
        return f"{self.etag}-{count}" if self.shows else self.etag

    def answer(self, start: bytes, count: int | None, own_id: str, *, gzip: bool) -> tuple[bytes, int]:
        """A whole answer to request ``own_id``, and the size of its body; ``start`` are the lines before our own."""
        parts: tuple[bytes, ...]
        if count is None or not self.shows:
            parts = (self._gzipped if gzip else self._before,)
            size = len(parts[0])
        else:
            parts, size = self._parts(count, gzip=gzip)
        coding = "Content-Encoding: gzip\r\n" if gzip else ""
        last = f'ETag: W/"{self.tag(count)}"\r\n{coding}Content-Length: {size}\r\nX-Request-ID: {own_id}\r\n\r\n'
        return b"".join((start, self.head, last.encode(), *parts)), size

    def _parts(self, count: int, *, gzip: bool) -> tuple[tuple[bytes, ...], int]:
        """The pieces of a body that shows the number, and their size."""
        shown = views_element(count, self.language)
        size = len(shown)
        if not gzip:
            return (self._before, shown, self._after), len(self._before) + size + len(self._after)
        start, end = self._deflated
        trailer = _TRAILER.pack(self._checksum(count, shown), (self._sums[2] + size) & 0xFFFFFFFF)
        return (start, _STORED.pack(0, size, size ^ 0xFFFF), shown, end, trailer), self._gzip_size + size

    def _checksum(self, count: int, shown: bytes) -> int:
        """The whole page's CRC-32 with this number in it.

        Most numbers are one more than the last: only the last digit differs, in both places where it stands, and
        the checksum by what this difference makes of it, whatever the other digits are.
        """
        last, text, checksum = self._last
        digit = count % 10
        if count == last + 1 and digit and len(text) == len(shown) and shown.endswith(b" views</data>"):
            differs = len(shown) << 4 | (digit ^ (digit - 1))
            step = self._steps.get(differs)
            if step is None:
                step = self._steps[differs] = checksum ^ self._combined(shown)
            checksum ^= step
        elif count != last:
            checksum = self._combined(shown)
        self._last = (count, shown, checksum)
        return checksum

    def _combined(self, shown: bytes) -> int:
        first, second, _ = self._sums
        it = zlib.crc32(shown, first)
        for table in self._shift:
            second ^= table[it & 15]
            it >>= 4
        return second


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
