"""Files for tests: small pictures made here, and rows of the library with or without their files."""

import secrets
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.media.files import new_key
from app.media.models import Media
from app.media.storing import Received, add
from tests.forms import csrf_token

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + b"\x00" * 413
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41" + b"\x00\x00\x00\x08free" + bytes(range(256)) * 8
JSON = {"Accept": "application/json"}


def picture(size: tuple[int, int] = (640, 480), kind: str = "JPEG", *, colour: str = "teal", **how: Any) -> bytes:
    """A picture with something to see, each colour another file."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).ellipse([0, 0, size[0] // 2, size[1] // 2], fill="white")
    return encoded(image, kind, **how)


def moving(frames: int = 4, size: tuple[int, int] = (40, 30), kind: str = "GIF", **how: Any) -> bytes:
    """A picture that moves."""
    images = [Image.new("RGB", size, (number * 40 % 256, 90, 200)) for number in range(frames)]
    return encoded(images[0], kind, save_all=True, append_images=images[1:], duration=100, loop=0, **how)


def encoded(image: Image.Image, kind: str, **how: Any) -> bytes:
    held = BytesIO()
    image.save(held, kind, **how)
    return held.getvalue()


def add_media(session: Session, *, by_id: int | None = None, kind: str = "image", title: str = "A b.jpg") -> Media:
    """A row of the library whose file is not stored."""
    word = secrets.token_hex(32)
    received = Received(
        file=new_key("jpg"), kind=kind, mime="image/jpeg", extension="jpg", bytes=10, upload_hash=word,
        content_hash=word, title=title, width=640, height=480,
    )  # fmt: skip
    return add(session, received, by_id=by_id)[0]


def upload(client: FlaskClient, *files: tuple[bytes, str], url: str = "/admin/media", **headers: str) -> TestResponse:
    """Send files as the form does; each with the name it has there."""
    data = {"csrf_token": csrf_token(client), "file": [(BytesIO(content), name) for content, name in files]}
    return client.post(url, data=data, headers=headers, content_type="multipart/form-data")


def upload_one(client: FlaskClient, content: bytes, name: str = "harbour.jpg") -> dict[str, Any]:
    """Upload a file as a script does; its item."""
    answer = upload(client, (content, name), **JSON)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json()["items"][0])


def fetch(client: FlaskClient, url: str, **headers: str) -> TestResponse:
    """Get a file and take all of it, so that it is closed."""
    answer = client.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer.get_data()
    answer.close()
    return answer
