"""Every variable is read once, checked, and named in the sentence that refuses it."""

import os
import subprocess
import sys
import threading
from ipaddress import ip_network
from pathlib import Path

import pytest

from app import mail_url
from app.config import ROOT, Config, ConfigError, from_env


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


def read(instance: Path, **environ: str) -> Config:
    return from_env({"INSTANCE_DIR": str(instance)} | environ)


def test_nothing_need_be_set(instance: Path) -> None:
    config = read(instance)
    assert config.database_url == f"sqlite:///{instance}/typecase.db"
    assert config.site_url == "http://localhost:8000"
    assert (config.host, config.port, config.web_concurrency, config.trusted_proxies) == ("127.0.0.1", 8000, 2, ())
    assert config.is_loopback
    assert not config.is_https


def test_blank_is_unset(instance: Path) -> None:
    names = [name for name in WRONG if name != "INSTANCE_DIR"]
    assert read(instance, **dict.fromkeys(names, "  ")) == read(instance)


def test_the_address_follows_the_port(instance: Path) -> None:
    assert read(instance, PORT="8080").site_url == "http://localhost:8080"
    assert read(instance, PORT="8080", SITE_URL="https://example.org").site_url == "https://example.org"


WRONG = {
    "PORT": ["0", "65536", "-1", "80a", "8000.0", "８０", "9" * 5000, "1e3"],
    "WEB_CONCURRENCY": ["0", "65", "two", "-2"],
    "ACCESS_LOG": ["syslog", "FILE", "/var/log"],
    "ACCESS_LOG_DAYS": ["-1", "367", "a week"],
    "HOST": ["not a host", "http://localhost", "127.0.0.1:8000", "a\nb", "::g"],
    "TRUSTED_PROXIES": ["nginx", "10.0.0.0/33", "10.0.0.1/8", "127.0.0.1 10.0.0.256", "*"],
    "SITE_URL": [
        "example.org", "ftp://example.org", "https://", "https:///", "https://example.org/blog", "https://example.org?a=1",
        "https://example.org#top", "https://me@example.org", "https://@example.org", "https://exa mple.org",
        "https://example.org:0", "https://example.org:70000", "https://example.org:port", "https://[::1",
        "https://example.org\\@evil.example", "javascript:alert(1)", "https://-example.org", "https://" + "a" * 300,
        "//example.org",
    ],
    "SECRET_KEY": ["short", "x" * 15, " " * 14 + "x"],
    "DATABASE_URL": [
        "mysql://me:secret@host/name", "typecase.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "postgresql://",
        "postgresql://me:secret@host", "postgresql://me:secret@host:port/name", "postgresql:/name", "postgres",
        "sqlite:////no/such/folder/typecase.db", "sqlite:////", "://",
    ],
    "MAIL_URL": [
        "mail.example.org", "mail.example.org:25", "imap://mail.example.org", "smtp://", "smtp:///", "smtp://user@mail.example.org",
        "smtp://:secret@mail.example.org", "smtp://user:secret@", "smtp://user:se/cret@mail.example.org",
        "smtp://user:se#cret@mail.example.org", "smtp://user:secret@mail.example.org:port", "smtp://mail.example.org:70000",
        "smtp://user:secret%0d%0aRSET@mail.example.org", "smtp://mail.example.org/inbox", "smtp://mail.example.org?tls=0",
        "smtp://[::1", "//mail.example.org", "://",
    ],
    "INSTANCE_DIR": ["/dev/null/instance", "~nobody-of-this-name/instance", "/proc/instance"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_refused_by_name(name: str, value: str, instance: Path) -> None:
    with pytest.raises(ConfigError, match=f"^{name}: ") as refused:
        from_env({"INSTANCE_DIR": str(instance), name: value})
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "secret" not in sentence, "a message may end in a log: no password in it"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Example.org/", "https://example.org"),
        ("HTTPS://example.org:443", "https://example.org"),
        ("http://example.org:80", "http://example.org"),
        ("https://example.org:8443", "https://example.org:8443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://example.org:", "https://example.org"),
        ("http://my_host", "http://my_host"),
    ],
)
def test_the_site_address_is_kept_as_browsers_write_it(given: str, kept: str, instance: Path) -> None:
    assert read(instance, SITE_URL=given).site_url == kept


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.53", "[::1]", "blog.localhost"])
def test_loopback_addresses_are_known(host: str, instance: Path) -> None:
    assert read(instance, SITE_URL=f"http://{host}:8000").is_loopback


@pytest.mark.parametrize("host", ["example.org", "10.0.0.1", "0.0.0.0", "localhost.example.org", "[::2]"])
def test_other_addresses_are_not_loopback(host: str, instance: Path) -> None:
    assert not read(instance, SITE_URL=f"http://{host}:8000").is_loopback


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "PostgreSQL"])
def test_postgresql_means_psycopg_3(scheme: str, instance: Path) -> None:
    config = read(instance, DATABASE_URL=f"{scheme}://me:p%40ss@host:5433/name")
    assert config.database_url == "postgresql+psycopg://me:p%40ss@host:5433/name"


def test_postgresql_over_a_socket(instance: Path) -> None:
    url = read(instance, DATABASE_URL="postgresql:///name?host=/run/postgresql").database_url
    assert url.startswith("postgresql+psycopg:///name?host=")


def test_networks_and_single_addresses(instance: Path) -> None:
    config = read(instance, TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8 2001:db8::/32,")
    assert config.trusted_proxies == tuple(map(ip_network, ("127.0.0.1/32", "10.0.0.0/8", "2001:db8::/32")))


def test_the_key_is_made_once_and_kept_private(instance: Path) -> None:
    config = read(instance)
    path = instance / "secret_key"
    assert path.read_text() == config.secret_key
    assert path.stat().st_mode & 0o777 == 0o600
    assert instance.stat().st_mode & 0o077 == 0
    assert read(instance).secret_key == config.secret_key
    assert read(instance, SECRET_KEY="given by the operator").secret_key == "given by the operator"


def test_processes_starting_together_agree_on_the_key(instance: Path) -> None:
    instance.mkdir()
    barrier, keys = threading.Barrier(8), []

    def start() -> None:
        barrier.wait()
        keys.append(read(instance).secret_key)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [path.name for path in instance.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("content", [b"", b"too short\n", b"\xff" * 40])
def test_a_kept_key_that_is_no_key_is_refused(content: bytes, instance: Path) -> None:
    instance.mkdir()
    (instance / "secret_key").write_bytes(content)
    with pytest.raises(ConfigError, match=r"^SECRET_KEY: .*secret_key"):
        read(instance)


def test_a_command_ends_with_the_sentence_and_status_1(instance: Path) -> None:
    environ = os.environ | {"INSTANCE_DIR": str(instance), "PORT": "eighty"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    result = subprocess.run(command, cwd=ROOT, env=environ, text=True, capture_output=True)
    assert result.returncode == 1
    assert result.stderr == "typecase: PORT: must be a whole number from 1 to 65535, not 'eighty'.\n"
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("given", "is_at"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, "", "")),
        ("smtp://ada%40example.org:a%2Fb%3A@mail.example.org", ("mail.example.org", 587, "ada@example.org", "a/b:")),
        ("smtp://mail.example.org:2525/", ("mail.example.org", 2525, "", "")),
        ("smtps://ada:secret@[::1]", ("::1", 465, "ada", "secret")),
        ("SMTP://bücher.example", ("xn--bcher-kva.example", 25, "", "")),
    ],
)
def test_the_mail_server_is_read_from_its_url(given: str, is_at: tuple[str, int, str, str], instance: Path) -> None:
    server = mail_url.parse(read(instance, MAIL_URL=given).mail_url)
    assert (server.host, server.port, server.user, server.password) == is_at
    assert not server.password or server.password not in repr(server)
