"""Readers for tests of counting: they keep their connections, and know what was answered and what was cut off."""

import http.client
import threading
import time

from tests.server.conftest import PAGE, views_in
from tests.servers import FIREFOX, Server


class Load:
    """Keep-alive clients that each ask for a page again and again, and count the answers they got whole.

    ``requests`` times each; by default as long as the ``with`` block runs. A server that is away is waited for. Of a
    request that was sent and not answered whole nobody can say whether it was counted: these are ``cut_off``.
    """

    def __init__(self, server: Server, *, clients: int, requests: int | None = None, pause: float = 0.0) -> None:
        self.server, self.requests, self.pause = server, requests, pause
        self.is_over = threading.Event()
        self.answered = [0] * clients
        self.cut_off = [0] * clients
        self.wrong: list[str] = []
        """Answers that were no page, or showed a client no more than it had seen before."""
        self.shown = [0] * clients
        self.threads = [threading.Thread(target=self._ask, args=[client]) for client in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.requests is None:
            self.is_over.set()
        for thread in self.threads:
            thread.join()

    def _ask(self, client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        asked = 0
        while asked != self.requests and not self.is_over.is_set():
            time.sleep(self.pause)
            try:
                if connection.sock is None:
                    connection.connect()
            except OSError:
                time.sleep(0.02)  # nobody listens: nothing was sent
                continue
            asked += 1
            try:
                connection.request("GET", PAGE, headers={"User-Agent": FIREFOX})
                answer = connection.getresponse()
                page = answer.read().decode()
            except (OSError, http.client.HTTPException):
                self.cut_off[client] += 1
                connection.close()
                continue
            self._note(client, answer.status, page)
        connection.close()

    def _note(self, client: int, status: int, page: str) -> None:
        shown = views_in(page) if status == 200 else -1
        if shown <= self.shown[client]:
            self.wrong.append(f"{status}: {shown} after {self.shown[client]}")
            return
        self.shown[client] = shown
        self.answered[client] += 1
