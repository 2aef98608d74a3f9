"""Posts to be imported: a folder of Markdown."""

from pathlib import Path

from bench.synthetic import WORDS

_POST = "---\ntitle: {title}\ndate: 2024-03-01\ntags: [paper, ink]\nauthor: Jane Roe\n---\n{body}\n"


def write(folder: Path, number: int) -> Path:
    """Write so many posts of three headed sections; the folder."""
    folder.mkdir()
    for each in range(number):
        body = "\n\n".join(f"## Section {part}\n\n{' '.join(WORDS)} {each}" for part in range(3))
        (folder / f"post-{each}.md").write_text(_POST.format(title=f"Imported {each}", body=body))
    return folder
