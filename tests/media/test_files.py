"""The storage: whole files or none, in a folder and in a bucket; and what a crash leaves behind."""

import os
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from moto.server import ThreadedMotoServer

from app import clock
from app.media.files import BucketFiles, FileMissing, Files, LocalFiles, StorageUnknown, new_key, open_files, size_key
from tests.media.specimens import add_media, fetch, picture, upload_one


@pytest.fixture(scope="module")
def bucket(monkeypatch_module: pytest.MonkeyPatch) -> Iterator[BucketFiles]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch_module.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch_module.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch_module.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch_module.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    files = open_files("s3://pictures/of/the-site")
    assert isinstance(files, BucketFiles)
    files._bucket.mkdir("pictures")
    yield files
    server.stop()


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    if request.param == "folder":
        return open_files((tmp_path / "a folder").as_uri())
    bucket: BucketFiles = request.getfixturevalue("bucket")
    for one in list(bucket.list_stored()):
        bucket.delete(one.key)
    return bucket


def read(files: Files, key: str) -> bytes:
    with files.open(key) as file:
        return file.read()


def test_what_is_stored_can_be_read_from_any_place(files: Files) -> None:
    key = new_key("bin")
    files.store(key, BytesIO(b"0123456789" * 300_000))
    assert files.exists(key)
    with files.open(key) as file:
        assert file.seek(0, os.SEEK_END) == 3_000_000
        file.seek(1_000_005)
        assert file.read(4) == b"5678"


def test_what_is_not_there_is_said_to_be_missing(files: Files) -> None:
    key = new_key("jpg")
    assert not files.exists(key)
    with pytest.raises(FileMissing):
        files.open(key)
    files.delete(key)


def test_a_picture_goes_with_its_sizes_and_no_other(files: Files) -> None:
    keys = [new_key("jpg"), new_key("jpg")]
    for key in keys:
        files.store(key, BytesIO(b"picture"))
        files.store(size_key(key, "400", "webp"), BytesIO(b"small"))
    small = {size_key(key, "400", "webp"): 5 for key in keys}
    assert {one.key: one.bytes for one in files.list_stored()} == dict.fromkeys(keys, 7) | small
    files.delete(keys[0])
    assert {one.key for one in files.list_stored()} == {keys[1], size_key(keys[1], "400", "webp")}
    files.delete(size_key(keys[1], "400", "webp"))
    assert [one.key for one in files.list_stored()] == [keys[1]]


class Dying(BytesIO):
    """A source that breaks off."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise ConnectionResetError
        return super().read(3)


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)
    with pytest.raises(ConnectionResetError):
        files.store(new_key("jpg"), Dying(b"0123456789"))
    assert list(files.list_stored()) == []


@pytest.mark.parametrize("url", ["", "/srv/media", "http://example.org/", "file://host/path", "s3://", "ftp://x/y"])
def test_other_storages_are_unknown(url: str) -> None:
    with pytest.raises(StorageUnknown):
        open_files(url)


def test_names_are_never_given_twice_and_say_nothing() -> None:
    keys = {new_key("jpg") for _ in range(100)}
    assert len(keys) == 100
    assert all(len(key) == 39 and key[2] == "/" and key[:2] == key[3:5] for key in keys)


def check(app: Flask, *options: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["media", "check", *options])
    return result.exit_code, result.output


@pytest.mark.any_database
def test_what_a_crash_left_is_found_and_swept(app: Flask, editor: FlaskClient, the_clock: object) -> None:
    """The process died after storing a file and before its row was there."""
    item = upload_one(editor, picture())
    fetch(editor, item["thumbnail"])
    files = app.extensions["typecase.media"].files
    orphan = new_key("jpg")
    files.store(orphan, BytesIO(b"orphan"))
    files.store(size_key(orphan, "400", "webp"), BytesIO(b"orphan"))
    code, said = check(app, "--sweep")
    assert code == 0 and "removed" not in said, "its row may still be on its way"
    the_clock.set(clock.now() + timedelta(hours=2))  # type: ignore[attr-defined]
    code, said = check(app)
    assert code == 0 and said.count("left over: ") == 2 and f"left over: {orphan}" in said
    assert files.exists(orphan), "only looked at"
    assert check(app, "--sweep")[1].count("removed: ") == 2
    assert not files.exists(orphan)
    assert fetch(editor, item["url"]).status_code == 200
    assert fetch(editor, item["thumbnail"]).status_code == 200


@pytest.mark.any_database
def test_a_missing_and_a_damaged_file_are_told(app: Flask, editor: FlaskClient, session: object) -> None:
    gone = add_media(session)  # type: ignore[arg-type]
    session.commit()  # type: ignore[attr-defined]
    upload_one(editor, picture())
    files = app.extensions["typecase.media"].files
    key = next(one.key for one in files.list_stored())
    (files.folder / key).write_bytes(b"cut")
    code, said = check(app)
    assert code == 1 and f"missing: {gone.file}" in said and f"damaged: {key}" in said
