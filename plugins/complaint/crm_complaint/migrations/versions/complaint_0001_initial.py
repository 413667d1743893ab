"""initial"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "complaint_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_complaint_problem",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("problem_type", sa.String(length=60), nullable=True),
        sa.Column("model", sa.String(length=120), nullable=True),
        sa.Column("part", sa.String(length=120), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("effect", sa.Text(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_complaint_problem")),
        sa.UniqueConstraint(
            "dealership_id", "number", name=op.f("uq_crm_complaint_problem_dealership_id_number")
        ),
    )
    with op.batch_alter_table("crm_complaint_problem", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_problem_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_problem_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_problem_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_problem_dealership_id_state_due_on"),
            ["dealership_id", "state", "due_on"],
            unique=False,
        )

    op.create_table(
        "crm_complaint_suggestion",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("received_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("adoption", sa.String(length=20), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_complaint_suggestion")),
        sa.UniqueConstraint(
            "dealership_id", "number", name=op.f("uq_crm_complaint_suggestion_dealership_id_number")
        ),
    )
    with op.batch_alter_table("crm_complaint_suggestion", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_suggestion_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_suggestion_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_suggestion_dealership_id_customer_id"),
            ["dealership_id", "customer_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_suggestion_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "crm_complaint_complaint",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("vehicle_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("receiver_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("handler_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("contact", sa.String(length=60), nullable=True),
        sa.Column("received_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("phone", crm_kernel.dal.types.Encrypted("crm_complaint_complaint.phone"), nullable=True),
        sa.Column("mobile", crm_kernel.dal.types.Encrypted("crm_complaint_complaint.mobile"), nullable=True),
        sa.Column("mobile_print", sa.String(length=32), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("complaint_type", sa.String(length=40), nullable=True),
        sa.Column("problem_type", sa.String(length=60), nullable=True),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("attitude", sa.String(length=20), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("staff_concerned", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("next_due_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("valid", sa.Boolean(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("cost", crm_kernel.dal.types.Amount(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("closed_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("problem_id", crm_kernel.dal.types.Id(), nullable=True),
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
            ["problem_id"],
            ["crm_complaint_problem.id"],
            name=op.f("fk_crm_complaint_complaint_problem_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_complaint_complaint")),
        sa.UniqueConstraint(
            "dealership_id", "number", name=op.f("uq_crm_complaint_complaint_dealership_id_number")
        ),
    )
    with op.batch_alter_table("crm_complaint_complaint", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_complaint_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_complaint_dealership_id_closed_at_id"),
            ["dealership_id", "closed_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_complaint_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_complaint_dealership_id_customer_id_received_at"),
            ["dealership_id", "customer_id", "received_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_complaint_dealership_id_mobile_print"),
            ["dealership_id", "mobile_print"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_complaint_dealership_id_next_due_at_id"),
            ["dealership_id", "next_due_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_complaint_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_complaint_dealership_id_problem_id"),
            ["dealership_id", "problem_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_complaint_dealership_id_received_at_id"),
            ["dealership_id", "received_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_complaint_dealership_id_status_next_due_at_id"),
            ["dealership_id", "status", "next_due_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_complaint_complaint_dealership_id_vehicle_id_received_at"),
            ["dealership_id", "vehicle_id", "received_at"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("crm_complaint_complaint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_complaint_complaint_dealership_id_vehicle_id_received_at"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_complaint_dealership_id_status_next_due_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_complaint_dealership_id_received_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_complaint_dealership_id_problem_id"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_complaint_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_complaint_dealership_id_next_due_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_complaint_dealership_id_mobile_print"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_complaint_dealership_id_customer_id_received_at"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_complaint_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_complaint_dealership_id_closed_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_complaint_created_at_id"))

    op.drop_table("crm_complaint_complaint")
    with op.batch_alter_table("crm_complaint_suggestion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_complaint_suggestion_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_suggestion_dealership_id_customer_id"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_suggestion_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_suggestion_created_at_id"))

    op.drop_table("crm_complaint_suggestion")
    with op.batch_alter_table("crm_complaint_problem", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_complaint_problem_dealership_id_state_due_on"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_problem_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_problem_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_complaint_problem_created_at_id"))

    op.drop_table("crm_complaint_problem")
