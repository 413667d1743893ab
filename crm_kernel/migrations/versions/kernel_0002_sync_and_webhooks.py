"""sync and webhooks"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types
from crm_kernel.sync.models import OutsideId

revision = "kernel_0002"
down_revision = "kernel_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_sync_batch",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("next_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("started_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("finished_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_sync_batch_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_sync_batch")),
    )
    with op.batch_alter_table("crm_sync_batch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_sync_batch_dealership_id_id"), ["dealership_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_sync_batch_dealership_id_state_id"),
            ["dealership_id", "state", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_crm_sync_batch_started_at"), ["started_at"], unique=False)

    op.create_table(
        "crm_sync_identity",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("external_id", OutsideId, nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_sync_identity_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_sync_identity")),
        sa.UniqueConstraint(
            "dealership_id",
            "source",
            "entity",
            "external_id",
            name=op.f("uq_crm_sync_identity_dealership_id_source_entity_external_id"),
        ),
    )
    with op.batch_alter_table("crm_sync_identity", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_sync_identity_dealership_id_entity_record_id"),
            ["dealership_id", "entity", "record_id"],
            unique=False,
        )

    op.create_table(
        "crm_sync_source",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("reader", sa.String(length=20), nullable=False),
        sa.Column("options", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("secret", crm_kernel.dal.types.Encrypted("crm_sync_source.secret"), nullable=False),
        sa.Column("mapping", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("managed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("watermark", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("due_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("read_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_sync_source_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_sync_source")),
    )
    with op.batch_alter_table("crm_sync_source", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_sync_source_active_due_at"), ["active", "due_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_sync_source_dealership_id_name"), ["dealership_id", "name"], unique=False
        )

    op.create_table(
        "crm_webhook_endpoint",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("events", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column(
            "secrets", crm_kernel.dal.types.EncryptedJson("crm_webhook_endpoint.secrets"), nullable=False
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("failing_since", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_webhook_endpoint_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_webhook_endpoint")),
    )
    with op.batch_alter_table("crm_webhook_endpoint", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_webhook_endpoint_dealership_id_id"), ["dealership_id", "id"], unique=False
        )

    op.create_table(
        "crm_sync_reject",
        sa.Column("batch_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("content", crm_kernel.dal.types.EncryptedJson("crm_sync_reject.content"), nullable=False),
        sa.Column("errors", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["crm_sync_batch.id"], name=op.f("fk_crm_sync_reject_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_sync_reject")),
    )
    with op.batch_alter_table("crm_sync_reject", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_sync_reject_batch_id_position"), ["batch_id", "position"], unique=False
        )

    op.create_table(
        "crm_webhook_delivery",
        sa.Column("endpoint_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("event_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=120), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("done_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["crm_webhook_endpoint.id"],
            name=op.f("fk_crm_webhook_delivery_endpoint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_webhook_delivery")),
        sa.UniqueConstraint(
            "endpoint_id", "position", name=op.f("uq_crm_webhook_delivery_endpoint_id_position")
        ),
    )
    with op.batch_alter_table("crm_webhook_delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_webhook_delivery_done_at"), ["done_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_crm_webhook_delivery_endpoint_id_entity_record_id_position"),
            ["endpoint_id", "entity", "record_id", "position"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_webhook_delivery_endpoint_id_state_position"),
            ["endpoint_id", "state", "position"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_webhook_delivery_state_due_at"), ["state", "due_at"], unique=False
        )

    with op.batch_alter_table("crm_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_event_dealership_id_position"), ["dealership_id", "position"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("crm_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_event_dealership_id_position"))

    with op.batch_alter_table("crm_webhook_delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_webhook_delivery_state_due_at"))
        batch_op.drop_index(batch_op.f("ix_crm_webhook_delivery_endpoint_id_state_position"))
        batch_op.drop_index(batch_op.f("ix_crm_webhook_delivery_endpoint_id_entity_record_id_position"))
        batch_op.drop_index(batch_op.f("ix_crm_webhook_delivery_done_at"))

    op.drop_table("crm_webhook_delivery")
    with op.batch_alter_table("crm_sync_reject", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_sync_reject_batch_id_position"))

    op.drop_table("crm_sync_reject")
    with op.batch_alter_table("crm_webhook_endpoint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_webhook_endpoint_dealership_id_id"))

    op.drop_table("crm_webhook_endpoint")
    with op.batch_alter_table("crm_sync_source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_sync_source_dealership_id_name"))
        batch_op.drop_index(batch_op.f("ix_crm_sync_source_active_due_at"))

    op.drop_table("crm_sync_source")
    with op.batch_alter_table("crm_sync_identity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_sync_identity_dealership_id_entity_record_id"))

    op.drop_table("crm_sync_identity")
    with op.batch_alter_table("crm_sync_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_sync_batch_started_at"))
        batch_op.drop_index(batch_op.f("ix_crm_sync_batch_dealership_id_state_id"))
        batch_op.drop_index(batch_op.f("ix_crm_sync_batch_dealership_id_id"))

    op.drop_table("crm_sync_batch")
