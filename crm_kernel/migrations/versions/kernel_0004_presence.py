"""presence"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "kernel_0004"
down_revision = "kernel_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_presence",
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("editing", sa.Boolean(), nullable=False),
        sa.Column("seen_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "staff_id", name=op.f("pk_crm_presence")),
    )
    with op.batch_alter_table("crm_presence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_presence_seen_at"), ["seen_at"], unique=False)


def downgrade() -> None:
    op.drop_table("crm_presence")
