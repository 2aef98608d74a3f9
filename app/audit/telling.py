"""The end of the chain, told to the server's log each hour: whoever rewrites the database cannot rewrite that.

Each process has a thread; a file beside the journals says when it was last told, so that one of them does it.
"""

import fcntl
import logging
import os
import threading
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.audit.verifying import Head, HeadUnreadable, get_head, read_head
from app.db import Database

log = logging.getLogger("typecase.audit")
LOOK_SECONDS = 60.0
HOUR_SECONDS = 3600.0
FILE = "audit-head"


class HeadTeller:
    """Tells for one process; a forked one begins anew."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.path = folder / FILE
        self._pid = 0

    def start(self) -> None:
        """Start this process's thread, unless it is running."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            threading.Thread(target=self._keep_looking, name="audit", daemon=True).start()

    def tell(self) -> bool:
        """Log the head, if that was not done within the hour. Whether it was done now."""
        if not self._is_time():
            return False
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not self._is_time():
                return False  # somebody else did between the two looks
            with self.database.reader() as session:
                head = get_head(session)
            log.info("audit head %s", head)
            os.ftruncate(file, 0)
            os.write(file, f"{head}\n".encode())
            now = clock.now().timestamp()
            os.utime(file, (now, now))
            return True
        except BlockingIOError:
            return False
        finally:
            os.close(file)

    def find_told(self) -> Head | None:
        """The head that was told last on this machine, if any."""
        try:
            return read_head(self.path.read_text(encoding="ascii"))
        except (OSError, HeadUnreadable, UnicodeDecodeError):
            return None

    def _is_time(self) -> bool:
        try:
            found = self.path.stat()
        except OSError:
            return True
        return found.st_size == 0 or abs(clock.now().timestamp() - found.st_mtime) >= HOUR_SECONDS

    def _keep_looking(self) -> None:
        while not self.database.closed.wait(LOOK_SECONDS):
            try:
                self.tell()
            except SQLAlchemyError:
                pass  # away, or not migrated: the next look tells
            except Exception:
                log.exception("the head of the audit log could not be told")
