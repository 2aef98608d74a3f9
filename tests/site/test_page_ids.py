"""Anchors of a body never clash with the ids of the page around it."""

import re
from pathlib import Path

import pytest

from app.articles.finishing import PAGE_IDS
from app.articles.rendering import render
from app.config import ROOT

TEMPLATES = sorted((ROOT / "templates" / "site").rglob("*.html")) + sorted(
    (ROOT / "templates" / "errors").rglob("*.html")
)


def ids_in(template: Path) -> set[str]:
    return set(re.findall(r"""\sid=["']?([^"'>]+)""", template.read_text(encoding="utf-8")))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_id_of_the_readers_pages_is_kept_from_bodies(template: Path) -> None:
    made = {name for name in ids_in(template) if "{" in name}
    assert ids_in(template) - made <= PAGE_IDS
    # An id made of something cannot be listed: only pages without a body may have those.
    assert not made or (
        "|safe" not in template.read_text(encoding="utf-8").replace(" ", "") and made == {"year-{{ year }}"}
    )


def test_the_templates_have_ids_to_compare() -> None:
    assert "content" in set().union(*map(ids_in, TEMPLATES))


@pytest.mark.parametrize("name", sorted(PAGE_IDS))
def test_an_anchor_of_that_name_gets_a_number(name: str) -> None:
    assert f'id="{name}-1"' in render(f"<h2>{name}</h2>", "html").html
