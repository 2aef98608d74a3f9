"""S25: what would take too long or too much is refused before it does. Worst cases of bodies, by time:
tests/articles/test_hostile_bodies.py; of pictures: tests/admin/test_media_security.py."""

import struct
import zlib

import pytest
from flask.testing import FlaskClient

from tests.forms import csrf_token, field_errors
from tests.media.specimens import JSON, fetch, picture, upload, upload_one

BODIES = {
    "nested": "<ul><li>" * 2_000, "quoted": "<blockquote>" * 5_000, "long": "x" * 1_000_001,
    "formatting": "<b><i><p>" * 3_000,
}  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_nobody_writes_is_refused_at_its_field(editor: FlaskClient, body: str) -> None:
    fields = {"csrf_token": csrf_token(editor), "title": "One", "body": BODIES[body]}
    answer = editor.post("/admin/articles", data=fields)
    assert answer.status_code == 422 and "body" in field_errors(answer)


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that say they are a very large picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


@pytest.mark.any_database
@pytest.mark.parametrize(("width", "height"), [(100_000, 100_000), (2**31 - 1, 2), (60_000, 60_000)])
def test_a_picture_is_measured_before_it_is_unpacked(editor: FlaskClient, width: int, height: int) -> None:
    answer = upload(editor, (huge_png(width, height), "bomb.png"), **JSON)
    assert answer.status_code == 422 and answer.get_json()["sentence"].endswith(".")


@pytest.mark.any_database
def test_sizes_come_from_a_list(editor: FlaskClient, client: FlaskClient) -> None:
    name = upload_one(editor, picture(), "harbour.jpg")["url"].rsplit("/", 1)[1]
    assert fetch(client, f"/media/1/400/{name.replace('.jpg', '.webp')}").status_code == 200
    for size in ("399", "1", "99999", "400x400", "-400", "4e2"):
        assert client.get(f"/media/1/{size}/{name.replace('.jpg', '.webp')}").status_code == 404


@pytest.mark.any_database
def test_parts_and_fields_are_bounded(client: FlaskClient) -> None:
    many = "&".join(f"a{number}=b" for number in range(50_000))
    form = "application/x-www-form-urlencoded"
    assert client.post("/login", data=many, content_type=form).status_code in {400, 413}
    parts = (
        b"".join(b'--z\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' for _ in range(1_100)) + b"--z--\r\n"
    )
    assert client.post("/login", data=parts, content_type="multipart/form-data; boundary=z").status_code == 413
