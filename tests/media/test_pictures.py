"""Pictures made anew: what is kept of them, what is refused."""

from io import BytesIO

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from app.media import limits, pictures, png, sniffing
from app.media.limits import Limits
from tests.media.specimens import MP3, MP4, PDF, encoded, moving, picture

WITHIN = Limits(bytes=1024 * 1024, pixels=1_000_000, frames=20)


def remake(content: bytes, within: Limits = WITHIN) -> tuple[pictures.Made, Image.Image]:
    target = BytesIO()
    made = pictures.remake(BytesIO(content), sniffing.sniff(content[:4096]), target, within=within)
    target.seek(0)
    return made, Image.open(target)


@pytest.mark.parametrize(
    ("kind", "becomes"),
    [
        ("JPEG", "JPEG"),
        ("PNG", "PNG"),
        ("GIF", "GIF"),
        ("WEBP", "WEBP"),
        ("AVIF", "AVIF"),
        ("BMP", "PNG"),
        ("ICO", "PNG"),
    ],
)
def test_each_format_of_pages_is_kept(kind: str, becomes: str) -> None:
    made, image = remake(picture((64, 48), kind, **({"sizes": [(64, 48)]} if kind == "ICO" else {})))
    assert (image.format, made.width, made.height, made.frames) == (becomes, 64, 48, 1)
    assert abs(image.convert("RGB").getpixel((60, 40))[1] - 128) < 12, "teal"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_each_kind_of_png_keeps_its_looks(mode: str) -> None:
    grey = Image.new("L", (20, 20), 200)
    source = Image.new("I;16", (20, 20), 200 * 257) if mode == "I;16" else grey.convert(mode)
    made, image = remake(encoded(source, "PNG"))
    assert made.width == 20
    expected = 255 if mode == "1" else 200
    assert abs(image.convert("L").getpixel((10, 10)) - expected) <= 2
    assert image.mode in {"1", "L", "LA", "P", "RGB", "RGBA"}


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (301, 7), (640, 480)])
@pytest.mark.parametrize("is_flat", [True, False])
def test_a_large_png_keeps_every_pixel_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, mode: str, size: tuple[int, int], is_flat: bool
) -> None:
    monkeypatch.setattr(pictures, "LARGE", 1)
    monkeypatch.setattr(png, "STRIP", 5_000)
    grain = Image.new("L", size, 130) if is_flat else Image.effect_noise(size, 80)
    bands = [grain, grain.point(lambda value: 255 - value), grain, grain.transpose(Image.Transpose.ROTATE_180)]
    source = grain if mode == "L" else Image.merge(mode, bands[: len(mode)])
    info = PngInfo()
    info.add_text("Comment", "secret words")
    content = encoded(source, "PNG", pnginfo=info, dpi=(7, 7)) + b"<script>hidden behind the end</script>"
    target = BytesIO()
    pictures.remake(BytesIO(content), sniffing.PNG, target, within=WITHIN)
    with Image.open(BytesIO(target.getvalue())) as image:
        image.verify()
    with Image.open(target) as image:
        assert (image.mode, image.size, image.tobytes()) == (mode, size, source.tobytes())
        assert image.info == {}
    assert b"secret" not in target.getvalue() and b"script" not in target.getvalue()


def test_transparency_stays() -> None:
    source = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    for kind in ("PNG", "WEBP", "AVIF"):
        assert remake(encoded(source, kind))[1].convert("RGBA").getpixel((5, 5))[3] == 0


def test_colours_are_brought_to_srgb() -> None:
    """A profile that swaps nothing but is not sRGB: its colours look the same without it."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    assert remake(picture(icc_profile=srgb.tobytes()))[1].info.get("icc_profile") is None
    assert remake(picture(icc_profile=lab.tobytes()))[0].width == 640, "a profile that does not fit says nothing"
    assert remake(picture(icc_profile=b"no profile at all"))[0].width == 640
    cmyk = encoded(Image.new("CMYK", (10, 10), (0, 255, 255, 0)), "JPEG")
    assert remake(cmyk)[1].mode == "RGB"


def test_metadata_and_place_are_gone_and_the_picture_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "secret words"
    exif.get_ifd(0x8825)[2] = (50.0, 6.0, 0.0)
    content = picture((60, 40), exif=exif.tobytes(), comment=b"secret comment")
    assert b"secret words" in content and b"secret comment" in content
    target = BytesIO()
    made = pictures.remake(BytesIO(content), sniffing.JPEG, target, within=WITHIN)
    assert (made.width, made.height) == (40, 60)
    assert b"secret" not in target.getvalue() and b"Exif" not in target.getvalue()


@pytest.mark.parametrize("kind", ["AVIF", "GIF", "WEBP", "PNG"])
def test_what_moves_goes_on_moving(kind: str) -> None:
    made, image = remake(moving(5, kind=kind))
    assert made.frames == image.n_frames == 5
    image.load()
    assert image.info.get("duration") == 100
    assert image.info.get("loop", 0) == 0


def test_comments_of_a_moving_picture_are_gone() -> None:
    target, content = BytesIO(), moving(3, comment=b"secret comment")
    assert b"secret" in content
    pictures.remake(BytesIO(content), sniffing.GIF, target, within=WITHIN)
    assert b"secret" not in target.getvalue()


def test_too_much_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(limits.TooManyPixels, match=r"1,001 × 1,000 pixels: 1 million"):
        remake(encoded(Image.new("1", (1001, 1000)), "PNG"))
    with pytest.raises(limits.TooManyPixels):
        remake(encoded(Image.new("1", (16_384, 2)), "PNG"))
    with pytest.raises(limits.TooManyFrames, match="20 frames"):
        remake(moving(21))
    with pytest.raises(limits.TooManyFrames):
        remake(moving(6, (500, 400)))


def test_a_large_photo_is_kept_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "KEPT_PIXELS", 20_000)
    made, image = remake(picture((400, 300)))
    assert (made.width, made.height) == image.size == (100, 75)
    with pytest.raises(limits.TooManyPixels):
        remake(picture((400, 300), "PNG"))


def test_damaged_pictures_are_refused() -> None:
    whole = picture()
    for content in (whole[:900], whole[:3], b"\x89PNG\r\n\x1a\n" + b"x" * 100, b"GIF89a\x00\x00\x00\x00\x00\x00\x00;"):
        with pytest.raises(limits.Refused):
            remake(content)


def test_content_decides_what_a_file_is() -> None:
    for content, mime in (
        (PDF, "application/pdf"), (MP3, "audio/mpeg"), (MP4, "video/mp4"),
        (b"\xff\xfb\x90\x64" + b"x" * 60, "audio/mpeg"),
        (b"OggS" + b"\0" * 40 + b"OpusHead", "audio/ogg"), (b"OggS" + b"\0" * 24 + b"\x80theora", "video/ogg"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"), (b"fLaC\0\0\0\x22", "audio/flac"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0", "audio/mp4"), (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "video/webm"),
    ):  # fmt: skip
        assert sniffing.sniff(content).mime == mime


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", limits.Empty),
        (b"\0" * 500, limits.UnknownKind),
        (b"PK\x03\x04", limits.UnknownKind),
        (b"#!/bin/sh", limits.UnknownKind),
        (b"\xff\xf1\x00\x00", limits.UnknownKind),
        (b"<html><svg onload=alert(1)>", limits.SvgRefused),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?><SVG>", limits.SvgRefused),
        (b"\0\0\0\x18ftypheic\0\0\0\0heicmif1", limits.HeicRefused),
        (b"II*\0\x08\0\0\0", limits.TiffRefused),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", limits.QuickTimeRefused),
        (b"\x1aE\xdf\xa3\x9fB\x82\x88matroska", limits.QuickTimeRefused),
        (b"RIFF\x24\0\0\0AVI LIST", limits.UnknownKind),
    ],
)
def test_what_is_not_taken_is_told_why(content: bytes, why: type[limits.Refused]) -> None:
    with pytest.raises(why):
        sniffing.sniff(content)


def test_sizes_are_never_larger_than_the_picture() -> None:
    for width, square, shown in ((400, False, (400, 300)), (800, False, (640, 480)), (400, True, (400, 400))):
        target = BytesIO()
        pictures.resize(BytesIO(picture()), target, width=width, square=square, focus=(50, 50), extension="webp")
        assert Image.open(target).size == shown
