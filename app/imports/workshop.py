"""Where files are prepared: in other processes, so that all cores work and the database is never kept waiting."""

import multiprocessing
import os
from collections.abc import Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import tzinfo
from types import TracebackType
from typing import Self

from app.imports.files import Found
from app.imports.preparing import Known, Prepared, prepare_file

MOST_WORKERS = 4


class Order:
    """A batch on its way; ``result`` waits for it."""

    def __init__(self, found: list[Found], zone: tzinfo, known: Mapping[str, Known]) -> None:
        self.found, self.zone, self.known = found, zone, known
        self.future: Future[list[Prepared]] | None = None

    def result(self) -> list[Prepared]:
        """The batch, prepared, in its order."""
        if self.future is not None:
            try:
                return self.future.result()
            except BrokenProcessPool:
                pass  # the worker was killed: do its work here
        return prepare_batch(self.found, self.zone, self.known)


class Workshop:
    """Prepares batches. The first is done here: only a larger import is worth the start of other processes."""

    def __init__(self) -> None:
        self._pool: Executor | None = None
        self._orders = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def order(self, found: list[Found], *, zone: tzinfo, known: Mapping[str, Known]) -> Order:
        """Have a batch prepared; ask for its ``result`` after having ordered the next ones."""
        order = Order(found, zone, known)
        self._orders += 1
        if self._orders > 1:
            try:
                order.future = self._open_pool().submit(prepare_batch, found, zone, known)
            except BrokenProcessPool:
                order.future = None
        return order

    def _open_pool(self) -> Executor:
        if self._pool is None:
            workers = min(MOST_WORKERS, os.cpu_count() or 1)
            # Not forked: a child would share the database connections of this process.
            self._pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
        return self._pool


def prepare_batch(found: list[Found], zone: tzinfo, known: Mapping[str, Known]) -> list[Prepared]:
    """Prepare files one after another."""
    return [prepare_file(file, zone=zone, known=known.get(file.path)) for file in found]
