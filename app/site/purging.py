"""Telling a shared cache (CDN) which pages are old: the keys of the change log, posted to an address of the settings.

A thread of each worker looks once a second, and one of them delivers. What was not delivered is tried again with
growing pauses; where the log does not go back far enough, everything is old.
"""

import hashlib
import hmac
import json
import logging
import os
import threading
import time
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import changes, clock, purges, request_log
from app.articles.appearing import places_of
from app.articles.reading import list_due
from app.db import Database
from app.outbound import AddressRefused, Outbound, Unreachable
from app.settings import get_purge_secret, get_settings
from app.site.answers import MANY
from app.site.freshness import POLL_SECONDS

log = logging.getLogger("typecase.purging")
LOOK_SECONDS = 1.0
SETTLE_SECONDS = 5 * POLL_SECONDS
"""So long after a change it is told: by then no other machine answers with the old page any more."""
SWEEP_SECONDS = 3600.0
SIGNATURE = "X-Typecase-Signature"


class Purger:
    """Delivers for one process; a forked one begins anew."""

    def __init__(self, database: Database, outbound: Outbound, *, settle_seconds: float = SETTLE_SECONDS) -> None:
        self.database = database
        self.outbound = outbound
        self.settle_seconds = settle_seconds
        self._pid = 0

    def start(self) -> None:
        """Start this process's thread, unless it is running."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            threading.Thread(target=self._keep_looking, name="purging", daemon=True).start()

    def deliver(self) -> bool:
        """Tell what is to be told, if it is this process's turn. Whether something was told."""
        with self.database.reader() as session:
            url = get_settings(session).purge_url
            if not url or not _is_pending(session, purges.find_state(session), url):
                return False
        time.sleep(self.settle_seconds)
        with self.database.writer() as session:
            claimed = purges.claim(session, url=url, now=clock.now())
            if claimed is None:
                return False
            secret, by = get_purge_secret(session), claimed.claimed_by
            version, until, message = _message(session, claimed)
            session.commit()
        error = self._try(url, secret, message) if message else ""
        with self.database.writer() as session:
            if error:
                purges.note_failed(session, by, error=error, now=clock.now())
            else:
                purges.note_told(session, by, version=version, until=until)
            session.commit()
        return bool(message) and not error

    def send(self, url: str, secret: str, message: dict[str, object]) -> None:
        """Post a message, signed. Raises ``AddressRefused``, ``Unreachable``."""
        body = json.dumps(message | {"sent_at": clock.now().isoformat(timespec="seconds")}).encode()
        headers = {"Content-Type": "application/json", SIGNATURE: sign(body, secret)}
        answer = self.outbound.post(url, body, headers=headers)
        if not 200 <= answer.status < 300:
            raise Unreachable(f"It answered with status {answer.status}.")

    def _try(self, url: str, secret: str, message: dict[str, object]) -> str:
        """Send; what went wrong, in a sentence."""
        try:
            self.send(url, secret, message)
        except (AddressRefused, Unreachable) as refusal:
            log.warning("the shared cache was not told what is old: %s", refusal)
            return str(refusal) or " ".join((type(refusal).__doc__ or "").split())
        return ""

    def _keep_looking(self) -> None:
        swept = -SWEEP_SECONDS
        while not self.database.closed.wait(LOOK_SECONDS):
            try:
                self.deliver()
            except SQLAlchemyError:
                pass  # away, or somebody else made the row first: the next look tells
            except Exception:
                log.exception("the shared cache could not be told what is old")
            if time.monotonic() - swept > SWEEP_SECONDS:
                request_log.remove_old()
                swept = time.monotonic()


def sign(body: bytes, secret: str) -> str:
    """The signature header of a body: HMAC-SHA256 with the secret, in hexadecimal."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _is_pending(session: Session, state: purges.PurgeState | None, url: str) -> bool:
    if state is None or state.url != url:
        return True
    if not purges.may_try(state, now=clock.now()):
        return False
    if state.version is None or state.told_until is None:
        return True
    if changes.read_since(session, state.version).version != state.version:
        return True
    return bool(list_due(session, after=state.told_until, until=clock.now()))


def _message(session: Session, state: purges.PurgeState) -> tuple[int, datetime, dict[str, object]]:
    """What is to be told, up to which version and moment; an empty message where nothing of it is on a page."""
    until = clock.now()
    found = changes.read_since(session, state.version)
    if found.keys is None or state.told_until is None:
        return found.version, until, {"all": True, "version": found.version}
    keys = {key for key in found.keys if not key.startswith(changes.PAGEVIEWS)}
    keys |= places_of(session, list_due(session, after=state.told_until, until=until))
    if not keys:
        return found.version, until, {}
    return found.version, until, {"keys": sorted(keys | {MANY}), "version": found.version}
