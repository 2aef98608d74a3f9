"""What the reader lane keeps of a connection, how it keeps many of them, and what half a head is."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from gunicorn.config import Config
from gunicorn.http.message import Request
from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import TConn

HALF_BYTES = 32768
"""A longer half of a head is gunicorn's: looking at it again and again would cost the readers time."""


class Conn(TConn):  # type: ignore[misc]
    """A connection. ``rest`` is read but not answered yet, ``unsent`` what its reader has not taken yet."""

    def __init__(self, worker: Any, *args: Any) -> None:
        super().__init__(worker.cfg, *args)
        self.worker = worker
        self.peer: str = self.client[0] if isinstance(self.client, tuple) else ""
        self.is_trusted = worker.plain is not None and worker.plain.proxies.trusts(self.peer)
        self.rest = self.unsent = b""
        self.closes = self.has_more = False
        self.weight = 0

    def close(self, graceful: bool = False) -> None:
        """Close; gracefully without holding up the loop, as gunicorn's own way would for two seconds."""
        if not (graceful and self.worker.linger(self)):
            super().close()


class Waiting:
    """What gunicorn keeps in a deque: connections, the one whose time is up first in front. Quick to remove."""

    def __init__(self) -> None:
        self._conns: OrderedDict[Conn, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._conns)

    def __iter__(self) -> Iterator[Conn]:
        return iter(self._conns)

    def __getitem__(self, _first: int) -> Conn:
        return next(iter(self._conns))

    def append(self, conn: Conn) -> None:
        self._conns[conn] = None
        self._conns.move_to_end(conn)

    def popleft(self) -> Conn:
        return self._conns.popitem(last=False)[0]

    def remove(self, conn: Conn) -> None:
        self._conns.pop(conn, None)


def is_half(cfg: Config, conn: Conn) -> bool:
    """Whether gunicorn's parser would wait for more of this head, instead of answering or refusing it now."""
    if len(conn.rest) > HALF_BYTES or b"\r\n\r\n" in conn.rest:
        return False
    try:
        Request(cfg, _Read(conn.rest), conn.client)
    except _MoreNeeded:
        return True
    except Exception:
        return False
    return False


class _MoreNeeded(Exception):
    """The bytes that were read are not a whole head."""


class _Read(Unreader):  # type: ignore[misc]
    """For gunicorn's parser: these bytes, and no waiting for others."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.unread(data)

    def chunk(self, size_hint: int | None = None) -> bytes:
        raise _MoreNeeded
