"""Sending what is in the outbox: a thread of each process looks every other second and sends what it takes.

What failed is tried again after a minute, then two, four … at most an hour, for four days.
"""

import logging
import os
import threading
import time
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import clock, mail, mail_url
from app.config import Config
from app.db import Database
from app.mail_sending import Letter, NotSent, hand_over, write_file
from app.settings import get_settings
from app.text import clean_line

log = logging.getLogger("typecase.mail")
LOOK_SECONDS = 2.0
SWEEP_SECONDS = 3600.0


class Courier:
    """Sends for one process; a forked one begins anew."""

    def __init__(self, database: Database, config: Config) -> None:
        self.database = database
        self.config = config
        self.server = mail_url.parse(config.mail_url) if config.mail_url else None
        """None: messages become files."""
        self._pid = 0

    def start(self) -> None:
        """Start this process's thread, unless it is running."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            threading.Thread(target=self._keep_looking, name="mail", daemon=True).start()

    def deliver(self) -> bool:
        """Take the message that is due longest and try to send it. Whether there was one."""
        with self.database.reader() as session:
            if not mail.is_due(session, now=clock.now()):
                return False
        with self.database.writer() as session:
            message = mail.claim(session, now=clock.now())
            if message is None:
                return False
            letter, attempt = self._letter(session, message), message.attempts
            is_over = message.given_up_at is not None
            session.commit()
        if not is_over:
            self._try(letter, attempt)
        return True

    def _try(self, letter: Letter, attempt: int) -> None:
        failure: NotSent | None = None
        try:
            if self.server is None:
                write_file(letter, self.config.outbox_dir)
            else:
                hand_over(letter, self.server)
        except NotSent as error:
            failure = error
            log.warning("message %d (%s) was not sent: %s", letter.number, letter.kind, error)
        except Exception:
            # Whatever it is, the message must not come back every ten minutes for ever, unseen.
            log.exception("message %d (%s) was not sent", letter.number, letter.kind)
            failure = NotSent("It could not be sent; the server's log says more.")
        with self.database.writer() as session:
            if failure is None:
                mail.note_sent(session, letter.number, now=clock.now())
            else:
                mail.note_failed(
                    session,
                    letter.number,
                    attempt=attempt,
                    problem=str(failure),
                    is_final=failure.is_final,
                    now=clock.now(),
                )
            session.commit()

    def _letter(self, session: Session, message: mail.Message) -> Letter:
        settings = get_settings(session)
        address = self.config.site_url if self.config.site_url_given else settings.address or self.config.site_url
        host = urlsplit(address).hostname or "localhost"
        user = self.server.user if self.server is not None and "@" in self.server.user else ""
        return Letter(
            number=message.id,
            kind=message.kind,
            sender=settings.mail_sender or user or f"noreply@{host}",
            sender_name=clean_line(settings.name),
            recipient=message.recipient,
            subject=message.subject,
            text=message.text,
            written_at=message.created_at,
            site_host=host,
        )

    def _keep_looking(self) -> None:
        swept = time.monotonic()
        while not self.database.closed.wait(LOOK_SECONDS):
            try:
                while self.deliver() and not self.database.closed.is_set():
                    pass
                if time.monotonic() - swept > SWEEP_SECONDS:
                    swept = time.monotonic()
                    self._sweep()
            except SQLAlchemyError:
                pass  # away: the next look sends
            except Exception:
                log.exception("mail could not be sent")

    def _sweep(self) -> None:
        with self.database.writer() as session:
            mail.remove_old(session, now=clock.now())
            session.commit()
