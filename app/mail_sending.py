"""Handing one message to the mail server, or writing it into a file where none is configured. Knows no database."""

import contextlib
import os
import smtplib
import socket
import ssl
import threading
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from app.config import is_loopback
from app.mail_url import MailServer

ANSWER_SECONDS = 20.0
TOTAL_SECONDS = 120.0


class NotSent(Exception):
    """The message could not be handed over; the message of the exception says why, for admins."""

    is_final = False
    """Whether trying again is of no use."""


class RecipientRefused(NotSent):
    """The mail server takes nothing for this address."""

    is_final = True


class ServerFailed(NotSent):
    """The mail server is away, or does not let us in."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message as it goes out."""

    number: int
    kind: str
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    written_at: datetime
    site_host: str

    @property
    def sender_address(self) -> str:
        return _sendable(self.sender)

    @property
    def recipient_address(self) -> str:
        return _sendable(self.recipient)

    def as_mail(self) -> EmailMessage:
        """With its headers. None of them can be added to: a line break in a value is an error of the library's."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = _named(self.sender_name, self.sender_address)
        mail["To"] = self.recipient_address
        mail["Subject"] = self.subject
        mail["Date"] = format_datetime(self.written_at)
        # The same each time it is tried, so that a mailbox can tell what it has already.
        mail["Message-ID"] = f"<{self.number}.{self.written_at:%Y%m%d%H%M%S}.typecase@{self.site_host}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(self.text, charset="utf-8", cte="quoted-printable")
        return mail


def hand_over(letter: Letter, server: MailServer) -> None:
    """Give the letter to the mail server. Raises ``RecipientRefused``, ``ServerFailed``, ``NotSent``."""
    smtp: smtplib.SMTP | None = None
    timer = threading.Timer(TOTAL_SECONDS, lambda: _cut(smtp))
    timer.daemon = True
    timer.start()
    try:
        smtp = _connect(server, letter.site_host)
        _enter(smtp, server)
        _send(smtp, letter)
    except smtplib.SMTPAuthenticationError as error:
        raise ServerFailed(f"The mail server refuses the user and password of MAIL_URL: {_said(error)}") from error
    except smtplib.SMTPResponseException as error:
        raise ServerFailed(f"The mail server answered: {_said(error)}") from error
    except smtplib.SMTPNotSupportedError as error:
        raise ServerFailed("The mail server knows no way to sign in, but MAIL_URL has a user.") from error
    except ssl.SSLError as error:
        raise ServerFailed("The mail server's certificate is not valid, or it speaks no TLS.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise ServerFailed(_reason(error, server)) from error
    finally:
        timer.cancel()
        if smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()


def write_file(letter: Letter, folder: Path) -> Path:
    """Write the letter as an .eml file that only the server's own user can read. Raises ``ServerFailed``."""
    path = folder / f"{letter.written_at:%Y%m%dT%H%M%SZ}-{letter.number}-{letter.kind}.eml"
    mine = path.with_suffix(f".{os.getpid()}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(letter.as_mail().as_bytes())
        mine.replace(path)  # whole or not at all
    except OSError as error:
        raise ServerFailed(f"The file cannot be written into {folder}: {error.strerror}.") from error
    return path


def _connect(server: MailServer, own_name: str) -> smtplib.SMTP:
    if not server.speaks_tls_at_once:
        return smtplib.SMTP(server.host, server.port, local_hostname=own_name, timeout=ANSWER_SECONDS)
    context = ssl.create_default_context()
    return smtplib.SMTP_SSL(server.host, server.port, local_hostname=own_name, timeout=ANSWER_SECONDS, context=context)


def _enter(smtp: smtplib.SMTP, server: MailServer) -> None:
    """Begin TLS where it is offered, and say who we are where MAIL_URL says so."""
    smtp.ehlo()
    if not server.speaks_tls_at_once:
        if smtp.has_extn("starttls"):
            smtp.starttls(context=_context(server))
            smtp.ehlo()
        elif server.user and not is_loopback(server.host):
            raise ServerFailed("The mail server offers no TLS, so the password of MAIL_URL is not sent to it.")
    if server.user:
        smtp.login(server.user, server.password)


def _context(server: MailServer) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not server.needs_proof:
        # The other choice would be no encryption: many a relay of a private network has made its own certificate.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _send(smtp: smtplib.SMTP, letter: Letter) -> None:
    try:
        smtp.send_message(letter.as_mail(), letter.sender_address, [letter.recipient_address])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        sentence = f"The mail server refuses the address: {_answer(code, said)}"
        raise (RecipientRefused if 500 <= code < 600 else NotSent)(sentence) from error
    except smtplib.SMTPSenderRefused as error:
        raise ServerFailed(f"The mail server refuses {letter.sender} as sender: {_said(error)}") from error
    except smtplib.SMTPDataError as error:
        raise NotSent(f"The mail server refuses the message: {_said(error)}") from error
    except smtplib.SMTPNotSupportedError as error:
        raise RecipientRefused("The mail server cannot write to an address with letters beyond ASCII.") from error
    except (ValueError, UnicodeError) as error:
        raise RecipientRefused("The address or the subject cannot be written in a mail.") from error


def _said(error: smtplib.SMTPResponseException) -> str:
    return _answer(error.smtp_code, error.smtp_error)


def _answer(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:200]


def _reason(error: Exception, server: MailServer) -> str:
    where = f"{server.host}:{server.port}"
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing answers at {where}."
    if isinstance(error, socket.gaierror):
        return f"The mail server {server.host} is not known."
    if isinstance(error, TimeoutError):
        return f"The mail server at {where} did not answer in time."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return f"The mail server at {where} hung up."
    return f"The mail server at {where} could not be talked to."


def _cut(smtp: smtplib.SMTP | None) -> None:
    """End a conversation that takes too long, however busily."""
    sock = smtp.sock if smtp is not None else None
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _named(name: str, address: str) -> str:
    quoted = name.replace("\\", "").replace('"', "")
    return f'"{quoted}" <{address}>' if quoted.strip() else address


def _sendable(address: str) -> str:
    """The address with its domain in ASCII, as mail servers want it."""
    local, _, domain = address.rpartition("@")
    with contextlib.suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return f"{local}@{domain}"
