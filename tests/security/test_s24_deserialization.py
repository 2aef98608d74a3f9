"""S24: data from outside becomes texts, lists and dicts, and nothing that does something. No pickle: tests/house."""

from pathlib import Path

import pytest
from flask import Flask

TAGS = [
    "!!python/object/apply:os.system ['touch {marker}']", "!!python/object/new:os.system ['touch {marker}']",
    "!!python/name:os.system", "!!python/module:os",
    "!<tag:yaml.org,2002:python/object/apply:os.system> ['touch {marker}']",
    "!!binary aGVsbG8=", "!!set {{a, b}}",
]  # fmt: skip


@pytest.mark.parametrize("tag", TAGS)
def test_front_matter_makes_no_objects(app: Flask, tmp_path: Path, tag: str) -> None:
    marker, folder = tmp_path / "ran", tmp_path / "posts"
    folder.mkdir()
    written = tag.format(marker=marker)
    (folder / "one.md").write_text(f"---\ntitle: One\nslug: one\nevil: {written}\n---\nWords.\n")
    (folder / "two.md").write_text("---\ntitle: Two\nslug: two\n---\nWords.\n")
    ran = app.test_cli_runner().invoke(args=["articles", "import", str(folder)])
    assert not marker.exists()
    assert "one.md" in ran.output, "the file is named and passed over"
    assert app.test_client().get("/one").status_code == 404
