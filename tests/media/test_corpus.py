"""Real files, sound and hostile: each ends in a picture or a sentence, in little memory."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.config import ROOT

pytestmark = pytest.mark.corpus
MOST_MIB = 300
PAYLOADS = (b"phpinfo", b"<script", b"<?php", b"onerror", b"Exif\x00\x00", b"ICC_PROFILE", b"iCCP", b"http://ns.adobe")
REFUSED = {"bomb", "filenames", "imagetragick", "svg-clean", "svg-hostile"}


@pytest.fixture(scope="module")
def results(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, dict[str, Any]], float, Path]:
    """By folder and name what became of each file; the process's peak of memory in MiB; where the pictures are."""
    files = [path for path in sorted((corpus / "uploads").rglob("*")) if path.is_file() and path.suffix != ".tsv"]
    assert len(files) > 40
    made = tmp_path_factory.mktemp("made")
    command = [sys.executable, "-m", "tests.media.corpus_child", str(made), *map(str, files)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    *lines, last = [json.loads(line) for line in run.stdout.splitlines()]
    return {"-".join(Path(line["file"]).parts[-2:]): line for line in lines}, last["peak_mib"], made


Results = tuple[dict[str, dict[str, Any]], float, Path]


def test_each_ends_in_a_picture_or_a_sentence(results: Results) -> None:
    for name, said in results[0].items():
        folder = Path(said["file"]).parent.name
        if folder == "valid":
            assert "picture" in said, said
        if folder in REFUSED:
            assert said.get("sentence", "").endswith("."), name
        assert {"picture", "kept", "refused"} & said.keys()


def test_memory_stays_small(results: Results, record_property: Any) -> None:
    slowest = max(results[0].values(), key=lambda said: float(said["seconds"]))
    record_property("peak_mib", results[1])
    record_property("slowest", f"{slowest['file']}: {slowest['seconds']:.3f} s")
    assert results[1] < MOST_MIB


def test_nothing_but_pixels_is_kept(results: Results) -> None:
    pictures = [path for path in results[2].iterdir() if path.stat().st_size]
    assert len(pictures) > 25
    for path in pictures:
        content = path.read_bytes()
        assert [payload for payload in PAYLOADS if payload in content] == [], path.name
        with Image.open(path) as image:
            image.load()
            assert not image.getexif() and not {"icc_profile", "xmp", "comment", "photoshop"} & image.info.keys()


@pytest.mark.parametrize("name", ["exif-Landscape_3.jpg", "exif-Landscape_6.jpg"])
def test_pictures_stand_upright(results: Results, name: str) -> None:
    """All photos of this series show the same, told apart by their EXIF orientation."""
    with (
        Image.open(results[2] / "valid-exif-Landscape_1.jpg") as first,
        Image.open(results[2] / f"valid-{name}") as other,
    ):
        assert first.size == other.size == (1800, 1200)
        small = [list(one.convert("L").resize((12, 8)).tobytes()) for one in (first, other)]
    assert max(abs(a - b) for a, b in zip(*small, strict=True)) < 40
