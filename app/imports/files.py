"""The files of an imported tree: found in a steady order, read with care. No database here."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from app.articles.models import MAX_PATH
from app.text import clean_line

MAX_BYTES = 4 * 1024 * 1024
POSTS = frozenset({".md", ".markdown", ".mdown", ".mkd", ".html", ".htm"})
IMAGES = frozenset(
    {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".bmp", ".ico", ".tif", ".tiff", ".heic"}
)
# Where generators keep what is no text of an author: layouts, build results, dependencies.
LEFT_OUT = frozenset({"node_modules", "_site", "_layouts", "_includes", "_sass", "_data", "_plugins", "archetypes"})
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class Unreadable(Exception):
    """The file cannot be read as a text; the message is the reason."""


@dataclass(frozen=True)
class Found:
    """A file of the tree: where it lies on this machine, and its path in the tree, which identifies it."""

    file: Path
    path: str
    is_alone: bool = False
    """Whether it was named itself: then it is a post even without front matter."""
    problem: str = ""
    """Why it cannot even be opened."""


def walk(root: Path) -> Iterator[Found]:
    """Every file below ``root`` (or ``root`` itself if it is one), by name; hidden ones are passed over."""
    if not root.is_dir():
        yield Found(root, _path_of_single(root), is_alone=True, problem=_problem(root, root.name))
        return
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            names = sorted(entry.name for entry in os.scandir(folder))
        except OSError as error:
            yield Found(folder, _relative(folder, root), problem=f"the folder cannot be read: {error.strerror}.")
            continue
        below = []
        for name in names:
            entry = folder / name
            if name.startswith(".") or name in LEFT_OUT:
                continue
            if entry.is_dir() and not entry.is_symlink():
                below.append(entry)
            else:
                relative = _relative(entry, root)
                yield Found(entry, relative, problem=_problem(entry, relative))
        folders += reversed(below)


def read(found: Found) -> bytes:
    """What a file holds. Raises ``Unreadable`` for what is too large, unreadable or no kind of post."""
    if found.problem:
        raise Unreadable(found.problem)
    try:
        with found.file.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"it cannot be read: {error.strerror}.") from error
    if len(content) > MAX_BYTES:
        raise Unreadable(f"it is larger than {MAX_BYTES // 1024 // 1024} MiB.")
    return content


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file, and a note on how it was read if that was not as UTF-8. Raises ``Unreadable``."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), "it was read as UTF-16."
        except UnicodeDecodeError as error:
            raise Unreadable("it is binary, not text.") from error
    if b"\x00" in content:
        raise Unreadable("it is binary, not text.")
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        if len(_CONTROL.findall(content[:4096].decode("latin-1"))) > 8:
            raise Unreadable("it is binary, not text.") from error
    try:
        return content.decode("cp1252"), "it is not UTF-8 and was read as Windows-1252: look at its accents."
    except UnicodeDecodeError:
        return content.decode("latin-1"), "it is not UTF-8 and was read as Latin-1: look at its accents."


def _problem(file: Path, path: str) -> str:
    try:
        mode = file.lstat().st_mode
    except OSError as error:
        return f"it cannot be read: {error.strerror}."
    ending = file.suffix.lower()
    if stat.S_ISLNK(mode):
        return "it is a link to another file."
    if not stat.S_ISREG(mode):
        return "it is no regular file."
    if ending in IMAGES:
        return "an image: there is no media storage yet, so it is not brought along."
    if ending not in POSTS:
        return "neither Markdown nor HTML."
    if len(path) > MAX_PATH or clean_line(path) != path:
        return "its path is too long or has unprintable characters."
    return ""


def _path_of_single(file: Path) -> str:
    """A file named alone is known by its name; a bundle's index by its folder's too."""
    whole = PurePosixPath(file.absolute())
    return f"{whole.parent.name}/{whole.name}" if whole.stem.lower() == "index" and whole.parent.name else whole.name


def _relative(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix()
