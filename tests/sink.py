"""A mail server on loopback, for tests of what is sent: real SMTP, by aiosmtpd."""

import asyncio
import datetime
import ipaddress
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "typecase@example.org", "a pass/word: of the sink's"


@dataclass
class Letter:
    """What came in: whom the envelope names, whether over TLS and as whom, and the message."""

    sender: str
    recipients: list[str]
    over_tls: bool
    user: str
    mail: EmailMessage

    @property
    def text(self) -> str:
        return str(self.mail.get_content()).replace("\r\n", "\n")


@dataclass
class Sink:
    """Remembers what was handed in. ``refuses_recipients`` and ``refuses_data`` are answers in place of the usual."""

    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    refuses_recipients: str = ""
    refuses_data: str = ""
    before_data: Any = None

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _opts: Any) -> str:  # noqa: N802
        if self.refuses_recipients:
            return self.refuses_recipients
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.before_data is not None:
            self.before_data()
        if self.refuses_data:
            return self.refuses_data
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        user = session.auth_data.login.decode() if session.auth_data else ""
        self.letters.append(Letter(envelope.mail_from, envelope.rcpt_tos, session.ssl is not None, user, mail))
        return "250 OK"


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False, auth_data=data if right else None)


@contextmanager
def receiving(
    *, port: int = 0, certificate: Path | None = None, tls_at_once: bool = False, asks_password: bool = False
) -> Iterator[Sink]:
    """A mail server that listens while the block runs; with a certificate it offers STARTTLS, or begins with TLS."""
    sink, loop = Sink(), asyncio.new_event_loop()
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)

    def protocol() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it advises against what is tested: a server without TLS
            return SMTP(
                sink,
                loop=loop,
                hostname="sink.example.org",
                tls_context=None if tls_at_once else context,
                authenticator=_authenticate,
                auth_required=asks_password,
                auth_require_tls=False,
                enable_SMTPUTF8=False,
            )

    # All of it in a thread of its own: the test's may have a loop already, the browser's.
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening = loop.create_server(protocol, "127.0.0.1", port, ssl=context if tls_at_once else None)
    server = asyncio.run_coroutine_threadsafe(listening, loop).result()
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()


def make_certificate(path: Path) -> Path:
    """A certificate for localhost, signed by itself, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path
