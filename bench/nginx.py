"""nginx with one worker that serves pages as pre-compressed static files and writes an access log: our yardstick."""

import os
from pathlib import Path

from bench.machine import NGINX
from tests.servers import Server

_CONFIGURATION = """\
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
    default_type text/html;
    charset utf-8;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 65;
    keepalive_requests 1000000000;
    {temporary}
    {log}
    {cached}
    gzip_static on;
    gzip_vary on;
    server {{
        listen 127.0.0.1:{port} backlog=511;
        root {folder}/pages;
        location = /healthz {{ access_log off; return 200; }}
    }}
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def write_pages(folder: Path, pages: dict[str, tuple[bytes, bytes]]) -> None:
    """Put pages (address: as it is, and compressed) where ``command`` serves them from."""
    (folder / "pages").mkdir(parents=True)
    for address, (plain, compressed) in pages.items():
        (folder / "pages" / address.lstrip("/")).write_bytes(plain)
        (folder / "pages" / f"{address.lstrip('/')}.gz").write_bytes(compressed)


def command(server: Server, folder: Path, *, tuned: bool = False) -> list[str]:
    """The command of an nginx at this server's port; its settings and log are in the folder.

    As Debian sets it up (each line of the log written at once, each file opened anew), or ``tuned``: lines are
    written 64 KiB at a time, and the files stay open. Raises ``AssertionError`` where nginx is missing.
    """
    assert NGINX is not None
    buffered = " buffer=64k flush=1s" if tuned else ""
    settings = folder / f"nginx-{server.port}.conf"
    settings.write_text(_CONFIGURATION.format(
        folder=folder, port=server.port,
        user="user root;" if os.geteuid() == 0 else "",  # else its worker could not read the folder
        temporary=" ".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY),
        log=f"access_log {folder}/access-{server.port}.log combined{buffered};",
        cached="open_file_cache max=4000 inactive=60s; open_file_cache_valid 60s;" if tuned else "",
    ))  # fmt: skip
    return [NGINX, "-p", str(folder), "-c", str(settings)]
