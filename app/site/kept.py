"""A finished page as the cache keeps it: the bytes before and after the number of views, plain and compressed.

The number is put in at each answer, also between the compressed halves: a deflate stream that is flushed
before a stored block, which holds the number as it is. Compressing anew would cost two hundred times as much.
"""

import hashlib
import struct
import zlib
from functools import lru_cache, reduce
from itertools import product
from operator import xor

from werkzeug.http import parse_date

from app.site.presenting import VIEWS_PLACE, number, views

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_TRAILER = struct.Struct("<LL")
_STORED = struct.Struct("<BHH")
_LAST = {1: [b"%d" % number for number in range(10)], 2: [b"%02d" % number for number in range(100)]}
"""The last one or two digits of a number."""
_BEFORE_NUMBER, _AFTER_NUMBER = b'<data class="pageviews" value="', b" views</data>"
_END = b"\r\n\r\n"
_POLYNOMIAL = 0xEDB88320
LEVEL = 9


class Kept:
    """One answer, immutable. ``head`` are its header lines but for those that differ from answer to answer."""

    __slots__ = ("_after", "_before", "_deflated", "_gzip_size", "_gzipped", "_rows", "_shift", "_sums", "_turns",
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
        self._rows: tuple[_Row | None, _Row | None] = (None, None)
        self._turns: tuple[tuple[int, int], tuple[int, ...]] = ((0, 0), ())
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
        if (row := self._row_of(count or 0, gzip=gzip)) is not None:
            return b"".join(self._body_in(row, (count or 0) - row.first, gzip=gzip))
        return b"".join(self._parts(count or 0, gzip=gzip)[0])

    def tag(self, count: int | None) -> str:
        """What names the page with this number: it does not tell a number that the page does not show."""
        return f"{self.etag}-{count}" if self.shows else self.etag

    def answer(self, start: bytes, count: int | None, own_id: str, *, gzip: bool) -> tuple[bytes, int]:
        """A whole answer to request ``own_id``, and the size of its body; ``start`` are the lines before our own."""
        if count is not None and self.shows and (row := self._row_of(count, gzip=gzip)) is not None:
            at = count - row.first
            head = (start, self.head, row.tag, row.digits[at], row.lines, own_id.encode(), _END)
            return b"".join(head + self._body_in(row, at, gzip=gzip)), row.size
        parts, size = self._parts(count or 0, gzip=gzip)
        last = f'ETag: W/"{self.tag(count)}{_lines(size, gzip=gzip)}{own_id}'
        return b"".join((start, self.head, last.encode(), _END, *parts)), size

    def _row_of(self, count: int, *, gzip: bool) -> "_Row | None":
        row = self._rows[gzip]
        return row if row is not None and row.first <= count < row.behind else self._begin_row(count, gzip=gzip)

    def _body_in(self, row: "_Row", at: int, *, gzip: bool) -> tuple[bytes, ...]:
        last = row.digits[at]
        if not gzip:
            return self._before, row.start, last, row.middle, last, row.end, self._after
        before, after = self._deflated
        trailer = _TRAILER.pack(row.checksum ^ row.turns[at], row.length)
        return before, row.start, last, row.middle, last, row.end, after, trailer

    def _parts(self, count: int, *, gzip: bool) -> tuple[tuple[bytes, ...], int]:
        """The pieces of the body, and their size."""
        if not self.shows:
            body = self._gzipped if gzip else self._before
            return (body,), len(body)
        shown = views_element(count, self.language)
        size = len(shown)
        if not gzip:
            return (self._before, shown, self._after), len(self._before) + size + len(self._after)
        start, end = self._deflated
        trailer = _TRAILER.pack(self._checksum(shown), (self._sums[2] + size) & 0xFFFFFFFF)
        return (start, _STORED.pack(0, size, size ^ 0xFFFF), shown, end, trailer), self._gzip_size + size

    def _begin_row(self, count: int, *, gzip: bool) -> "_Row | None":
        """What a hundred numbers in a row have in common: readers come one after another, only the last digits change.

        Ten of them below a hundred. None where more changes: below ten, and where the language writes other digits.
        """
        width = 2 if count >= 100 else 1
        first = count - count % 10**width
        if not first:
            return None
        shown = views_element(first, self.language)
        written = str(first)
        at, last = len(_BEFORE_NUMBER) + len(written) - width, len(shown) - len(_AFTER_NUMBER) - width
        zeros = b"0" * width
        if not (shown.endswith(zeros + _AFTER_NUMBER) and shown[at : at + width] == zeros):
            return None
        size = len(shown) + (self._gzip_size if gzip else len(self._before) + len(self._after))
        block = _STORED.pack(0, len(shown), len(shown) ^ 0xFFFF) if gzip else b""
        row = _Row()
        row.first, row.behind, row.size, row.digits = first, first + 10**width, size, _LAST[width]
        row.tag = f'ETag: W/"{self.etag}-{written[:-width]}'.encode()
        row.lines = _lines(size, gzip=gzip).encode()
        row.start, row.middle, row.end = block + shown[:at], shown[at + width : last], _AFTER_NUMBER
        row.checksum, row.length = self._checksum(shown), (self._sums[2] + len(shown)) & 0xFFFFFFFF
        if self._turns[0] != (len(shown), width):
            # CRC-32 is linear: what a digit changes in it is the same whatever the others are.
            of_digit = [self._turns_of(shown, at + place, last + place, row.checksum) for place in range(width)]
            turns = [reduce(xor, digits) for digits in product(*of_digit)]
            self._turns = (len(shown), width), tuple(turns)
        row.turns = self._turns[1]
        self._rows = (self._rows[0], row) if gzip else (row, self._rows[1])
        return row

    def _turns_of(self, shown: bytes, at: int, last: int, checksum: int) -> list[int]:
        """What each digit at these two places, where there is a 0 now, changes in the checksum."""
        bits = [checksum ^ self._checksum(_with_digit(shown, at, last, 1 << bit)) for bit in range(4)]
        return [reduce(xor, (bits[bit] for bit in range(4) if digit >> bit & 1), 0) for digit in range(10)]

    def _checksum(self, shown: bytes) -> int:
        """The whole page's CRC-32 with this in it."""
        first, second, _ = self._sums
        it = zlib.crc32(shown, first)
        for table in self._shift:
            second ^= table[it & 15]
            it >>= 4
        return second


class _Row:
    """Numbers in a row: what stands around their last digits, in the headers and twice in the page."""

    __slots__ = ("behind", "checksum", "digits", "end", "first", "length", "lines", "middle", "size", "start", "tag",
                 "turns")  # fmt: skip
    first: int
    behind: int
    digits: list[bytes]
    size: int
    tag: bytes
    lines: bytes
    start: bytes
    middle: bytes
    end: bytes
    checksum: int
    """The whole page's, with the first of the numbers."""
    turns: tuple[int, ...]
    """What the last digits change in it, whatever the others are."""
    length: int


def _with_digit(shown: bytes, at: int, last: int, digit: int) -> bytes:
    """With these bits of the byte of 0 changed at both places."""
    changed = bytearray(shown)
    changed[at] ^= digit
    changed[last] ^= digit
    return bytes(changed)


def _lines(size: int, *, gzip: bool) -> str:
    """What follows an ETag, up to the request's id."""
    coding = "Content-Encoding: gzip\r\n" if gzip else ""
    return f'"\r\n{coding}Content-Length: {size}\r\nX-Request-ID: '


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
