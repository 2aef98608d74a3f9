"""The reader lane cannot be told from outside: the same raw bytes get the same answer with and without it."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server.lane import BROWSER, GET, Side, masked, read_all, read_answer, write_articles
from tests.servers import FIREFOX, wait_for

_REFUSAL = re.compile(
    rb"(?s)(HTTP/1\.1 [45]\d\d [^\r]*\r\nConnection: close\r\nContent-Type: text/html\r\n)Content-Length.*"
)


class Pair:
    def __init__(self, lane: Side, plain: Side) -> None:
        self.lane, self.plain = lane, plain

    def same(self, *chunks: bytes, pause: float = 0.0) -> bytes:
        """The answer of both, which is the same."""
        answer, other = (side.ask(chunks, pause=pause) for side in (self.lane, self.plain))
        if len(chunks) > 1:
            # What gunicorn finds wrong first depends on how much of it has arrived.
            answer, other = (_REFUSAL.sub(rb"\1", text) for text in (answer, other))
        assert answer == other
        return answer


@pytest.fixture(scope="module")
def pair(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    written = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("written") / "typecase.db")
    write_articles(written)
    sides = [Side(tmp_path_factory.mktemp("lane"), written, READER_LANE=on) for on in ("1", "0")]
    yield Pair(*sides)
    for side in sides:
        side.server.stop()


def head(line: str = "GET /an-article HTTP/1.1", *fields: str, end: str = "\r\n") -> bytes:
    return end.join([line, *(fields or BROWSER.split("\r\n")[:-1]), "", ""]).encode("latin-1")


def with_field(field: str) -> bytes:
    return head("GET /an-article HTTP/1.1", *BROWSER.split("\r\n")[:-1], field)


def test_the_lane_answers_what_is_plain_and_nobody_can_tell(pair: Pair) -> None:
    before = pair.lane.answered()
    for path in ("/an-article", "/another-article", "/", "/feed.xml", "/an-article?utm_source=x", "/?page=1"):
        assert pair.same(head(f"GET {path} HTTP/1.1")).startswith(b"HTTP/1.1 200 OK\r\nServer: gunicorn\r\nDate: -\r\n")
    assert pair.lane.answered() == before + 6
    assert pair.plain.answered() == 0


@pytest.mark.parametrize(
    "field",
    [
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language: de,en-US;q=0.7,en;q=0.3",
        "Referer: https://www.google.com/search?q=typecase",
        "Cookie: consent=yes; _ga=GA1.2.3",
        "Connection: keep-alive",
        "connection: Close",
        "Cache-Control: no-cache",
        "Sec-Purpose: prefetch;prerender",
        "sec-ch-ua: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"",
        "X-Forwarded-For: 203.0.113.9",
        "X-Forwarded-Host: evil.example",
        "X-Request-ID: abc",
    ],
)  # fmt: skip
def test_what_browsers_say_is_known(pair: Pair, field: str) -> None:
    before = pair.lane.answered()
    pair.same(with_field(field))
    assert pair.lane.answered() == before + 1


@pytest.mark.parametrize(
    "request_bytes",
    [
        # Methods, versions, targets.
        head("HEAD /an-article HTTP/1.1"),
        head("get /an-article HTTP/1.1"),
        head("Get /an-article HTTP/1.1"),
        head("FROB /an-article HTTP/1.1"),
        head("POST /an-article HTTP/1.1"),
        head("OPTIONS * HTTP/1.1"),
        head("CONNECT localhost:80 HTTP/1.1"),
        head("PRI * HTTP/2.0"),
        head("GET /an-article HTTP/1.0"),
        head("GET /an-article HTTP/0.9"),
        head("GET /an-article HTTP/1.2"),
        head("GET /an-article HTTP/2.0"),
        head("GET /an-article http/1.1"),
        head("GET /an-article"),
        head("GET  /an-article HTTP/1.1"),
        head("GET /an-article  HTTP/1.1"),
        head("GET /an-article HTTP/1.1 "),
        head("GET\t/an-article\tHTTP/1.1"),
        head(" GET /an-article HTTP/1.1"),
        head("GET http://localhost/an-article HTTP/1.1"),
        head("GET http://evil.example/an-article HTTP/1.1"),
        head("GET http://localhost HTTP/1.1"),
        head("GET HTTP://LOCALHOST/an-article HTTP/1.1"),
        head("GET http://user@localhost/an-article HTTP/1.1"),
        head("GET https://localhost:443/an-article?x HTTP/1.1"),
        head("GET /http://localhost/ HTTP/1.1"),
        head("GET * HTTP/1.1"),
        head("GET //an-article HTTP/1.1"),
        head("GET //evil.example/an-article HTTP/1.1"),
        head("GET //[ HTTP/1.1"),
        head("GET an-article HTTP/1.1"),
        head("GET ?page=1 HTTP/1.1"),
        head("GET /./an-article HTTP/1.1"),
        head("GET /x/../an-article HTTP/1.1"),
        head("GET /an-article/ HTTP/1.1"),
        head("GET /an-article#views HTTP/1.1"),
        head("GET /an-article;a=b HTTP/1.1"),
        head("GET /%61n-article HTTP/1.1"),
        head("GET /an%2Darticle HTTP/1.1"),
        head("GET /an-article%00 HTTP/1.1"),
        head("GET /an-article%0d%0aX:y HTTP/1.1"),
        head("GET /an-article%2f HTTP/1.1"),
        head("GET /%2fan-article HTTP/1.1"),
        head("GET /x%2f..%2fan-article HTTP/1.1"),
        head("GET /an-article%5c HTTP/1.1"),
        head("GET /an-article\\ HTTP/1.1"),
        head("GET /an-article%c3%28 HTTP/1.1"),
        head("GET /an-article%C0%AF HTTP/1.1"),
        head("GET /an-article?x=%00 HTTP/1.1"),
        head("GET /an-article?x#y HTTP/1.1"),
        head("GET /an-article?a b HTTP/1.1"),
        head("GET /an-article%zz HTTP/1.1"),
        head("GET /an-article% HTTP/1.1"),
        head("GET /an-artïcle HTTP/1.1"),
        head("GET /an-article?\x00 HTTP/1.1"),
        head("GET /?page=2 HTTP/1.1"),
        head("GET /?page=1&page=2 HTTP/1.1"),
        head("GET /?%70age=2 HTTP/1.1"),
        head("GET /?page=%31 HTTP/1.1"),
        head("GET /?page=+1 HTTP/1.1"),
        head("GET /an-article?" + "a" * 3000 + " HTTP/1.1"),
        head("GET /an-article?" + "a" * 9000 + " HTTP/1.1"),
        head("GET /" + "a" * 100_000 + " HTTP/1.1"),
        # Lines that do not end as they should.
        head(end="\n"),
        GET.replace(b"\r\n\r\n", b"\n\n"),
        GET.replace(b"\r\nUser", b"\nUser"),
        GET.replace(b"\r\nUser", b"\r\r\nUser"),
        GET.replace(b"\r\nUser", b"\rUser"),
        GET.replace(b" HTTP/1.1\r\n", b" HTTP/1.1\r"),
        GET.replace(b" HTTP/1.1\r\n", b" HTTP/1.1\n"),
        b"\r\n" + GET,
        b"\r\n\r\n" + GET,
        b"\n" + GET,
        b"\r" + GET,
        b" " + GET,
        b"\x00" + GET,
        b"\xef\xbb\xbf" + GET,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40,
        b"PROXY TCP4 203.0.113.9 127.0.0.1 1 80\r\n" + GET,
        # Hosts.
        head("GET /an-article HTTP/1.1", "User-Agent: x"),
        head("GET /an-article HTTP/1.1", "Host:"),
        head("GET /an-article HTTP/1.1", "Host: localhost", "Host: localhost"),
        head("GET /an-article HTTP/1.1", "Host: localhost", "host: evil.example"),
        head("GET /an-article HTTP/1.1", "Host: evil.example"),
        head("GET /an-article HTTP/1.1", "Host: localhost, evil.example"),
        head("GET /an-article HTTP/1.1", "Host: localhost@evil.example"),
        head("GET /an-article HTTP/1.1", "Host: LOCALHOST:1"),
        head("GET /an-article HTTP/1.1", "Host: localhost:999999"),
        head("GET /an-article HTTP/1.1", "Host : localhost"),
        head("GET /an-article HTTP/1.1", " Host: localhost"),
        head("GET /an-article HTTP/1.1", "Host\x00: localhost"),
        head("GET /an-article HTTP/1.1", "Host:\tlocalhost\t"),
        head("GET /an-article HTTP/1.1", "Host:localhost"),
        # Fields.
        with_field("X-Folded: a\r\n b"),
        with_field("X-Folded: a\r\n\tb"),
        with_field("Accept: text/html\r\n ,*/*"),
        with_field("Accept"),
        with_field(": empty"),
        with_field("Accept : x"),
        with_field("Acc ept: x"),
        with_field("Accept: x\x00y"),
        with_field("Accept: x\x7fy"),
        with_field("Accept: x\x0by"),
        with_field("Accept: \xe9"),
        with_field("Accept\xe9: x"),
        with_field("User_Agent: x"),
        with_field("User-Agent: another"),
        with_field("Accept-Encoding: identity"),
        with_field("Accept-Encoding: gzip;q=0"),
        with_field("Unheard-Of: x"),
        with_field("Accept: " + "x" * 9000),
        with_field("Cookie: session=x"),
        with_field("Cookie: __Host-session=x"),
        with_field("Cookie: a=b; session=.eJ.x.y"),
        with_field("Cookie: a=b\r\nCookie: session=x"),
        with_field('Cookie: a="b; session=x"'),
        with_field("Authorization: Basic eDp5"),
        with_field("Range: bytes=0-10"),
        with_field("Range: bytes=-5, 0-1"),
        with_field("range: lines=1-2"),
        with_field('If-None-Match: W/"x", *'),
        with_field("If-None-Match: *\r\nIf-Modified-Since: Sun, 22 Nov 2099 00:00:00 GMT"),
        with_field("Expect: 100-Continue\r\nContent-Length: 5") + b"hello",
        with_field("Accept: x\ry"),
        with_field("Accept: x\r\r\nX: y"),
        with_field("Host: localhost\r\n evil.example"),
        with_field("If-Range: x\r\nRange: bytes=0-10"),
        with_field("If-None-Match: *"),
        with_field('If-None-Match: "x"'),
        with_field("If-Match: x"),
        with_field("If-Modified-Since: Sun, 22 Nov 2099 00:00:00 GMT"),
        with_field("If-Unmodified-Since: Sun, 22 Nov 1999 00:00:00 GMT"),
        with_field("Expect: 100-continue"),
        with_field("Expect: something"),
        with_field("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk"),
        with_field("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13"),
        with_field("Connection: close, keep-alive"),
        with_field("Connection: keep-alive\r\nConnection: close"),
        with_field("Connection: Host"),
        with_field("Connection: Cookie, close"),
        with_field("Connection: keep-alive, Upgrade"),
        with_field("Connection: CLOSE"),
        with_field("Connection: close "),
        with_field("Connection:\tclose"),
        with_field("Proxy-Connection: close"),
        with_field("Connection:"),
        with_field("Keep-Alive: timeout=5"),
        with_field("TE: trailers"),
        with_field("Forwarded: for=203.0.113.9;host=evil.example;proto=https"),
        with_field("X-Forwarded-Proto: https"),
        with_field("X-Forwarded-Prefix: /x"),
        with_field("SCRIPT_NAME: /x"),
        with_field("X-HTTP-Method-Override: DELETE"),
        "\r\n".join(
            ["GET /an-article HTTP/1.1", "Host: localhost", *(f"X-{n}: x" for n in range(120)), "", ""]
        ).encode(),
        # Lengths and bodies.
        with_field("Content-Length: 0"),
        with_field("Content-Length: 5") + b"GET /" + GET,
        with_field("Content-Length: 5\r\nContent-Length: 6") + b"hello!" + GET,
        with_field("Content-Length: -1") + GET,
        with_field("Content-Length: +5") + b"hello" + GET,
        with_field("Content-Length: 5\r\nTransfer-Encoding: chunked") + b"0\r\n\r\n" + GET,
        with_field("Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n" + GET,
        with_field("Transfer-Encoding: chunked") + b"5\nhello\n0\n\n" + GET,
        with_field("Transfer-Encoding: identity") + GET,
        with_field("Transfer-Encoding: xchunked") + GET,
        with_field("Transfer-Encoding : chunked") + b"0\r\n\r\n" + GET,
        head("POST /an-article HTTP/1.1", "Host: localhost", f"Content-Length: {len(GET)}") + GET + GET,
        head("POST /an-article HTTP/1.1", "Host: localhost", "Content-Length: 3") + b"a=b" + GET,
        with_field("Content-Length: 5, 5") + b"hello" + GET,
        with_field("Content-Length: 0x5") + b"hello" + GET,
        with_field("Content-Length: 5 ") + b"hello" + GET,
        with_field("Content-Length:") + GET,
        with_field("Content-Length: 99999999999999999999") + GET,
        with_field("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity") + b"0\r\n\r\n" + GET,
        with_field("Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n" + GET,
        with_field("Transfer-Encoding: identity, chunked") + b"0\r\n\r\n" + GET,
        with_field("Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n" + GET,
        with_field("Transfer-Encoding:\r\n chunked") + b"0\r\n\r\n" + GET,
        with_field("Transfer_Encoding: chunked") + b"0\r\n\r\n" + GET,
        with_field("Transfer-Encoding: chunked") + b"5;x=y\r\nhello\r\n0\r\nX-Trailer: y\r\n\r\n" + GET,
        with_field("Transfer-Encoding: chunked") + b"fffffffffffffffff\r\nhello" + GET,
        with_field("Transfer-Encoding: chunked") + b"-1\r\nhello\r\n0\r\n\r\n" + GET,
        with_field("Transfer-Encoding: chunked") + b"5\r\nhelloXX0\r\n\r\n" + GET,
        head("POST /an-article HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked")
        + b"%x\r\n%s\r\n0\r\n\r\n" % (len(GET), GET)
        + GET,
        head("GET /an-article HTTP/1.0", "Host: localhost", "Transfer-Encoding: chunked") + b"0\r\n\r\n" + GET,
        GET + b"hello",
        GET + b"\r\n" + GET,
        # Several requests at once.
        GET * 3,
        GET * 40,
        GET + head("HEAD /an-article HTTP/1.1") + GET,
        GET + head("GET /nothing-here HTTP/1.1") + GET + head("GET / HTTP/1.1"),
        GET + with_field("Connection: close") + GET,
        with_field("Connection: close") * 2,
        GET + head("GET /an-article HTTP/1.0") + GET,
        GET + head("get /an-article HTTP/1.1") + GET,
        GET + GET[:30],
        GET[:30],
        GET[:-2],
        GET[:-1],
        b"GET",
        b"G",
        b"",
        head("GET /healthz HTTP/1.1", "Host: anything.example"),
    ],
)
def test_odd_requests_are_answered_alike(pair: Pair, request_bytes: bytes) -> None:
    pair.same(request_bytes)
    pair.same(request_bytes + GET)


@pytest.mark.parametrize("at", range(0, len(GET), 13))
def test_a_request_in_two_pieces_is_one(pair: Pair, at: int) -> None:
    before = pair.lane.answered()
    assert pair.same(GET[:at], GET[at:] + GET, pause=0.005).count(b"HTTP/1.1 200 OK") == 2
    assert pair.lane.answered() == before + 2


def test_a_request_byte_by_byte_is_one(pair: Pair) -> None:
    assert pair.same(*(GET[at : at + 1] for at in range(len(GET)))).count(b"HTTP/1.1 200 OK") == 1


FIELDS = st.sampled_from(
    [*BROWSER.split("\r\n")[:-1], "Accept: */*", "Connection: close", "Connection: keep-alive", "Cookie: a=b",
     "Cookie: session=x", "Content-Length: 5", "Content-Length: 0", "Transfer-Encoding: chunked", "If-None-Match: *",
     "Accept-Encoding: br", "Range: bytes=0-1", "X-Forwarded-For: 1.2.3.4", "Expect: 100-continue", "Upgrade: h2c",
     "Host: localhost", "Host: evil.example", "Sec-Purpose: prefetch", "Referer: http://x.example/", " folded: x"]
)  # fmt: skip
LINES = st.sampled_from(
    ["GET /an-article HTTP/1.1", "GET / HTTP/1.1", "GET /?page=1 HTTP/1.1", "GET /feed.xml HTTP/1.1",
     "GET /another-article?utm_campaign=x HTTP/1.1", "GET /nothing HTTP/1.1", "HEAD / HTTP/1.1",
     "POST /an-article HTTP/1.1", "GET http://localhost/ HTTP/1.1", "GET /an-article HTTP/1.0"]
)  # fmt: skip
ENDS = st.sampled_from(["\r\n"] * 12 + ["\n", "\r", "\r\r\n", "\n\r\n"])
ODD = st.sampled_from([b"\x00", b"\r", b"\n", b"\r\n", b" ", b"\t", b":", b"\xff", b"0", b"hello", b"%"])


@st.composite
def heads(draw: st.DrawFn) -> bytes:
    fields = [*BROWSER.split("\r\n")[:-1]] if draw(st.booleans()) else []
    fields += draw(st.lists(FIELDS, max_size=5))
    text = "".join(part + draw(ENDS) for part in [draw(LINES), *fields, ""]).encode()
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(ODD) + text[at + draw(st.integers(0, 2)) :]
    return text + draw(st.sampled_from([b"", b"", b"", b"hello", b"0\r\n\r\n", b"\r\n"]))


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(st.just(GET), heads()), min_size=1, max_size=4), st.data())
def test_no_bytes_are_answered_differently(pair: Pair, requests: list[bytes], data: st.DataObject) -> None:
    text = b"".join(requests)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=3)))
    pair.same(*(text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)))


def test_an_open_connection_is_answered_alike_one_request_after_another(pair: Pair) -> None:
    answers = []
    before = pair.lane.answered()
    for side in (pair.lane, pair.plain):
        with side.connect() as connection:
            got = []
            for asked in (
                GET,
                head("HEAD / HTTP/1.1"),
                GET,
                with_field("Range: bytes=0-1"),
                GET,
                head("GET /x HTTP/1.1"),
                GET,
            ):
                connection.sendall(asked)
                got.append(masked(read_answer(connection, has_body=not asked.startswith(b"HEAD"))))
            connection.sendall(with_field("Connection: close"))
            got.append(masked(read_all(connection)))
            answers.append(got)
    assert answers[0] == answers[1]
    assert b"Connection: close\r\n" in answers[0][-1]
    assert pair.lane.answered() == before + 5


def test_the_access_log_is_the_same(pair: Pair) -> None:
    wait_for(lambda: without_lane(pair.lane) == without_lane(pair.plain), lambda: "the logs differ")


def without_lane(side: Side) -> list[str]:
    """Sorted: what the lane hands over in the middle of a turn may be written before the turn's own entries."""
    return sorted(entry for entry in side.entries() if "/-lane" not in entry and "/healthz" not in entry)


def test_other_agents_are_counted_apart_by_both(pair: Pair) -> None:
    bot = GET.replace(FIREFOX.encode(), b"Googlebot/2.1 (+http://www.google.com/bot.html)").replace(b"gzip, ", b"")
    before = pair.lane.answered()
    assert pair.same(bot) != b""
    assert pair.lane.answered() == before + 1
