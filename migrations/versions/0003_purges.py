"""purges

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

from app.db import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "purge_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("told_until", Moment(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.Column("claimed_by", sa.String(length=40), nullable=False),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_purge_state_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_state")),
    )


def downgrade() -> None:
    op.drop_table("purge_state")
