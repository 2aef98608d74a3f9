"""S10: names of files are made here, and no address leads out of its folder. More: tests/admin/test_media_security.py.

Archives (links, too many files, too large ones): with the importers that read them.
"""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import Config
from tests.media.specimens import JSON, picture, upload, upload_one

NAMES = [
    "../../../x.jpg",
    "..\\..\\x.jpg",
    "/etc/x.jpg",
    "%2e%2e%2fx.jpg",
    "a/../../x.jpg",
    "x.jpg\x00.php",
    ".htaccess",
]
WAYS = ["../typecase.db", "..%2ftypecase.db", "%2e%2e/%2e%2e/secret_key", "..%5c..%5csecret_key", "....//secret_key",
        "%252e%252e%252fsecret_key", "/etc/passwd", "..;/secret_key", "%c0%ae%c0%ae/secret_key"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_name_says_where_a_file_is_kept(editor: FlaskClient, app: Flask, config: Config, name: str) -> None:
    before = {path for path in config.instance_dir.rglob("*") if path.is_file()}
    answer = upload(editor, (picture(), name), **JSON)
    assert answer.status_code == 201, answer.text
    folder = app.extensions["typecase.media"].files.folder
    stored = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert len(stored) == 1 and re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}\.jpg", stored[0])
    outside = {path for path in config.instance_dir.rglob("*") if path.is_file()} - before - set(folder.rglob("*"))
    assert not [path for path in outside if path.suffix in {".jpg", ".php"}]


@pytest.mark.parametrize("way", WAYS)
def test_no_address_leads_to_another_file(editor: FlaskClient, client: FlaskClient, config: Config, way: str) -> None:
    upload_one(editor, picture())
    secret = b"a secret of the instance"
    (config.instance_dir / "secret_key").write_bytes(secret)
    for start in ("/static/", "/static/dist/", "/media/1/", "/media/", "/media/1/400/"):
        answer = client.get(start + way)
        assert answer.status_code in {301, 308, 400, 404}, start
        assert secret not in answer.data and b"SQLite" not in answer.data
        answer.close()
