"""media

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

from app.db import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("extension", sa.String(length=8), nullable=False),
        sa.Column("mime", sa.String(length=40), nullable=False),
        sa.Column("file", sa.String(length=80), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("upload_hash", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("alt", sa.String(length=500), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("credit", sa.String(length=300), nullable=False),
        sa.Column("focus_x", sa.Integer(), nullable=False),
        sa.Column("focus_y", sa.Integer(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_media_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("file", name=op.f("uq_media_file")),
        sa.UniqueConstraint("upload_hash", name=op.f("uq_media_upload_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_media_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_media_content_hash"), ["content_hash"], unique=False)
        batch_op.create_index("ix_media_kind_id", ["kind", "id"], unique=False)

    op.create_table(
        "media_use",
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_media_use_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_media_use_media_id")),
        sa.PrimaryKeyConstraint("media_id", "article_id", "place", name=op.f("pk_media_use")),
    )
    with op.batch_alter_table("media_use", schema=None) as batch_op:
        batch_op.create_index("ix_media_use_article_id", ["article_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("media_use", schema=None) as batch_op:
        batch_op.drop_index("ix_media_use_article_id")

    op.drop_table("media_use")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.drop_index("ix_media_kind_id")
        batch_op.drop_index(batch_op.f("ix_media_content_hash"))
        batch_op.drop_index(batch_op.f("ix_media_account_id"))

    op.drop_table("media")
