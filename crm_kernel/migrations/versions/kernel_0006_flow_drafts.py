"""drafts of flows"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "kernel_0006"
down_revision = "kernel_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_flow_draft",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("flow", sa.String(length=60), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("definition", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("updated_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_flow_draft")),
        sa.UniqueConstraint("dealership_id", "flow", name=op.f("uq_crm_flow_draft_dealership_id_flow")),
    )


def downgrade() -> None:
    op.drop_table("crm_flow_draft")
