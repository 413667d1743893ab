"""the vehicle's model on a complaint, early signs that were told"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "complaint_0003"
down_revision = "complaint_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_complaint_sign",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.Column("told_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_complaint_sign")),
        sa.UniqueConstraint(
            "dealership_id", "field", "value", name=op.f("uq_crm_complaint_sign_dealership_id_field_value")
        ),
    )
    with op.batch_alter_table("crm_complaint_complaint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("model", sa.String(length=120), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("crm_complaint_complaint", schema=None) as batch_op:
        batch_op.drop_column("model")

    op.drop_table("crm_complaint_sign")
