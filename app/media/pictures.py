"""Pictures are made anew: nothing that a file brought beside its pixels is kept. All of Pillow is here; slow.

What comes out stands upright, in sRGB, with eight bits a channel and without metadata. Bounds are checked before
anything is decoded.
"""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from PIL import Image, ImageCms, ImageOps, JpegImagePlugin

from app.media import limits, png, sniffing
from app.media.limits import Limits
from app.media.sniffing import Found

KEPT_PIXELS = 24_000_000
"""A larger JPEG is stored at half its width and height, again and again until it has fewer; others have no more."""
LARGE = 4_000_000
"""Pixels."""
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP",
            "image/avif": "AVIF", "image/bmp": "BMP", "image/x-icon": "ICO"}  # fmt: skip
_MOVING = frozenset({"AVIF", "GIF", "PNG", "WEBP"})
_KEPT_INFO = frozenset({"transparency", "duration", "loop", "background", "disposal", "blend", "default_image"})
_KEPT_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, ArithmeticError, LookupError, TypeError,
           AttributeError, AssertionError, RuntimeError)  # fmt: skip
"""What decoders raise over damaged or hostile bytes: all of it means the same."""
# A second line behind our own check: frames that claim more than their picture.
Image.MAX_IMAGE_PIXELS = 50_000_000
_SRGB = ImageCms.createProfile("sRGB")


class Made(NamedTuple):
    """A picture made anew: what it now is, and how large."""

    found: Found
    width: int
    height: int
    frames: int


def remake(source: BinaryIO, found: Found, target: BinaryIO, *, within: Limits) -> Made:
    """Write the picture in ``source`` anew into ``target``. Raises a ``Refused``.

    One at a time in a process: the decoders' warnings are silenced for all of it.
    """
    is_lossless = b"VP8L" in source.read(sniffing.LOOKED_AT)
    source.seek(0)
    with _reading(within), Image.open(source, formats=[_FORMATS[found.mime]]) as image:
        _check_size(image, within)
        durations = _list_durations(image, within)
        if len(durations) > 1 and (frames := _save_moving(image, target, durations)) > 1:
            return Made(found, *image.size, frames)
        style = _style_of(image) or ({"lossless": True} if is_lossless else {"quality": 90})
        upright = _upright(_shrunk(image))
        plain = _plain(upright)
        made = _save(plain, found, target, style)
        return Made(made, *plain.size, 1)


def resize(
    source: BinaryIO, target: BinaryIO, *, width: int, square: bool, focus: tuple[int, int], extension: str
) -> None:
    """Write a stored picture ``width`` pixels wide, or less if it is smaller, as ``extension`` says.

    ``square`` crops it around ``focus``, per cent of width and height.
    """
    with Image.open(source) as image:
        if square:
            side = min(width, *image.size)
            centre = (focus[0] / 100, focus[1] / 100)
            made = ImageOps.fit(_drafted(image, side * 2), (side, side), Image.Resampling.LANCZOS, centering=centre)
        else:
            shown = min(width, image.width)
            height = max(1, round(image.height * shown / image.width))
            made = _drafted(image, shown * 2).resize((shown, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        if extension == "avif":
            made.save(target, "AVIF", quality=60, speed=9, max_threads=1, exif=b"", icc_profile=b"")
        else:
            made.save(target, "WEBP", quality=80, method=2, exif=b"", icc_profile=b"")


def _drafted(image: Image.Image, least: int) -> Image.Image:
    """A picture ready to be made smaller: decoded no larger than needed, with full colours."""
    image.draft(None, (least, max(1, least * image.height // image.width)))
    has_alpha = image.mode in {"LA", "PA", "RGBA"} or "transparency" in image.info
    return image.convert("RGBA" if has_alpha else "RGB")


@contextmanager
def _reading(within: Limits) -> Iterator[None]:
    """What goes wrong with a picture becomes a sentence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except limits.Refused:
            raise
        except (Image.DecompressionBombError, MemoryError):
            raise limits.TooManyPixels(within) from None
        except _BROKEN:
            raise limits.Damaged from None


def _check_size(image: Image.Image, within: Limits) -> None:
    """Only a JPEG can be decoded at half its size: what is not to be kept whole could not be held in memory."""
    most = within.pixels if image.format in {"JPEG", "MPO"} else min(within.pixels, KEPT_PIXELS)
    if min(image.size) < 1:
        raise limits.Damaged
    if image.width * image.height > most or max(image.size) > limits.LONGEST_SIDE:
        raise limits.TooManyPixels(replace(within, pixels=most), image.size)


def _list_durations(image: Image.Image, within: Limits) -> list[float]:
    """How long each frame of a moving picture is shown, in milliseconds; looked at no further than the bounds."""
    if image.format not in _MOVING or not getattr(image, "is_animated", False):
        return [0]
    most = min(within.frames, within.pixels // (image.width * image.height))
    durations = []
    try:
        for number in range(most + 1):
            image.seek(number)
            if image.format in {"AVIF", "WEBP"}:
                image.load()  # before, these formats do not know
            durations.append(float(image.info.get("duration", 100)))
    except EOFError:
        image.seek(0)
        return durations
    raise limits.TooManyFrames(within)


def _save_moving(image: Image.Image, target: BinaryIO, durations: list[float]) -> int:
    """All frames, with how long each is shown, and nothing else of the file; how many that were.

    Equal frames become one. Where one is left it is no moving picture: ``target`` is empty again.
    """
    shown: list[Any] = [int(duration) for duration in durations]
    _strip(image)
    if image.format == "GIF":
        image.save(target, "GIF", save_all=True, duration=shown, comment=b"")
    elif image.format == "WEBP":
        how: dict[str, Any] = {"quality": 85, "method": 2, "exif": b"", "icc_profile": b"", "xmp": b""}
        image.save(target, "WEBP", save_all=True, duration=shown, loop=image.info.get("loop", 0), **how)
    elif image.format == "AVIF":
        how = {"quality": 80, "speed": 9, "max_threads": 1, "exif": b"", "icc_profile": b"", "xmp": b""}
        image.save(target, "AVIF", save_all=True, duration=shown, **how)
    else:
        image.save(target, "PNG", save_all=True, duration=shown, exif=b"", icc_profile=None)
    target.seek(0)
    with Image.open(target) as made:
        frames = int(getattr(made, "n_frames", 1))
    if frames == 1:
        target.seek(0)
        target.truncate()
        image.seek(0)
    return frames


def _shrunk(image: Image.Image) -> Image.Image:
    """The picture, decoded; halved until it is small enough to be worked on and kept."""
    times = 1
    while image.width * image.height > KEPT_PIXELS * times * times:
        times *= 2
    if times > 1:
        image.draft(None, (image.width // times, image.height // times))
        while image.width * image.height > KEPT_PIXELS:
            image = image.reduce(2)
    image.load()
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its EXIF says. What cannot be read there says nothing."""
    with suppress(*_BROKEN):
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _plain(image: Image.Image) -> Image.Image:
    """In sRGB, eight bits a channel, with nothing else attached."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    image = _in_srgb(image, profile) if profile else image
    if image.mode not in _KEPT_MODES:
        image = image.convert("RGBA" if image.mode in {"PA", "La", "RGBa"} else "RGB")
    _strip(image)
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen bits to eight: conversion alone would cut everything bright."""
    return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The same colours in sRGB; a profile that cannot be read or does not fit says nothing."""
    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        if image.mode in {"P", "PA", "LA"}:
            has_alpha = image.mode != "P" or "transparency" in image.info
            image = image.convert("RGBA" if has_alpha else "RGB")
        wanted = image.mode if image.mode in {"RGB", "RGBA"} else "RGB"
        converted = ImageCms.profileToProfile(image, given, _SRGB, outputMode=wanted)
    except (*_BROKEN, ImageCms.PyCMSError):
        return image
    return converted or image


def _strip(image: Image.Image) -> None:
    image.info = {name: value for name, value in image.info.items() if name in _KEPT_INFO}


def _style_of(image: Image.Image) -> dict[str, Any]:
    """How a JPEG was compressed, so that it is neither larger nor worse afterwards."""
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        sampling = JpegImagePlugin.get_sampling(image)
        tables = image.quantization
        fits = all(max(table) < 256 for table in tables.values()) and len(tables) <= 4
        return {"qtables": tables, "subsampling": sampling} if fits and sampling >= 0 else {"quality": 90}
    return {}


def _save(image: Image.Image, found: Found, target: BinaryIO, style: dict[str, Any]) -> Found:
    """Write a still picture in the format it came in, or as PNG where that is no format for pages."""
    if found is sniffing.JPEG:
        ready = image if image.mode in {"L", "RGB"} else image.convert("RGB")
        _save_jpeg(ready, target, style)
    elif found is sniffing.GIF:
        image.save(target, "GIF", comment=b"")
    elif found is sniffing.WEBP:
        image.save(target, "WEBP", method=4, exif=b"", icc_profile=b"", xmp=b"", **style)
    elif found is sniffing.AVIF:
        image.save(target, "AVIF", quality=80, speed=9, max_threads=1, exif=b"", icc_profile=b"", xmp=b"")
    else:
        _save_png(image, target)
        return sniffing.PNG
    return found


def _save_png(image: Image.Image, target: BinaryIO) -> None:
    """A large one is packed less tightly: it would take seconds."""
    is_large = image.width * image.height >= LARGE
    if is_large and image.mode in png.MODES and "transparency" not in image.info:
        png.write(image, target)
    else:
        image.save(target, "PNG", icc_profile=None, compress_level=3 if is_large else 6)


def _save_jpeg(image: Image.Image, target: BinaryIO, style: dict[str, Any]) -> None:
    start = target.tell()
    if image.mode == "L" and "qtables" in style:
        style = {"qtables": {0: style["qtables"][min(style["qtables"])]}}
    try:
        image.save(target, "JPEG", optimize=True, progressive=True, **style)
    except (ValueError, TypeError, OSError):
        target.seek(start)
        target.truncate()
        image.save(target, "JPEG", optimize=True, progressive=True, quality=90)
