"""Finish the freshly generated first migration: it also makes the rows that there is one of."""

from app.config import ROOT

path = ROOT / "migrations" / "versions" / "0001_initial.py"
source = path.read_text()
row = """
    op.execute(
        "INSERT INTO publication (id, name, tagline, language, time_zone, address, articles_per_page) "
        "VALUES (1, 'Typecase', '', 'en', 'UTC', '', 10)"
    )
    op.execute("INSERT INTO site_version (id, version) VALUES (1, 0)")
"""
marker = "    # ### end Alembic commands ###\n"
before, after = source.split(marker, 1)
path.write_text(before + marker + row + after)
