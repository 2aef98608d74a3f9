"""The storage of files: a folder, or a bucket by fsspec. Nothing else in the software touches either.

Names are made here and never given twice, so a file is never changed: it is there, whole, or it is not. It is
stored before the row that names it, so what a crash leaves is a file without a row: ``media check`` finds those.
"""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol, cast
from urllib.parse import unquote, urlsplit

CHUNK = 1024 * 1024
_UNFINISHED = "unfinished-"
_ORIGINAL = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}\.[a-z0-9]+")


class FileMissing(Exception):
    """The storage does not have this file."""


class StorageUnknown(Exception):
    """MEDIA_URL: must begin with file:// or s3://."""


class Stored(NamedTuple):
    """A file as the storage lists it."""

    key: str
    bytes: int
    changed_at: datetime


class Files(Protocol):
    """A storage. A key looks like ``ab/abcdef….jpg``; only ``new_key`` and ``size_key`` make them."""

    def store(self, key: str, source: BinaryIO) -> None:
        """Keep what ``source`` still has to give, whole or not at all."""

    def open(self, key: str) -> BinaryIO:
        """The file, for reading from any place in it. Raises ``FileMissing``."""

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None:
        """Remove a file and all its sizes; one that is not there is no mistake."""

    def list_stored(self) -> Iterator[Stored]:
        """Everything there is, sizes and what was never finished included."""


def new_key(extension: str) -> str:
    """A name that no other file has or will have."""
    word = secrets.token_hex(16)
    return f"{word[:2]}/{word}.{extension}"


def size_key(key: str, size: str, extension: str) -> str:
    """The name of one size of the picture with this name."""
    return f"{original_of(key)}/{size}.{extension}"


def original_of(key: str) -> str:
    """What a file and its sizes have in common: ``ab/abcdef…``."""
    return "/".join(key.split("/")[:2]).partition(".")[0]


def open_files(url: str) -> Files:
    """The storage at this address, file:///path or s3://bucket/path. Raises ``StorageUnknown``."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc:
        return LocalFiles(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        return BucketFiles(f"{parts.netloc}{parts.path}".rstrip("/"))
    raise StorageUnknown


class LocalFiles:
    """Files in a folder of this machine, or of one that all machines share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def store(self, key: str, source: BinaryIO) -> None:
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_name(f"{_UNFINISHED}{secrets.token_hex(8)}")
        try:
            with unfinished.open("xb") as target:
                shutil.copyfileobj(source, target, CHUNK)
                target.flush()
                os.fsync(target.fileno())
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def open(self, key: str) -> BinaryIO:
        try:
            return (self.folder / key).open("rb")
        except (FileNotFoundError, NotADirectoryError):
            raise FileMissing from None

    def exists(self, key: str) -> bool:
        return (self.folder / key).is_file()

    def delete(self, key: str) -> None:
        (self.folder / key).unlink(missing_ok=True)
        if _ORIGINAL.fullmatch(key):
            shutil.rmtree(self.folder / original_of(key), ignore_errors=True)

    def list_stored(self) -> Iterator[Stored]:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                seen = path.stat()
                moment = datetime.fromtimestamp(seen.st_mtime, UTC)
                yield Stored(path.relative_to(self.folder).as_posix(), seen.st_size, moment)


def _sync_folder(folder: Path) -> None:
    """Let the new name, too, survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class BucketFiles:
    """Files in a bucket. What it needs is asked for when it is first used: a site with a folder does without."""

    def __init__(self, root: str, **options: Any) -> None:
        self.root = root
        self._options = options
        self._made: Any = None

    @property
    def _bucket(self) -> Any:
        if self._made is None:
            import fsspec

            # No listing is remembered: another machine may have stored something since.
            self._made = fsspec.filesystem("s3", use_listings_cache=False, **self._options)
        return self._made

    def store(self, key: str, source: BinaryIO) -> None:
        # An object appears when it is complete.
        with self._bucket.open(f"{self.root}/{key}", "wb") as target:
            shutil.copyfileobj(source, target, CHUNK)

    def open(self, key: str) -> BinaryIO:
        try:
            return cast(BinaryIO, self._bucket.open(f"{self.root}/{key}", "rb", cache_type="readahead"))
        except FileNotFoundError:
            raise FileMissing from None

    def exists(self, key: str) -> bool:
        return bool(self._bucket.exists(f"{self.root}/{key}"))

    def delete(self, key: str) -> None:
        for name in [key, original_of(key)] if _ORIGINAL.fullmatch(key) else [key]:
            if self._bucket.exists(f"{self.root}/{name}"):
                self._bucket.rm(f"{self.root}/{name}", recursive=True)

    def list_stored(self) -> Iterator[Stored]:
        found = self._bucket.find(self.root, detail=True) if self._bucket.exists(self.root) else {}
        for path, about in sorted(found.items()):
            yield Stored(path.removeprefix(f"{self.root}/"), about["size"], about["LastModified"])
