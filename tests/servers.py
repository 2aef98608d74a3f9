"""A real gunicorn for tests: started with the project's own configuration, on a free port, in its own folder."""

import contextlib
import http.client
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from app.config import ROOT

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PATIENCE = 120.0
_TURNS = itertools.count(os.getpid())


class Server:
    """``gunicorn --config gunicorn.conf.py`` with two workers. ``start`` returns once it answers.

    ``app`` may name a module of the tests that wraps the application with routes of its own.
    """

    def __init__(self, *, database_url: str, instance_dir: Path, app: str = "wsgi:app", **environment: str) -> None:
        self.port = free_port()
        self.app = app
        self.log_file = instance_dir / "server.log"
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("GUNICORN", "SITE_URL", "HOST"))
        } | {
            "DATABASE_URL": database_url,
            "INSTANCE_DIR": str(instance_dir),
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "2",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """All that the server has printed so far."""
        return self.log_file.read_text()

    @property
    def access_log(self) -> str:
        """All entries so far in the files of the access log."""
        files = sorted(Path(self.environment["INSTANCE_DIR"]).glob("log/access-*.log"))
        return "".join(file.read_text() for file in files)

    def start(self) -> "Server":
        self.start_command(gunicorn_command(self.app))
        return self

    def start_command(self, command: list[str]) -> None:
        """Start any server that listens on ``port``."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        wait_for(self.answers, lambda: self.log)

    def answers(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"the server stopped by itself:\n{self.log}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get("/healthz")[0] == 200
        return False

    def get(self, path: str, *, method: str = "GET", **headers: str) -> tuple[int, str]:
        """Status and text of an answer, over a connection of its own, as a browser; ``Sec_Purpose`` is Sec-Purpose."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"User-Agent": FIREFOX} | {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, headers=sent)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def ask(self, path: str) -> tuple[int, http.client.HTTPMessage]:
        """Status and headers of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path, headers={"User-Agent": FIREFOX})
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers
        finally:
            connection.close()

    def worker_pids(self) -> set[int]:
        """The workers that live now; the one that folds instead of answering is among them."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(pid) for pid in children.split()}

    def folding_pid(self) -> int:
        """The worker that folds, or did when it died; waits for one that is about to say so."""
        post = Path(self.environment["INSTANCE_DIR"]) / "journal" / "post.lock"
        wait_for(lambda: post.exists() and post.read_text() != "", lambda: "nobody folds")
        return int(post.read_text())

    def flask(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run ``flask --app wsgi ARGUMENTS`` on the server's installation."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, input=stdin, capture_output=True, text=True, timeout=60
        )

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop and wait until it has; its exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


class Visitor:
    """A browser that keeps its cookies and follows redirects, for a person who signs in on a real server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.opener.addheaders = [("User-Agent", FIREFOX)]

    def get(self, path: str) -> str:
        """The text of a page that answers 200."""
        with self.opener.open(self.server.url + path, timeout=20) as answer:
            text: str = answer.read().decode()
            return text

    def post(self, path: str, fields: dict[str, str], *, form_at: str) -> str:
        """Send a form with the token that the page at ``form_at`` gives; the text it leads to."""
        (token, *_) = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(form_at))
        sent = urlencode({"csrf_token": token} | fields).encode()
        with self.opener.open(self.server.url + path, sent, timeout=20) as answer:
            text: str = answer.read().decode()
            return text

    def sign_in(self, email: str, password: str) -> None:
        """Through the form, as a person does."""
        (token,) = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/login"))
        fields = {"csrf_token": token, "email": email, "password": password}
        with self.opener.open(self.server.url + "/login", urlencode(fields).encode(), timeout=20) as answer:
            assert answer.status == 200


def gunicorn_command(app: str = "wsgi:app") -> list[str]:
    """What ``make run`` ends with."""
    return [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), app]


def free_port() -> int:
    """A port that nobody listens at, and that nobody else is given while its server starts, or is started again.

    Below those that the system gives to whoever connects; each process of tests has a part of its own.
    """
    first = 12_000 + 1_000 * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 16)
    while True:
        port = first + next(_TURNS) % 1_000
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


def wait_for(condition, explain=lambda: "") -> None:  # type: ignore[no-untyped-def]
    """Until ``condition()`` holds; fails with what ``explain()`` says."""
    until = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"waited {PATIENCE} s in vain\n{explain()}")
        time.sleep(0.02)
