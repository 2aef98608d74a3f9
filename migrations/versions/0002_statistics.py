"""statistics

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

from app.db import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pageview_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("first_hour", sa.SmallInteger(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("last_hour", sa.SmallInteger(), nullable=False),
        sa.Column("view_class", sa.String(length=20), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_by_name", sa.String(length=200), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_by_name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pageview_correction")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pageview_day",
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("view_class", sa.String(length=20), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("readers", sa.BigInteger(), nullable=False),
        sa.Column("corrected", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("article_id", "day", "view_class", name=op.f("pk_pageview_day")),
    )
    op.create_index(op.f("ix_pageview_day_day"), "pageview_day", ["day"], unique=False)
    op.create_table(
        "pageview_detail",
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("dimension", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "day", "dimension", "label", "detail", name=op.f("pk_pageview_detail")),
    )
    op.create_index(op.f("ix_pageview_detail_day"), "pageview_detail", ["day"], unique=False)
    op.create_table(
        "pageview_minute",
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "article_id", name=op.f("pk_pageview_minute")),
    )
    op.create_table(
        "pageview_visitor",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("visitor", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("day", "article_id", "visitor", name=op.f("pk_pageview_visitor")),
    )
    op.create_table(
        "visitor_salt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_visitor_salt")),
    )
    op.create_table(
        "pageview_correction_part",
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["pageview_correction.id"],
            name=op.f("fk_pageview_correction_part_correction_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("correction_id", "article_id", "day", "hour", name=op.f("pk_pageview_correction_part")),
    )
    op.add_column("article", sa.Column("shows_pageviews", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("pageview_hour", sa.Column("corrected", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(op.f("ix_pageview_hour_day"), "pageview_hour", ["day"], unique=False)
    op.add_column("pageview_total", sa.Column("corrected", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("publication", sa.Column("shows_pageviews", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("publication", sa.Column("counts_by_script", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("publication", sa.Column("purge_url", sa.String(length=500), server_default="", nullable=False))
    op.add_column("publication", sa.Column("purge_secret", sa.String(length=200), server_default="", nullable=False))
    # What was counted so far is in hours by article: days, and the sums over all articles, are made from them.
    op.execute(
        "INSERT INTO pageview_hour (article_id, day, hour, view_class, count) "
        "SELECT 0, day, hour, view_class, SUM(count) FROM pageview_hour GROUP BY day, hour, view_class"
    )
    op.execute(
        "INSERT INTO pageview_day (article_id, day, view_class, count, readers) "
        "SELECT article_id, day, view_class, SUM(count), 0 FROM pageview_hour GROUP BY article_id, day, view_class"
    )


def downgrade() -> None:
    op.execute("DELETE FROM pageview_hour WHERE article_id = 0")
    op.drop_column("publication", "purge_secret")
    op.drop_column("publication", "purge_url")
    op.drop_column("publication", "counts_by_script")
    op.drop_column("publication", "shows_pageviews")
    op.drop_column("pageview_total", "corrected")
    op.drop_index(op.f("ix_pageview_hour_day"), table_name="pageview_hour")
    op.drop_column("pageview_hour", "corrected")
    op.drop_column("article", "shows_pageviews")
    op.drop_table("pageview_correction_part")
    op.drop_table("visitor_salt")
    op.drop_table("pageview_visitor")
    op.drop_table("pageview_minute")
    op.drop_index(op.f("ix_pageview_detail_day"), table_name="pageview_detail")
    op.drop_table("pageview_detail")
    op.drop_index(op.f("ix_pageview_day_day"), table_name="pageview_day")
    op.drop_table("pageview_day")
    op.drop_table("pageview_correction")
