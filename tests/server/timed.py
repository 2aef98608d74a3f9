"""The application of ``wrapped`` with a clock that stands still where a file says, in every process that serves."""

import os
from datetime import datetime
from pathlib import Path

from app import clock

_FILE = Path(os.environ["CLOCK_FILE"])
clock.now = lambda: datetime.fromisoformat(_FILE.read_text())

from tests.server.wrapped import app  # noqa: E402 -- the clock comes first

__all__ = ["app"]
