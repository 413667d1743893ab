"""initial"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "account_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_account_attempt",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_crm_account_attempt")),
    )
    op.create_table(
        "crm_account_application",
        sa.Column("reference_hash", sa.String(length=64), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("mobile", crm_kernel.dal.types.Encrypted("crm_account_application.mobile"), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("roles", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("decided_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("decided_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_account_application_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_account_application")),
        sa.UniqueConstraint("reference_hash", name=op.f("uq_crm_account_application_reference_hash")),
    )
    with op.batch_alter_table("crm_account_application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_account_application_login"), ["login"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_crm_account_application_state_created_at"), ["state", "created_at"], unique=False
        )

    op.create_table(
        "crm_account",
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("code_secret", crm_kernel.dal.types.Encrypted("crm_account.code_secret"), nullable=True),
        sa.Column("code_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("password_changed_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("signed_in_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["crm_staff.id"], name=op.f("fk_crm_account_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_account")),
        sa.UniqueConstraint("login", name=op.f("uq_crm_account_login")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_crm_account_staff_id")),
    )
    op.create_table(
        "crm_account_recovery",
        sa.Column("account_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["crm_account.id"], name=op.f("fk_crm_account_recovery_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_account_recovery")),
    )
    with op.batch_alter_table("crm_account_recovery", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_account_recovery_account_id_code_hash"),
            ["account_id", "code_hash"],
            unique=False,
        )

    op.create_table(
        "crm_account_reset",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("expires_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["crm_account.id"], name=op.f("fk_crm_account_reset_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_account_reset")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_crm_account_reset_token_hash")),
    )
    with op.batch_alter_table("crm_account_reset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_account_reset_account_id"), ["account_id"], unique=False)

    op.create_table(
        "crm_account_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("seen_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("expires_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["crm_account.id"], name=op.f("fk_crm_account_session_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_account_session_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_account_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_crm_account_session_token_hash")),
    )
    with op.batch_alter_table("crm_account_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_account_session_account_id"), ["account_id"], unique=False)

    op.create_table(
        "crm_account_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("account_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("expires_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("used_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["crm_account.id"], name=op.f("fk_crm_account_token_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_account_token_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_account_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_crm_account_token_token_hash")),
    )
    with op.batch_alter_table("crm_account_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_account_token_account_id"), ["account_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("crm_account_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_account_token_account_id"))

    op.drop_table("crm_account_token")
    with op.batch_alter_table("crm_account_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_account_session_account_id"))

    op.drop_table("crm_account_session")
    with op.batch_alter_table("crm_account_reset", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_account_reset_account_id"))

    op.drop_table("crm_account_reset")
    with op.batch_alter_table("crm_account_recovery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_account_recovery_account_id_code_hash"))

    op.drop_table("crm_account_recovery")
    op.drop_table("crm_account")
    with op.batch_alter_table("crm_account_application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_account_application_state_created_at"))
        batch_op.drop_index(batch_op.f("ix_crm_account_application_login"))

    op.drop_table("crm_account_application")
    op.drop_table("crm_account_attempt")
