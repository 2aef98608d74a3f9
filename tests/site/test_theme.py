"""The theme: small, complete, and of this site alone."""

import gzip
import re

from app.config import ROOT

SHEETS = sorted((ROOT / "static" / "css" / "site").glob("*.css"))


def test_all_of_the_style_is_small() -> None:
    """As it goes over the wire: with a page of an article it is to stay below 14 KB."""
    assert len(gzip.compress(b"".join(path.read_bytes() for path in SHEETS))) < 6 * 1024


def test_every_rule_is_in_a_layer_and_nothing_comes_from_elsewhere() -> None:
    for path in SHEETS:
        css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL).strip()
        assert css.startswith("@layer"), path.name
        assert css.count("{") == css.count("}"), path.name
        assert not re.search(r"url\(|@import|!important", css), path.name
