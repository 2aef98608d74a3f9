"""The configuration of one installation, read once at start from the environment.

``Config`` is frozen and typed. ``from_env`` is the only reader of ``os.environ``; each error is a
``ConfigError`` whose sentence names the variable.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
MEBIBYTE = 1024 * 1024


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
    fold_seconds: float | None = 1.0
    """How often views are folded from the journal into the database; None starts no thread."""

    @property
    def journal_dir(self) -> Path:
        return self.instance_dir / "journal"

    @property
    def is_https(self) -> bool:
        return self.site_url.startswith("https://")

    @property
    def is_loopback(self) -> bool:
        """Whether the site's address is this machine itself: then every loopback name and port is allowed."""
        return urlsplit(self.site_url).hostname in LOOPBACK_HOSTS


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
        host=env.get("HOST", "").strip() or "127.0.0.1",
        port=port,
        web_concurrency=_integer(env, "WEB_CONCURRENCY", default=2, least=1, most=64),
        trusted_proxies=_networks(env, "TRUSTED_PROXIES"),
    )


def _instance_dir(env: Mapping[str, str]) -> Path:
    path = Path(env.get("INSTANCE_DIR", "").strip() or ROOT / "instance").expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(f"INSTANCE_DIR: the folder {path} cannot be made: {error.strerror}.") from error
    if not os.access(path, os.W_OK):
        raise ConfigError(f"INSTANCE_DIR: the folder {path} cannot be written to.")
    return path


def _database_url(env: Mapping[str, str], instance_dir: Path) -> str:
    url = env.get("DATABASE_URL", "").strip()
    if not url:
        return f"sqlite:///{instance_dir / 'typecase.db'}"
    scheme, separator, rest = url.partition("://")
    if separator and scheme in {"postgresql", "postgres", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    if separator and scheme == "sqlite" and len(rest) > 1:
        return url
    raise ConfigError(
        "DATABASE_URL: must be sqlite:////path/to/file or postgresql://user:password@host/name; "
        f"its scheme is {scheme if separator else 'missing'!r}."
    )


def _secret_key(env: Mapping[str, str], instance_dir: Path) -> str:
    given = env.get("SECRET_KEY", "")
    if given:
        if len(given) < 16:
            raise ConfigError("SECRET_KEY: must have at least 16 characters; leave it unset to have one made.")
        return given
    path = instance_dir / "secret_key"
    try:
        # O_EXCL: of two processes starting together, one makes the key and both read it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text().strip()
        if len(kept) < 16:
            raise ConfigError(f"SECRET_KEY: the key kept in {path} is too short; remove the file.") from None
        return kept
    made = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w") as file:
        file.write(made)
    return made


def _site_url(given: str) -> str:
    try:
        parts = urlsplit(given)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise ConfigError(f"SITE_URL: {given!r} is not an address like https://example.org.") from None
    whole = parts.scheme in {"http", "https"} and parts.hostname and port_is_fine
    if not whole or parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        raise ConfigError(
            f"SITE_URL: {given!r} must be http:// or https:// with a host name and no path, like https://example.org."
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _integer(env: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    given = env.get(name, "").strip()
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and least <= int(given) <= most):
        raise ConfigError(f"{name}: must be a whole number from {least} to {most}, not {given!r}.")
    return int(given)


def _networks(env: Mapping[str, str], name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    networks = []
    for part in env.get(name, "").replace(",", " ").split():
        try:
            networks.append(ip_network(part))
        except ValueError:
            raise ConfigError(f"{name}: {part!r} is not a network like 10.0.0.0/8 or an address.") from None
    return tuple(networks)
