"""web form"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "complaint_0002"
down_revision = "complaint_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_complaint_form",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("ancestors", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_complaint_form")),
        sa.UniqueConstraint("dealership_id", name=op.f("uq_crm_complaint_form_dealership_id")),
        sa.UniqueConstraint("token", name=op.f("uq_crm_complaint_form_token")),
    )
    op.create_table(
        "crm_complaint_posting",
        sa.Column("form_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("nonce", sa.String(length=43), nullable=False),
        sa.Column("client", sa.String(length=16), nullable=False),
        sa.Column("at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"],
            ["crm_complaint_form.id"],
            name=op.f("fk_crm_complaint_posting_form_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_complaint_posting")),
        sa.UniqueConstraint("form_id", "nonce", name=op.f("uq_crm_complaint_posting_form_id_nonce")),
    )
    with op.batch_alter_table("crm_complaint_posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_complaint_posting_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_posting_client_at"), ["client", "at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_posting_form_id_at"), ["form_id", "at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("crm_complaint_posting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_complaint_posting_form_id_at"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_posting_client_at"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_posting_at"))

    op.drop_table("crm_complaint_posting")
    op.drop_table("crm_complaint_form")
