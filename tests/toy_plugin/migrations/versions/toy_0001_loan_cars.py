"""loan cars"""

import sqlalchemy as sa
from alembic import op

from crm_kernel.dal.types import Id, Json, UtcTime

revision = "toy_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_toy_loan_car",
        sa.Column("id", Id(), primary_key=True),
        sa.Column("dealership_id", Id(), nullable=False),
        sa.Column("owner_id", Id()),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.Column("created_by", Id()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tags", Json(), nullable=False),
        sa.Column("custom", Json(), nullable=False),
        sa.Column("deleted_at", UtcTime()),
        sa.Column("deleted_by", Id()),
        sa.Column("delete_reason", sa.Text()),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("customer_id", Id()),
    )
    for columns in (
        ["created_at", "id"],
        ["dealership_id", "created_at", "id"],
        ["dealership_id", "owner_id", "created_at", "id"],
    ):
        op.create_index(f"ix_crm_toy_loan_car_{'_'.join(columns)}", "crm_toy_loan_car", columns)


def downgrade() -> None:
    op.drop_table("crm_toy_loan_car")
