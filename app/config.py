"""The configuration of one installation, read once at start from the environment.

``Config`` is frozen and typed. ``from_env`` is the only reader of ``os.environ``; each error is a
``ConfigError`` whose sentence names the variable.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app import mail_url

ROOT = Path(__file__).resolve().parent.parent
MEBIBYTE = 1024 * 1024
_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9])?")
_LOOPBACK_NAME = re.compile(r"([a-z0-9-]+\.)*localhost")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class ConfigError(Exception):
    """A variable has a value that cannot be used; the message says which, and what would do."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything an installation decides. Paths are absolute, sizes in bytes, times in seconds."""

    database_url: str
    secret_key: str
    instance_dir: Path
    site_url: str = "http://localhost:8000"
    site_url_given: bool = False
    """Whether SITE_URL was set: then it is the site's address, whatever the settings say."""
    host: str = "127.0.0.1"
    port: int = 8000
    web_concurrency: int = 2
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    max_request_bytes: int = 8 * MEBIBYTE
    page_cache_bytes: int = 64 * MEBIBYTE
    """How much room each worker has for finished pages; 0 keeps none."""
    reader_lane: bool = True
    """Whether kept pages are answered in gunicorn's event loop; without it only speed changes."""
    logs_to_files: bool = True
    """Whether the server writes its access log into files, with shortened networks; else to stderr, without."""
    access_log_days: int = 7
    """How many days of the access log are kept in files; 0 writes none."""
    allows_private_webhooks: bool = False
    """Whether messages may go to this machine and its own network; always while the site itself is loopback."""
    media_url: str = ""
    """MEDIA_URL where it was set; see ``media_storage``."""
    mail_url: str = ""
    """The server that mail is handed to; empty: mail becomes files in ``outbox_dir``."""
    max_upload_bytes: int = 64 * MEBIBYTE
    max_picture_pixels: int = 50_000_000
    max_picture_frames: int = 600
    """Of a moving picture, whose frames together may have ``max_picture_pixels``."""
    fold_seconds: float | None = 1.0
    """How often views are folded from the journal into the database; None starts no thread."""

    @property
    def journal_dir(self) -> Path:
        return self.instance_dir / "journal"

    @property
    def log_dir(self) -> Path:
        return self.instance_dir / "log"

    @property
    def outbox_dir(self) -> Path:
        return self.instance_dir / "outbox"

    @property
    def media_storage(self) -> str:
        """Where uploaded files are kept: a folder of the instance, unless MEDIA_URL says another or a bucket."""
        return self.media_url or (self.instance_dir / "media").as_uri()

    @property
    def media_lock(self) -> Path:
        return self.instance_dir / "media.lock"

    @property
    def is_https(self) -> bool:
        return self.site_url.startswith("https://")

    @property
    def is_loopback(self) -> bool:
        """Whether the site's address is this machine itself: then every loopback name and port is allowed."""
        return is_loopback(urlsplit(self.site_url).hostname or "")


def is_loopback(host: str) -> bool:
    """Whether this host name or address, without a port, can only be the machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return _LOOPBACK_NAME.fullmatch(host) is not None


def from_env(environ: Mapping[str, str] | None = None) -> Config:
    """Read the configuration from the environment; raises ``ConfigError`` naming the variable."""
    env = os.environ if environ is None else environ
    instance_dir = _instance_dir(env)
    port = _integer(env, "PORT", default=8000, least=1, most=65535)
    given = env.get("SITE_URL", "").strip()
    return Config(
        database_url=_database_url(env, instance_dir),
        secret_key=_secret_key(env, instance_dir),
        instance_dir=instance_dir,
        site_url=_site_url(given) if given else f"http://localhost:{port}",
        site_url_given=bool(given),
        host=_host(env),
        port=port,
        web_concurrency=_integer(env, "WEB_CONCURRENCY", default=2, least=1, most=64),
        trusted_proxies=_networks(env, "TRUSTED_PROXIES"),
        reader_lane=_switch(env, "READER_LANE", default=True),
        page_cache_bytes=_integer(env, "PAGE_CACHE_MIB", default=64, least=0, most=4096) * MEBIBYTE,
        logs_to_files=_choice(env, "ACCESS_LOG", "file", "stderr") == "file",
        allows_private_webhooks=_switch(env, "ALLOW_PRIVATE_WEBHOOKS", default=False),
        media_url=_media_url(env),
        mail_url=_mail_url(env),
        max_upload_bytes=_integer(env, "MAX_UPLOAD_MIB", default=64, least=1, most=4096) * MEBIBYTE,
        access_log_days=_integer(env, "ACCESS_LOG_DAYS", default=7, least=0, most=366),
    )


def _instance_dir(env: Mapping[str, str]) -> Path:
    given = env.get("INSTANCE_DIR", "").strip() or ROOT / "instance"
    try:
        path = Path(given).expanduser().resolve()
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(f"INSTANCE_DIR: the folder {given} cannot be made: {error.strerror}.") from error
    except RuntimeError as error:  # what expanduser() raises for somebody unknown
        raise ConfigError(f"INSTANCE_DIR: {given} names a person this machine does not know.") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ConfigError(f"INSTANCE_DIR: the folder {path} cannot be written to.")
    return path


def _database_url(env: Mapping[str, str], instance_dir: Path) -> str:
    """The address for SQLAlchemy. No message repeats the given one: it may hold a password."""
    given = env.get("DATABASE_URL", "").strip()
    if not given:
        return f"sqlite:///{instance_dir / 'typecase.db'}"
    wanted = "DATABASE_URL: must be sqlite:////path/to/file or postgresql://user:password@host/name"
    scheme, separator, rest = given.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in {"sqlite", "postgresql", "postgres", "postgresql+psycopg"}:
        raise ConfigError(f"{wanted}; its scheme is {scheme if separator else 'missing'!r}.")
    try:
        url = make_url(f"{'sqlite' if scheme == 'sqlite' else 'postgresql+psycopg'}://{rest}")
    except (ArgumentError, ValueError):
        raise ConfigError(f"{wanted}; this one cannot be read (is a character of the password not encoded?).") from None
    if not url.database or url.database == ":memory:":
        raise ConfigError(f"{wanted}; this one names no {'file' if scheme == 'sqlite' else 'database'}.")
    if scheme == "sqlite":
        _check_sqlite_file(Path(url.database))
    return url.render_as_string(hide_password=False)


def _check_sqlite_file(path: Path) -> None:
    if not path.parent.is_dir():
        raise ConfigError(f"DATABASE_URL: there is no folder {path.parent} for the SQLite file.")
    if path.is_dir():
        raise ConfigError(f"DATABASE_URL: {path} is a folder, not an SQLite file.")


def _media_url(env: Mapping[str, str]) -> str:
    given = env.get("MEDIA_URL", "").strip()
    parts = urlsplit(given)
    is_folder = parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
    if given and not is_folder and not (parts.scheme == "s3" and parts.netloc and "@" not in parts.netloc):
        raise ConfigError("MEDIA_URL: must be file:///path/to/folder or s3://bucket/path.")
    return given


def _mail_url(env: Mapping[str, str]) -> str:
    given = env.get("MAIL_URL", "").strip()
    if given:
        try:
            mail_url.parse(given)
        except mail_url.MailUrlUnfit as refusal:
            raise ConfigError(f"MAIL_URL: {refusal}") from None
    return given


def _secret_key(env: Mapping[str, str], instance_dir: Path) -> str:
    given = env.get("SECRET_KEY", "").strip()
    if given:
        if len(given) < 16:
            raise ConfigError("SECRET_KEY: must have at least 16 characters; leave it unset to have one made.")
        return given
    path = instance_dir / "secret_key"
    try:
        kept = _keep_key(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ConfigError(f"SECRET_KEY: none is set, and the one in {path} cannot be used: {reason}.") from error
    if len(kept) < 16:
        raise ConfigError(f"SECRET_KEY: the key kept in {path} is too short; remove the file.")
    return kept


def _keep_key(path: Path) -> str:
    """The key in this file, made now if there is none. Of two processes starting together, one makes it."""
    if not path.exists():
        mine = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            # Whole or not at all: nobody reads a key that is still being written.
            os.link(mine, path)
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return path.read_text().strip()


def origin_of(typed: str) -> str | None:
    """A site's address as browsers write it, ``http(s)://host[:port]``; None if ``typed`` is not one."""
    try:
        parts = urlsplit(typed)
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or port == 0 or "@" in parts.netloc:
        return None
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        return None
    # As browsers write it in the Host header: without the scheme's own port.
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else "")


def _site_url(given: str) -> str:
    origin = origin_of(given)
    if origin is None:
        raise ConfigError(
            f"SITE_URL: {given!r} must be http:// or https:// with a host name and no path, like https://example.org."
        )
    return origin


def _ascii_host(name: str) -> str:
    """A host as browsers send it: international names in ASCII, IPv6 in brackets; raises ``ValueError``."""
    if ":" in name:
        return f"[{ip_address(name).compressed}]"
    ascii_name = name if name.isascii() else name.encode("idna").decode()
    if not _HOST_NAME.fullmatch(ascii_name):
        raise ValueError(name)
    return ascii_name


def _host(env: Mapping[str, str]) -> str:
    given = env.get("HOST", "").strip() or "127.0.0.1"
    try:
        return _ascii_host(given.strip("[]").lower()).strip("[]")
    except ValueError:
        raise ConfigError(
            f"HOST: {given!r} is not an address to listen at, like 127.0.0.1, 0.0.0.0 (all of them) or ::1."
        ) from None


def _integer(env: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    given = env.get(name, "").strip()
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 10 and least <= int(given) <= most):
        raise ConfigError(f"{name}: must be a whole number from {least} to {most}, not {given[:40]!r}.")
    return int(given)


def _choice(env: Mapping[str, str], name: str, *choices: str) -> str:
    """One of the choices; the first where none is made."""
    given = env.get(name, "").strip() or choices[0]
    if given not in choices:
        raise ConfigError(f"{name}: must be {' or '.join(choices)}, not {given[:40]!r}.")
    return given


def _switch(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    given = env.get(name, "").strip()
    if given not in {"", "0", "1"}:
        raise ConfigError(f"{name}: must be 1 (on) or 0 (off), not {given[:40]!r}.")
    return default if not given else given == "1"


def _networks(env: Mapping[str, str], name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    networks = []
    for part in env.get(name, "").replace(",", " ").split():
        try:
            networks.append(ip_network(part))
        except ValueError:
            raise ConfigError(f"{name}: {part!r} is not a network like 10.0.0.0/8 or an address.") from None
    return tuple(networks)
