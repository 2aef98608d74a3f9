"""Links lead somewhere, the README is the way in, and tables say what the code says."""

import re
import subprocess
from pathlib import Path

import pytest

from app.config import ROOT
from tests.docs.pages import PAGES, read

LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_resolve(page: Path) -> None:
    for link in LINK.findall(read(page)):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (ROOT / page).parent / file if file else ROOT / page
        assert target.exists(), f"{page}: {link}"
        assert not anchor or anchor in anchors(target), f"{page}: {link}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_named_files_exist(page: Path) -> None:
    named = re.findall(r"`((?:app|bench|docs|migrations|static|templates|tests)/[\w./-]*)`", read(page))
    made = {"static/dist/", "bench/results/"}
    assert not [name for name in named if name not in made and not (ROOT / name).exists()]


def test_every_page_is_reached_from_the_readme() -> None:
    reached, to_read = set(), [Path("README.md")]
    while to_read:
        page = to_read.pop()
        reached.add(page)
        for link in LINK.findall(read(page)):
            target = Path(page.parent / link.partition("#")[0])
            relative = (ROOT / target).resolve()
            if relative.suffix == ".md" and relative.is_relative_to(ROOT) and relative.relative_to(ROOT) not in reached:
                to_read.append(relative.relative_to(ROOT))
    assert set(PAGES) == reached


def test_the_readme_s_first_screen() -> None:
    first_screen = "\n".join(read("README.md").splitlines()[:45])
    assert "make run" in first_screen
    assert "make test" in first_screen
    assert re.search(r"!\[[^\]]{20,}\]\(docs/images/[\w-]+\.png\)", first_screen), "a picture, with its description"


def test_the_readme_s_map_names_every_folder() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, text=True, capture_output=True)
    if tracked.returncode:  # a release's archive, without git
        folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
        folders -= {"instance", "node_modules"}
    else:
        folders = {line.split("/")[0] for line in tracked.stdout.splitlines() if "/" in line}
    readme = read("README.md")
    assert not [folder for folder in folders if f"\n{folder}/" not in readme]


def test_the_table_of_variables_is_the_configuration() -> None:
    source = read("app/config.py")
    read_by_the_code = set(re.findall(r'env\.get\("([A-Z_]+)"', source)) | set(re.findall(r'env, "([A-Z_]+)"', source))
    for page in ["README.md", "docs/operating.md"]:
        documented = set(re.findall(r"^\| `([A-Z_]+)` \|", read(page), re.MULTILINE))
        assert documented == read_by_the_code, page


def test_pictures_are_small() -> None:
    pictures = list(ROOT.glob("docs/images/*"))
    assert pictures
    assert all(picture.stat().st_size < 300_000 for picture in pictures)
