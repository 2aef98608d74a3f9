"""writing

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

from app.db import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "presence",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("tab", sa.String(length=40), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_presence_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_presence_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "account_id", "tab", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_seen_at"), "presence", ["seen_at"])
    op.create_table(
        "save_receipt",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("save_id", sa.String(length=40), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_save_receipt_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_save_receipt_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "save_id", name=op.f("pk_save_receipt")),
    )
    op.create_index(op.f("ix_save_receipt_article_id_created_at"), "save_receipt", ["article_id", "created_at"])
    # Not in a batch: SQLite would copy the tables, with all that was ever saved in them.
    for table in ("draft", "revision"):
        op.add_column(table, sa.Column("block_ids", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column("revision", sa.Column("name", sa.String(length=200), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("revision", "name")
    op.drop_column("revision", "block_ids")
    op.drop_column("draft", "block_ids")
    op.drop_table("save_receipt")
    op.drop_table("presence")
