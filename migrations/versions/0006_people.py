"""people

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

from app.db import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_roles()
    with op.batch_alter_table("account", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(length=35), server_default="", nullable=False))
        batch_op.add_column(sa.Column("handle", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("second_factor_due_at", Moment(), nullable=True))
        batch_op.alter_column("role", type_=sa.String(length=40), existing_nullable=False)
        batch_op.drop_constraint(op.f("ck_account_role_known"), type_="check")
        batch_op.create_unique_constraint(op.f("uq_account_handle"), ["handle"])
        batch_op.create_foreign_key(op.f("fk_account_role"), "role", ["role"], ["name"])
    with op.batch_alter_table("signed_in", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("means", sa.String(length=40), server_default="password", nullable=False))
        batch_op.add_column(sa.Column("proved_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("browser", sa.String(length=300), server_default="", nullable=False))
        batch_op.add_column(sa.Column("network", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("as_role", sa.String(length=40), nullable=True))
        batch_op.create_foreign_key(op.f("fk_signed_in_as_role"), "role", ["as_role"], ["name"], ondelete="SET NULL")
    with op.batch_alter_table("one_time_link", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("purpose", sa.String(length=20), server_default="welcome", nullable=False))
        batch_op.add_column(sa.Column("email", sa.String(length=254), nullable=True))
    op.execute("UPDATE one_time_link SET purpose = 'setup' WHERE account_id IS NULL")
    _add_to_publication()
    _add_to_article()
    _make_invitations()
    _make_factors()
    _make_throttle()
    _make_audit()
    _make_outbox()
    _make_bulk_actions()


def _make_roles() -> None:
    role = op.create_table(
        "role",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("is_builtin", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.Column("demands_second_factor", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("grace_days", sa.Integer(), server_default="14", nullable=False),
        sa.Column("created_at", Moment(), server_default=sa.func.current_timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_role")),
    )
    op.bulk_insert(
        role,
        [
            {"name": "admin", "label": "Admin", "is_builtin": True, "rights": {}},
            {"name": "editor", "label": "Editor", "is_builtin": True, "rights": {}},
            {"name": "author", "label": "Author", "is_builtin": True, "rights": {}},
        ],
    )


def _add_to_publication() -> None:
    op.add_column(
        "publication", sa.Column("allows_foreign_pictures", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.add_column("publication", sa.Column("security_contact", sa.String(300), server_default="", nullable=False))
    op.add_column("publication", sa.Column("mail_sender", sa.String(254), server_default="", nullable=False))


def _add_to_article() -> None:
    op.add_column("article", sa.Column("first_public_at", Moment(), nullable=True))


def _make_invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("accepted_at", Moment(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["role"], ["role.name"], name=op.f("fk_invitation_role")),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["account.id"], name=op.f("fk_invitation_invited_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_invitation_account_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_invitation_email"), "invitation", ["email"])


def _make_factors() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=False),
        sa.Column("is_synced", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("last_used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_passkey_account_id"), "passkey", ["account_id"])
    op.create_table(
        "authenticator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=300), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_authenticator_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authenticator")),
        sa.UniqueConstraint("account_id", name=op.f("uq_authenticator_account_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"])
    op.create_table(
        "ceremony",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_ceremony_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ceremony")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_ceremony_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ceremony_account_id"), "ceremony", ["account_id"])
    op.create_index(op.f("ix_ceremony_expires_at"), "ceremony", ["expires_at"])


def _make_throttle() -> None:
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.Column("refused_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_index(op.f("ix_throttle_last_at"), "throttle", ["last_at"])


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("actor_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("actor_salt", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=300), nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.Column("actor_erased_at", Moment(), nullable=True),
        sa.Column("erased_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"])
    op.create_index(op.f("ix_audit_action_number"), "audit", ["action", "number"])
    op.create_index(op.f("ix_audit_actor_id_number"), "audit", ["actor_id", "number"])
    op.create_index(op.f("ix_audit_subject_kind_subject_id_number"), "audit", ["subject_kind", "subject_id", "number"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "number": 0, "chain": ""}])
    _make_audit_append_only()


# What is in the chain never changes; who and what it was about can only be emptied. The head only goes forward.
_CHAINED = "number, at, action, actor_id, subject_kind, subject_id, actor_digest, digest, chain"
_NOT_EMPTIED = " OR ".join(
    [f"NEW.{name} NOT IN ('', OLD.{name})" for name in ("actor_salt", "actor", "network", "salt", "subject")]
    + ["(NEW.details IS NOT NULL AND CAST(NEW.details AS TEXT) <> COALESCE(CAST(OLD.details AS TEXT), ''))"]
)
_REFUSED = [
    ("audit_chained", f"BEFORE UPDATE OF {_CHAINED} ON audit", ""),
    ("audit_emptied", "BEFORE UPDATE ON audit", f"WHEN ({_NOT_EMPTIED})"),
    ("audit_kept", "BEFORE DELETE ON audit", ""),
    ("audit_head_forward", "BEFORE UPDATE ON audit_head", "WHEN (NEW.number <= OLD.number)"),
    ("audit_head_kept", "BEFORE DELETE ON audit_head", ""),
]
_MOVE_HEAD = "UPDATE audit_head SET number = NEW.number, chain = NEW.chain WHERE id = 1 AND number < NEW.number;"


def _make_audit_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, when, condition in _REFUSED:
            refuse = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            op.execute(f"CREATE TRIGGER {name} {when} FOR EACH ROW {condition} {refuse}")
        op.execute(f"CREATE TRIGGER audit_moves_head AFTER INSERT ON audit FOR EACH ROW BEGIN {_MOVE_HEAD} END")
        return
    for name, body in (
        ("audit_refuse", "RAISE EXCEPTION 'the audit log is append-only';"),
        ("audit_move_head", f"{_MOVE_HEAD} RETURN NULL;"),
    ):
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
    for name, when, condition in _REFUSED:
        op.execute(f"CREATE TRIGGER {name} {when} FOR EACH ROW {condition} EXECUTE FUNCTION audit_refuse()")
    op.execute("CREATE TRIGGER audit_moves_head AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_move_head()")


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("given_up_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outbox_sent_at_due_at"), "outbox", ["sent_at", "due_at"])


def _make_bulk_actions() -> None:
    op.create_table(
        "bulk_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("given", sa.String(length=1000), nullable=False),
        sa.Column("done_at", Moment(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("left", sa.JSON(), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.Column("undone_left", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_bulk_action_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_action")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_bulk_action_account_id"), "bulk_action", ["account_id"])
    op.create_index(op.f("ix_bulk_action_done_at"), "bulk_action", ["done_at"])


def downgrade() -> None:
    op.drop_table("bulk_action")
    for table in ("outbox", "audit_head", "audit", "throttle", "ceremony", "recovery_code", "authenticator", "passkey"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for function in ("audit_refuse", "audit_move_head"):
            op.execute(f"DROP FUNCTION {function}()")
    op.drop_table("invitation")
    op.drop_column("article", "first_public_at")
    for column in ("mail_sender", "security_contact", "allows_foreign_pictures"):
        op.drop_column("publication", column)
    with op.batch_alter_table("one_time_link", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_column("email")
        batch_op.drop_column("purpose")
    with op.batch_alter_table("signed_in", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_constraint(op.f("fk_signed_in_as_role"), type_="foreignkey")
        for column in ("as_role", "network", "browser", "proved_at", "means"):
            batch_op.drop_column(column)
    # Who had a role that the former version does not know may do what an author may.
    op.execute("UPDATE account SET role = 'author' WHERE role NOT IN ('admin', 'editor', 'author')")
    with op.batch_alter_table("account", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_constraint(op.f("fk_account_role"), type_="foreignkey")
        batch_op.drop_constraint(op.f("uq_account_handle"), type_="unique")
        batch_op.alter_column("role", type_=sa.String(length=20), existing_nullable=False)
        batch_op.create_check_constraint(op.f("ck_account_role_known"), "role IN ('admin', 'editor', 'author')")
        for column in ("second_factor_due_at", "handle", "language"):
            batch_op.drop_column(column)
    op.drop_table("role")
