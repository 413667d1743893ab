"""files of records that were issued"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "kernel_0009"
down_revision = "kernel_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_issued_file",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("clear", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("issued_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("issued_by", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_issued_file")),
    )
    with op.batch_alter_table("crm_issued_file", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_issued_file_dealership_id_record_id_issued_at"),
            ["dealership_id", "record_id", "issued_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_crm_issued_file_sha256"), ["sha256"], unique=False)


def downgrade() -> None:
    op.drop_table("crm_issued_file")
