"""What is too much, and why a file is refused: every sentence that people read about it."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much a file may be. A moving picture's frames count together towards ``pixels``."""

    bytes: int
    pixels: int
    frames: int


LONGEST_SIDE = 16_383
"""In pixels: more does not fit a WebP picture."""


class Refused(Exception):
    """This file cannot be taken."""


class Empty(Refused):
    """This file is empty. Was it still being copied? Please choose it again."""


class TooManyBytes(Refused):
    """This file is too large."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(f"This file is too large: {limits.bytes // MEBIBYTE} MiB is the most. Please make it smaller.")


class TooManyPixels(Refused):
    """This picture has too many pixels."""

    def __init__(self, limits: Limits, size: tuple[int, int] | None = None) -> None:
        has = f"{size[0]:,} × {size[1]:,} pixels" if size else "far too many pixels"
        super().__init__(
            f"This picture has {has}: {limits.pixels // 1_000_000} million in all and {LONGEST_SIDE:,} on a side "
            "are the most (a JPEG may have more). Please make it smaller and try again."
        )


class TooManyFrames(Refused):
    """This picture moves for too long."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(
            f"This picture moves for too long: {limits.frames} frames with {limits.pixels // 1_000_000} million pixels "
            "together are the most. Please shorten it, or upload it as a video (MP4 or WebM)."
        )


class Damaged(Refused):
    """This picture is damaged or incomplete. Please save it again, or export it anew, and try once more."""


class SvgRefused(Refused):
    """SVG drawings are not taken, because they can carry programs. Please export it as PNG or WebP."""


class HeicRefused(Refused):
    """HEIC pictures cannot be shown by most browsers. Please export it as JPEG (phones: “Most compatible”)."""


class TiffRefused(Refused):
    """TIFF pictures cannot be shown by browsers. Please save it as JPEG or PNG."""


class QuickTimeRefused(Refused):
    """QuickTime and Matroska films play in few browsers. Please export it as MP4 or WebM."""


class UnknownKind(Refused):
    """This is no file the library knows. Pictures (JPEG, PNG, GIF, WebP, AVIF), PDF, audio and video can be taken."""

    def __init__(self) -> None:
        super().__init__(
            "This is none of the files that the library takes: pictures (JPEG, PNG, GIF, WebP, AVIF, BMP, ICO), "
            "PDF, audio (MP3, M4A, Ogg, WAV, FLAC) and video (MP4, WebM). Its content decides, not its name."
        )


class OtherKind(Refused):
    """A file can only be replaced by one of the same kind."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"Only {wanted} can take the place of this file. Please upload this one as a new file.")


class AlreadyThere(Refused):
    """This file is already in the library."""

    def __init__(self, title: str) -> None:
        super().__init__(f"The library already has this file, as “{title}”. Nothing was replaced.")


class Busy(Exception):
    """Many pictures are being worked on just now. Please try again in a minute."""
