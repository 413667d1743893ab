"""invoices and payments"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "customer_0002"
down_revision = "customer_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_customer_invoice",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("vehicle_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("amount", crm_kernel.dal.types.Amount(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("owner_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("created_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tags", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("custom", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("deleted_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("deleted_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("delete_reason", sa.Text(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["crm_customer_customer.id"], name=op.f("fk_crm_customer_invoice_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"],
            ["crm_customer_vehicle.id"],
            name=op.f("fk_crm_customer_invoice_vehicle_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_invoice")),
    )
    with op.batch_alter_table("crm_customer_invoice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_customer_invoice_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_invoice_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_invoice_dealership_id_customer_id_issued_on"),
            ["dealership_id", "customer_id", "issued_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_invoice_dealership_id_issued_on_id"),
            ["dealership_id", "issued_on", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_invoice_dealership_id_number"),
            ["dealership_id", "number"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_invoice_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "crm_customer_payment",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("invoice_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", crm_kernel.dal.types.Amount(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("owner_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("created_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tags", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("custom", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("deleted_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("deleted_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("delete_reason", sa.Text(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["crm_customer_customer.id"], name=op.f("fk_crm_customer_payment_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["crm_customer_invoice.id"],
            name=op.f("fk_crm_customer_payment_invoice_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_payment")),
    )
    with op.batch_alter_table("crm_customer_payment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_customer_payment_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_payment_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_payment_dealership_id_customer_id_paid_on"),
            ["dealership_id", "customer_id", "paid_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_payment_dealership_id_invoice_id"),
            ["dealership_id", "invoice_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_payment_dealership_id_number"),
            ["dealership_id", "number"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_payment_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_payment_dealership_id_paid_on_id"),
            ["dealership_id", "paid_on", "id"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("crm_customer_payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_payment_dealership_id_paid_on_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_payment_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_payment_dealership_id_number"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_payment_dealership_id_invoice_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_payment_dealership_id_customer_id_paid_on"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_payment_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_payment_created_at_id"))

    op.drop_table("crm_customer_payment")
    with op.batch_alter_table("crm_customer_invoice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_invoice_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_invoice_dealership_id_number"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_invoice_dealership_id_issued_on_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_invoice_dealership_id_customer_id_issued_on"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_invoice_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_invoice_created_at_id"))

    op.drop_table("crm_customer_invoice")
