"""MAIL_URL taken apart: the server that mail is handed to. Pure."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

SUBMISSION, RELAY, OVER_TLS = 587, 25, 465


class MailUrlUnfit(Exception):
    """It must be smtp://user:password@host:port or smtps://user:password@host:port; user and port can be left out."""


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    speaks_tls_at_once: bool = False
    """smtps: else TLS begins with STARTTLS, where it is offered."""

    @property
    def needs_proof(self) -> bool:
        """Whether the server's certificate has to be right: a password is given to nobody else."""
        return self.speaks_tls_at_once or bool(self.user)


def parse(url: str) -> MailServer:
    """Take MAIL_URL apart. Raises ``MailUrlUnfit``, whose message never repeats the URL: it may hold a password."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
        host = host if ":" in host else host.encode("idna").decode()
    except ValueError:
        raise MailUrlUnfit(_and("cannot be read (is a character of the password not encoded?)")) from None
    if parts.scheme not in {"smtp", "smtps"}:
        raise MailUrlUnfit(_and(f"has the scheme {parts.scheme[:20]!r}" if "://" in url else "has no scheme"))
    if not host or port == 0:
        raise MailUrlUnfit(_and("names no server"))
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise MailUrlUnfit(_and("goes on after the server (is a character of the password not encoded?)"))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise MailUrlUnfit(_and("has a password without a user" if password else "has a user without a password"))
    if any(character < " " or character == "\x7f" for character in user + password + host):
        raise MailUrlUnfit(_and("holds a control character"))
    over_tls = parts.scheme == "smtps"
    usual = OVER_TLS if over_tls else SUBMISSION if user else RELAY
    return MailServer(host=host, port=port or usual, user=user, password=password, speaks_tls_at_once=over_tls)


def _and(what: str) -> str:
    return f"{' '.join((MailUrlUnfit.__doc__ or '').split()).removesuffix('.')}; this one {what}."
