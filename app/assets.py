"""The addresses of static files, and of rows: what templates and routes need of an application, and no request."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import cast

from flask import current_app
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter


def asset(name: str) -> str:
    """The address of a static file with its fingerprint, so that it can be kept for ever."""
    found = find_asset(name)
    if found is None:
        raise RuntimeError(f"static/{name} is missing: run `make build`")
    return found


def find_asset(name: str) -> str | None:
    """``asset``, or None where it is not built: no page may need a bundle of scripts to do its work."""
    path = Path(cast(str, current_app.static_folder)) / name
    try:
        # Not by url_for: the page that refuses an unreadable Host header has styles, too.
        return f"{current_app.static_url_path}/{name}?v={_fingerprint(path, path.stat().st_mtime_ns)}"
    except FileNotFoundError:
        return None


@lru_cache(maxsize=64)
def _fingerprint(path: Path, _modified: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


class RowIdConverter(IntegerConverter):
    """``<int:id>``: a number no row can have (beyond 32 bits) is an unknown address, not a database error.

    It says 404 itself: left to routing it would become 405 where another method knows the address.
    """

    def to_python(self, value: str) -> int:
        number = int(super().to_python(value)) if len(value) < 20 else 2**31
        if number >= 2**31:
            raise NotFound
        return number
