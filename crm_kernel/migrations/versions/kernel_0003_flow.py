"""flow"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "kernel_0003"
down_revision = "kernel_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_approval",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("amount", crm_kernel.dal.types.Amount(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("asked_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("decided_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("decided_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_approval")),
    )
    with op.batch_alter_table("crm_approval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_approval_dealership_id_record_id_asked_at"),
            ["dealership_id", "record_id", "asked_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_approval_dealership_id_state_kind_asked_at"),
            ["dealership_id", "state", "kind", "asked_at"],
            unique=False,
        )

    op.create_table(
        "crm_approval_limit",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("amount", crm_kernel.dal.types.Amount(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_approval_limit")),
        sa.UniqueConstraint(
            "dealership_id", "kind", "role", name=op.f("uq_crm_approval_limit_dealership_id_kind_role")
        ),
    )
    op.create_table(
        "crm_flow_clock",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("flow", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("span", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("started_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("due_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("warn_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("next_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("left_seconds", sa.BigInteger(), nullable=True),
        sa.Column("warned_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("missed_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("ended_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_flow_clock")),
    )
    with op.batch_alter_table("crm_flow_clock", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_flow_clock_dealership_id_flow_ended_at_due_at"),
            ["dealership_id", "flow", "ended_at", "due_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_crm_flow_clock_next_at"), ["next_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_crm_flow_clock_record_id_kind"), ["record_id", "kind"], unique=False
        )

    op.create_table(
        "crm_flow_move",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("flow", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("actor_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("facts", crm_kernel.dal.types.EncryptedJson("crm_flow_move.facts"), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_crm_flow_move")),
    )
    with op.batch_alter_table("crm_flow_move", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_flow_move_dealership_id_record_id_seq"),
            ["dealership_id", "record_id", "seq"],
            unique=False,
        )

    op.create_table(
        "crm_flow_run",
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("flow", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("since", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_crm_flow_run")),
    )
    with op.batch_alter_table("crm_flow_run", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_flow_run_dealership_id_flow_version_state"),
            ["dealership_id", "flow", "version", "state"],
            unique=False,
        )

    op.create_table(
        "crm_flow_version",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("flow", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("preset", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("created_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_flow_version")),
        sa.UniqueConstraint(
            "dealership_id", "flow", "number", name=op.f("uq_crm_flow_version_dealership_id_flow_number")
        ),
    )
    op.create_table(
        "crm_working_calendar",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("week", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("national", sa.Boolean(), nullable=False),
        sa.Column("exceptions", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("dealership_id", name=op.f("pk_crm_working_calendar")),
    )


def downgrade() -> None:
    op.drop_table("crm_working_calendar")
    op.drop_table("crm_flow_version")
    with op.batch_alter_table("crm_flow_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_flow_run_dealership_id_flow_version_state"))

    op.drop_table("crm_flow_run")
    with op.batch_alter_table("crm_flow_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_flow_move_dealership_id_record_id_seq"))

    op.drop_table("crm_flow_move")
    with op.batch_alter_table("crm_flow_clock", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_flow_clock_record_id_kind"))
        batch_op.drop_index(batch_op.f("ix_crm_flow_clock_next_at"))
        batch_op.drop_index(batch_op.f("ix_crm_flow_clock_dealership_id_flow_ended_at_due_at"))

    op.drop_table("crm_flow_clock")
    op.drop_table("crm_approval_limit")
    with op.batch_alter_table("crm_approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_approval_dealership_id_state_kind_asked_at"))
        batch_op.drop_index(batch_op.f("ix_crm_approval_dealership_id_record_id_asked_at"))

    op.drop_table("crm_approval")
