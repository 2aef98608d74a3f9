"""What a file is, by its first bytes and never by its name. Pure."""

from typing import NamedTuple

from app.media import limits

LOOKED_AT = 4096


class Found(NamedTuple):
    """What a file is: one of ``models.KINDS``, its type, and the extension its address gets."""

    kind: str
    mime: str
    extension: str


JPEG = Found("image", "image/jpeg", "jpg")
PNG = Found("image", "image/png", "png")
GIF = Found("image", "image/gif", "gif")
WEBP = Found("image", "image/webp", "webp")
AVIF = Found("image", "image/avif", "avif")
BMP = Found("image", "image/bmp", "bmp")
ICO = Found("image", "image/x-icon", "ico")
PDF = Found("document", "application/pdf", "pdf")
MP3 = Found("audio", "audio/mpeg", "mp3")
FLAC = Found("audio", "audio/flac", "flac")
WAV = Found("audio", "audio/wav", "wav")
OGG = Found("audio", "audio/ogg", "ogg")
M4A = Found("audio", "audio/mp4", "m4a")
OGV = Found("video", "video/ogg", "ogv")
MP4 = Found("video", "video/mp4", "mp4")
WEBM = Found("video", "video/webm", "webm")

_BEGINNINGS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"BM", BMP),
    (b"\x00\x00\x01\x00", ICO),
    (b"%PDF-", PDF),
    (b"ID3", MP3),
    (b"fLaC", FLAC),
)
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AUDIO_BRANDS = frozenset({b"M4A ", b"M4B ", b"F4A "})
_VIDEO_BRANDS = (b"iso", b"mp4", b"avc", b"M4V", b"dash", b"MSNV", b"3gp", b"3g2", b"F4V")


def sniff(head: bytes) -> Found:
    """What a file is that begins with these ``LOOKED_AT`` bytes. Raises a ``Refused`` that says what to do."""
    if not head.strip(b"\x00"):
        raise limits.Empty if not head else limits.UnknownKind
    for beginning, found in _BEGINNINGS:
        if head.startswith(beginning):
            return found
    if head[4:8] == b"ftyp":
        return _sniff_boxes(head)
    if head.startswith(b"RIFF"):
        return _sniff_riff(head)
    if head.startswith(b"OggS"):
        return OGV if b"\x80theora" in head else OGG
    if head.startswith(b"\x1aE\xdf\xa3"):
        if b"webm" in head[:64]:
            return WEBM
        raise limits.QuickTimeRefused
    if head.startswith((b"II*\x00", b"MM\x00*")):
        raise limits.TiffRefused
    if _is_mpeg_audio(head):
        return MP3
    raise limits.SvgRefused if _is_svg(head) else limits.UnknownKind


def _sniff_boxes(head: bytes) -> Found:
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))]
    if {b"avif", b"avis"} & set(brands):
        return AVIF
    if brands[0] in _HEIC:
        raise limits.HeicRefused
    if brands[0] == b"qt  ":
        raise limits.QuickTimeRefused
    if brands[0] in _AUDIO_BRANDS:
        return M4A
    if brands[0].startswith(_VIDEO_BRANDS):
        return MP4
    raise limits.UnknownKind


def _sniff_riff(head: bytes) -> Found:
    found = {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if found is None:
        raise limits.UnknownKind
    return found


def _is_mpeg_audio(head: bytes) -> bool:
    """Whether an MPEG audio frame begins here: sync, a layer, a rate of bits and of samples that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    return version != 1 and layer == 1 and head[2] >> 4 not in {0, 15} and head[2] >> 2 & 3 != 3


def _is_svg(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") and b"<svg" in head.lower()
