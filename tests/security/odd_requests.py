"""The hypothesis strategy of requests: mostly a form that would be taken, with one to three things odd about it."""

import base64
import json
from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import quote_from_bytes, quote_plus

from hypothesis import strategies as st

from tests.house.furnished import PLAUSIBLE
from tests.security.fuzzing import MARK, TOKEN, Request, Target, address_of

T = TypeVar("T")
FORM = "application/x-www-form-urlencoded"
HTML = f"\"'><{MARK} onload=alert(1)><script>{MARK}</script>{{{{7*7}}}}"


def _cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


TEXTS = [
    "", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\uffff", "\u202ex", "\u2028", "\x1b[31m", "\x85", "\ufeff",
    "0", "-1", "1", "2", "3", "1.5", "1e309", "NaN", "inf", "0x10", "1_000", "٣", "²", "½", "+1", " 7 ", "007",
    str(2**31), str(2**31 - 1), str(-(2**31)), str(2**63), str(-(2**63) - 1), "9" * 30, "9" * 5_000, "-" + "9" * 400,
    "true", "null", "undefined", "None", "[]", "{}", '["a", 1]', '{"at": 0, "remove": 1, "blocks": [["a", "<p>b"]]}',
    '{"at": 1e400, "remove": 0, "blocks": []}', '{"at": 99999999999999999999, "remove": 1, "blocks": [["", ""]]}',
    '{"at": 0, "remove": 0, "blocks": [["\\ud800", "<p>\\ud800\\u0000</p>"]]}',
    '{"at": true, "remove": 0, "blocks": []}', '{"at": 0, "remove": 10000, "blocks": []}', '["\\ud800"]',
    "[" * 3_000, '{"a":' * 3_000, '"\\ud800"', "1" * 4_400, HTML, "<p>" * 120, "<p>\x00\ud800</p>",
    "<svg><style><!--</style>", "&#0;&#xd800;&#x110000;", "<![CDATA[x]]>", "'", "\\", "' OR 1=1 --",
    "'; DROP TABLE account; --", "%", "_", "%' ESCAPE '", "a AND", '"a', "*", "a* OR (", ":1",
    "x\r\nSet-Cookie: odd=1", "x\nX-Odd: 1", "\r\n\r\n<html>", "../../etc/passwd", "..\\..\\x", "/etc/passwd",
    "~root", "//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "data:text/html,x",
    "http://[", "http://[::1", "http://a:99999/", "http://℀.example/", "http://\ud800/", "https://a" + ".b" * 200,
    "http://xn--a-\ud800.example", "http://.", "https://user:pw@host:1/\x00", "/admin/\r\nX-Odd: 1",
    "https://x/" * 200, "a@b", "a@b.example\r\nBcc: c@d.example", "\ud800@example.org", "a@xn--",
    "a@" + "b." * 200 + "c", "a@[127.0.0.1]", "ALICE@EXAMPLE.ORG", "\x00@example.org", "a" * 70 + "@example.org",
    "é@exämple.org", '"a b"@example.org', "0001-01-01", "0000-00-00", "9999-12-31", "10000-01-01", "2026-02-30",
    "2026-13-01", "-001-01-01", "2026-W01-1", "0001-01-01T00:00", "9999-12-31T23:59", "2026-11-20T25:00",
    "2026-11-20T12:00", "2026-11-20T12:00:00+99:99", "2026-11-20T12:00Z", "٢٠٢٦-١١-٢٠", "Europe/Berlin", "../UTC",
    "UTC\x00", "/UTC", "localtime", "posix/UTC", "Etc", "en", "de", "tlh", "x-" * 20, "de-\ud800", "sr-Cyrl",
    "custom", "7d", "year", "today", "published", "draft", "title", "views", "-views", "changed", "browser", "admin",
    "editor", "author", "owner", "markdown", "html", _cursor("changed", None, 1),
    _cursor("changed", "0001-01-01T00:00:00+14:00", 1), _cursor("title", "\x00", 1), _cursor("title", "\ud800", 2),
    _cursor("views", 10**30, 1), _cursor("views", 1e308, 1), _cursor("views", 5, 2**31),
    _cursor("published", "9999-12-31T23:59:59-14:00", True), _cursor("title", ["x"], -5), _cursor(1, 2, 3),
    _cursor({}), "x" * 300, "é" * 70_000, "a b " * 3_000, "\N{COMBINING ACUTE ACCENT}" * 500, "👩‍👩‍👧" * 100, ",",
    ",,,", '"",","', "a,b;c|d", "con", "admin", "login", "media", "static", ".", "..", "%2e%2e", "%00", "%ff", "%",
    "%zz", "\t", "\n", "{{7*7}}", "${7*7}", "%s%n", "%(x)s", "{0.__class__}", "__proto__", "constructor", "=1+1",
    "+cmd|' /C calc'!A0", "correct horse battery",
]  # fmt: skip
FIELDS = [
    "csrf_token", "id", "role", "status", "views", "published_at", "is_admin", "account_id", "author_id", "version",
    "next", "title", "title[]", "title[0]", "title.x", "user[role]", "a[b][c][d]", "__class__", "", "\x00", "é",
    "x" * 3_000, "body", "page", "q", "_method", "file", "kept", "email", "password", "take_over", "save_id",
    "body_splice", "block_ids", "token",
]  # fmt: skip
METHODS = [
    "GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "G\xe9T",
    "X" * 300,
]  # fmt: skip
BYTES = [
    b"\x00", b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"%", b"%zz", b"%u1234", b"%00", b"%ff",
    b"&&&&", b"====", b"a" * 50_000, b"a=1&" * 1_200, b";a=1", b"%0d%0aX-Odd:%201", b"+" * 9, b"\r\n", b"'\"<>",
]  # fmt: skip
TYPES = [
    "application/x-www-form-urlencoded; charset=utf-7", "application/x-www-form-urlencoded; charset=\x00", "",
    "application/json", "application/json; charset=utf-16", "text/plain", "text/xml", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a b", "multipart/mixed; boundary=x",
    "application/octet-stream", "*/*", "a/b/c;;;=", "application/x-www-form-urlencoded",
    "APPLICATION/X-WWW-FORM-URLENCODED", "x" * 5_000, "text/html; charset=idna",
    "multipart/form-data; boundary=" + "x" * 300, "application/x-www-form-urlencoded;" + ' a="' * 50,
]  # fmt: skip
HEADERS: dict[str, list[str]] = {
    "Accept": [
        "application/json", "*/*", "text/html;q=x", "application/json;q=1e9", ",;=,", "text/html;level=" + "1" * 999,
    ],
    "Accept-Language": ["de", "*", "x" * 999, "de;q=NaN", "-,-;q=-1", "\xff"],
    "Accept-Encoding": ["gzip", "gzip;q=0", "*", "gzip;q=x", "identity;q=0, *;q=0", "br, \xff"],
    "Authorization": ["Basic eDp5", "Basic \xff", "Bearer", "Digest a=b,c", "Basic " + "=" * 50],
    "Cookie": [
        "session=x.y.z", "session=", "session=\xff", "=;=;", "a" * 9_000, 'session="\\000"',
        "session=.eJx; session=.",
    ],
    "Content-Length": ["-1", "x", "", "9" * 30, "1", "0", "1e3", " 5", "99999999999", "²"],
    "Content-Encoding": ["gzip", "\xff"],
    "Transfer-Encoding": ["chunked", "identity", "x", ""],
    "Expect": ["100-continue", "x"],
    "Host": [
        "evil.example", "", "[", "[::1", "localhost:x", "localhost:99999999", "a\xff", "localhost, evil",
        "@localhost", "127.0.0.1:8000", "[::1]:80", "localhost\t", "xn--\xff", "." * 300, "LOCALHOST.",
        "evil.example/localhost",
    ],
    "If-None-Match": ["*", '"x"', 'W/"', "," * 500, "\xff"],
    "If-Modified-Since": [
        "Sun, 22 Nov 2099 00:00:00 GMT", "Thu, 01 Jan 0000 00:00:00 GMT", "x", "9" * 400, "Fri, 32 Foo 9 1:1",
    ],
    "If-Range": ["x", '"', "Thu, 01 Jan 0000 00:00:00 GMT"],
    "Range": [
        "bytes=0-", "bytes=-5", "bytes=5-1", "bytes=" + "9" * 30 + "-", "bytes=0-0,1-1", "x=1", "bytes=a-b",
        "bytes=²-",
    ],
    "Origin": ["null", "https://evil.example", "http://localhost", "http://[", "\xff"],
    "Referer": [
        "https://evil.example/<script>", "http://[", "http://[x]/", "//", "\xff",
        "http://a:b:c/?" + "utm_source=x&" * 90, "http://℀/".encode().decode("latin-1"), "http://localhost/%ff",
        "https://www.google.com/search?q=%ff%00",
    ],
    "Sec-Fetch-Site": ["same-origin", "cross-site", "none", "\xff"],
    "Sec-Purpose": ["prefetch", "\xff"],
    "User-Agent": [
        "", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "\xff" * 20, "(" * 3_000,
        "Googlebot/2.1",
    ],
    "X-Forwarded-For": ["1.2.3.4", "x", "::1, \xff", "," * 500],
    "X-Forwarded-Host": ["evil.example"],
    "X-Forwarded-Proto": ["https", "x"],
    "X-Forwarded-Prefix": ["/evil"],
    "Forwarded": ["for=x;host=evil.example"],
    "X-HTTP-Method-Override": ["DELETE"],
    "X-Original-URL": ["/admin/"],
    "X-Request-ID": ["x", "a\tb", "\xff" * 90],
    "X-CSRFToken": ["x", "\xff"],
    "HX-Request": ["true"],
    "Upgrade": ["websocket"],
    "Max-Forwards": ["0"],
}  # fmt: skip
NAMES = sorted(HEADERS)


class Choices:
    """What a request is made of, read off one piece of bytes: the fewer draws, the more requests in a second.

    Zeros choose what comes first, so what hypothesis shrinks towards is the ordinary request.
    """

    def __init__(self, octets: bytes, text: str) -> None:
        self.number, self.octets, self.text = int.from_bytes(octets, "little"), octets, text

    def below(self, count: int) -> int:
        self.number, chosen = divmod(self.number, count)
        return chosen

    def one(self, among: Sequence[T]) -> T:
        return among[self.below(len(among))]

    def odd_text(self) -> str:
        return self.text if self.below(8) == 7 else self.one(TEXTS)

    def odd_octets(self) -> bytes:
        return self.octets[: self.below(13)] if self.below(4) == 3 else self.one(BYTES)


def requests(targets: list[Target]) -> st.SearchStrategy[Request]:
    """A request to one of these routes, or to somewhere near it."""
    choices = st.builds(Choices, st.binary(min_size=64, max_size=64), st.text(max_size=8))
    return choices.map(lambda choices: make(choices, targets))


def make(choices: Choices, targets: list[Target]) -> Request:
    target = choices.one(targets)
    method = choices.one(METHODS) if choices.below(16) == 15 else target.method
    path = _path(choices, target)
    query = b""
    if choices.below(3 if target.args else 9):
        query = choices.odd_octets() if choices.below(10) == 9 else encode(_pairs(choices, target.args))
    said = {}
    for _ in range(choices.below(3)):
        name = choices.one(NAMES)
        said[name] = choices.one(HEADERS[name])
    body = b""
    if method not in {"GET", "HEAD"} or choices.below(16) == 15:
        kind, body = _body(choices, target)
        said.setdefault("Content-Type", kind)
    return Request(target, method, path, query, tuple(said.items()), body)


def _path(choices: Choices, target: Target) -> bytes:
    how, instead = choices.below(12), {}
    if how > 8 and target.values:
        instead = {choices.one(target.values)[0]: choices.odd_text()[:3_000]}
    path = quote_from_bytes(octets_of(address_of(target, instead))).encode()
    if how == 8:
        return path + choices.odd_octets()
    if how == 7:
        at = choices.below(len(path) + 1)
        return path[:at] + choices.one([b"/", b"//", b"%2f", b"%2F..%2F", b";", b"%00", b"\\", b"."]) + path[at:]
    return path


def _pairs(choices: Choices, known: tuple[str, ...]) -> list[tuple[str, str]]:
    """One to three parameters, most of them such as are looked for."""
    return [
        (choices.one(known if known and choices.below(5) < 4 else FIELDS), choices.odd_text())
        for _ in range(1 + choices.below(3))
    ]


def _body(choices: Choices, target: Target) -> tuple[str, bytes]:
    """A content type with a body: what the form would send but for some odd fields, or no form at all."""
    how = choices.below(16)
    usual = {name: PLAUSIBLE[name] for name in target.fields if name in PLAUSIBLE}
    if how != 1:
        usual["csrf_token"] = TOKEN.decode()
    odd = _pairs(choices, target.fields)
    pairs = list((usual | dict(odd)).items())
    if choices.below(3) == 2:  # nothing but what is odd: absent fields, and fields that come twice
        pairs = [("csrf_token", usual.get("csrf_token", "")), *odd, *odd[:1]]
    if how <= 9:
        return FORM, encode(pairs)
    if how == 10:
        return choices.one(TYPES), encode(pairs)
    if how == 11:
        return FORM, encode(pairs) + b"&" + choices.odd_octets()
    if how == 12:
        return choices.one(["application/json", FORM]), json.dumps(dict(pairs)).encode()
    if how == 13:
        return choices.one(TYPES), choices.odd_octets()
    return "multipart/form-data; boundary=zz", _multipart(choices, pairs)


def _multipart(choices: Choices, pairs: list[tuple[str, str]]) -> bytes:
    parts = [(f'form-data; name="{_quoted(name)}"', octets_of(value)) for name, value in pairs]
    name, filename = choices.one(["file", "csrf_token", "title", ""]), choices.odd_text()[:500]
    content = choices.one([b"", b"GIF89a", b"\xff\xd8\xff\xe0", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"])
    parts.append((f'form-data; name="{name}"; filename="{_quoted(filename)}"', content + choices.odd_octets()))
    if choices.below(3) == 2:
        parts.append(
            (choices.one(["", "x", "form-data", 'form-data; name="', "form-data; name*=utf-8''%ff", "\x00"]), b"x")
        )
    said = b"".join(
        b"--zz\r\nContent-Disposition: %s\r\n\r\n%s\r\n" % (octets_of(head), value) for head, value in parts
    )
    return said + choices.one([b"--zz--\r\n"] * 4 + [b"", b"--zz", b"--zz\r\n\r\n", b"--zz\r\n" * 1_100])


def _quoted(name: str) -> str:
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def octets_of(value: str) -> bytes:
    """UTF-8, and what would be UTF-8 for half a character: broken, that is."""
    return value.encode("utf-8", "surrogatepass")


def encode(pairs: list[tuple[str, str]]) -> bytes:
    """As a form sends them."""
    return "&".join(
        f"{quote_plus(octets_of(name))}={value if value == TOKEN.decode() else quote_plus(octets_of(value))}"
        for name, value in pairs
    ).encode()
