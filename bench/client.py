"""One browser: a connection that stays open, a cookie, requests one after another."""

import gzip
import http.client

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Failed(Exception):
    """An answer was not what was asked for; a figure of such requests means nothing."""


class Client:
    """Follows no redirects; keeps the cookie that it is given."""

    def __init__(self, port: int, cookie: str = "", *, host: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"User-Agent": BROWSER}
        self.headers |= {"Cookie": cookie} if cookie else {}
        self.headers |= {"Host": host} if host else {}
        self.answer: http.client.HTTPResponse | None = None

    def get(self, path: str, *, status: int = 200, **headers: str) -> str:
        """The text of the page; ``If_None_Match`` is If-None-Match."""
        return self.fetch(path, status=status, **headers).decode()

    def fetch(self, path: str, *, status: int = 200, **headers: str) -> bytes:
        """The body as it was before it was compressed."""
        body = self.raw(path, status=status, **headers)
        return gzip.decompress(body) if self.header("Content-Encoding") == "gzip" else body

    def raw(self, path: str, *, status: int = 200, **headers: str) -> bytes:
        """The body as it comes."""
        return self._ask("GET", path, status, None, {name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, body: str, *, status: int = 303) -> str:
        """Send a form."""
        return self._ask("POST", path, status, body, {"Content-Type": "application/x-www-form-urlencoded"}).decode()

    def header(self, name: str) -> str:
        """A header of the last answer."""
        assert self.answer is not None
        return self.answer.getheader(name) or ""

    def close(self) -> None:
        self.connection.close()

    def _ask(self, method: str, path: str, status: int, body: str | None, more: dict[str, str]) -> bytes:
        self.connection.request(method, path, body, self.headers | more)
        self.answer = answer = self.connection.getresponse()
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.headers["Cookie"] = cookie.partition(";")[0]  # the session's: the site sets no other
        if answer.status != status:
            raise Failed(f"{method} {path}: {answer.status}\n{content[:2000].decode(errors='replace')}")
        return content
