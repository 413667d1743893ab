"""audit chain"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "kernel_0005"
down_revision = "kernel_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_audit_check",
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("unsealed", sa.BigInteger(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_audit_check")),
    )
    op.create_table(
        "crm_audit_head",
        sa.Column("log", sa.String(length=20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("cut_number", sa.BigInteger(), nullable=False),
        sa.Column("cut_hash", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_crm_audit_head")),
    )
    with op.batch_alter_table("crm_audit_access", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("previous_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("hash", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_crm_audit_access_number"), ["number"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("crm_audit_access", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_audit_access_number"))
        batch_op.drop_column("hash")
        batch_op.drop_column("previous_hash")
        batch_op.drop_column("number")

    op.drop_table("crm_audit_head")
    op.drop_table("crm_audit_check")
