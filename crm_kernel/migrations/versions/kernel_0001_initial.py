"""initial"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import crm_kernel.dal.types
import crm_kernel.records.search.models
from crm_kernel.records.search.models import create_search_index, drop_search_index

revision = "kernel_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_access_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_access_revision")),
    )
    op.create_table(
        "crm_access_rule",
        sa.Column("ptype", sa.String(length=2), nullable=False),
        sa.Column("v0", sa.String(length=80), nullable=False),
        sa.Column("v1", sa.String(length=120), nullable=False),
        sa.Column("v2", sa.String(length=80), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_access_rule")),
    )
    with op.batch_alter_table("crm_access_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_access_rule_ptype_v0"), ["ptype", "v0"], unique=False)
        batch_op.create_index(batch_op.f("ix_crm_access_rule_ptype_v1"), ["ptype", "v1"], unique=False)

    op.create_table(
        "crm_attachment",
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_attachment")),
    )
    with op.batch_alter_table("crm_attachment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_attachment_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_attachment_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_attachment_dealership_id_entity_record_id_created_at"),
            ["dealership_id", "entity", "record_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_attachment_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_crm_attachment_key"), ["key"], unique=True)

    op.create_table(
        "crm_audit_access",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("actor_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("detail", crm_kernel.dal.types.Encrypted("crm_audit_access.detail"), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_crm_audit_access")),
    )
    with op.batch_alter_table("crm_audit_access", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_audit_access_actor_id_seq"), ["actor_id", "seq"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_crm_audit_access_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_crm_audit_access_dealership_id_seq"), ["dealership_id", "seq"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_audit_access_entity_record_id_seq"),
            ["entity", "record_id", "seq"],
            unique=False,
        )

    op.create_table(
        "crm_audit_change",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("actor_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "before",
            sa.Text().with_variant(mysql.LONGTEXT(), "mariadb").with_variant(mysql.LONGTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column(
            "after",
            sa.Text().with_variant(mysql.LONGTEXT(), "mariadb").with_variant(mysql.LONGTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_crm_audit_change")),
    )
    with op.batch_alter_table("crm_audit_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_audit_change_actor_id_seq"), ["actor_id", "seq"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_audit_change_dealership_id_seq"), ["dealership_id", "seq"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_audit_change_entity_record_id_seq"),
            ["entity", "record_id", "seq"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_crm_audit_change_number"), ["number"], unique=True)

    op.create_table(
        "crm_audit_key",
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("key", crm_kernel.dal.types.Encrypted("crm_audit_key.key"), nullable=False),
        sa.PrimaryKeyConstraint("entity", "record_id", name=op.f("pk_crm_audit_key")),
    )
    op.create_table(
        "crm_custom_field",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("options", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_custom_field")),
    )
    with op.batch_alter_table("crm_custom_field", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_custom_field_dealership_id_entity_key"),
            ["dealership_id", "entity", "key"],
            unique=False,
        )

    op.create_table(
        "crm_custom_value",
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=True),
        sa.Column("number", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("record_id", "key", name=op.f("pk_crm_custom_value")),
    )
    with op.batch_alter_table("crm_custom_value", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_custom_value_dealership_id_entity_key_number_record_id"),
            ["dealership_id", "entity", "key", "number", "record_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_custom_value_dealership_id_entity_key_text_record_id"),
            ["dealership_id", "entity", "key", "text", "record_id"],
            unique=False,
        )

    op.create_table(
        "crm_dictionary_value",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("dictionary", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("color", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("dealership_id", "dictionary", "code", name=op.f("pk_crm_dictionary_value")),
    )
    op.create_table(
        "crm_event",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("actor_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("payload", crm_kernel.dal.types.Json(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_crm_event")),
        sa.UniqueConstraint("id", name=op.f("uq_crm_event_id")),
    )
    with op.batch_alter_table("crm_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_event_entity_record_id"), ["entity", "record_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_crm_event_name_position"), ["name", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_crm_event_position"), ["position"], unique=True)

    op.create_table(
        "crm_event_cursor",
        sa.Column("subscriber", sa.String(length=120), nullable=False),
        sa.Column("event", sa.String(length=120), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("failing", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subscriber", name=op.f("pk_crm_event_cursor")),
    )
    op.create_table(
        "crm_event_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_event_head")),
    )
    op.create_table(
        "crm_export",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("params", crm_kernel.dal.types.Encrypted("crm_export.params"), nullable=False),
        sa.Column("columns", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("clear", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("finished_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("expires_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_export")),
    )
    with op.batch_alter_table("crm_export", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_export_dealership_id_staff_id_created_at"),
            ["dealership_id", "staff_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_crm_export_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "crm_group",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_group")),
        sa.UniqueConstraint("code", name=op.f("uq_crm_group_code")),
    )
    op.create_table(
        "crm_idempotent_answer",
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("route", sa.String(length=64), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("body", crm_kernel.dal.types.Encrypted("crm_idempotent_answer.body"), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_idempotent_answer")),
        sa.UniqueConstraint("staff_id", "key", "route", name="uq_crm_idempotent_answer"),
    )
    with op.batch_alter_table("crm_idempotent_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_idempotent_answer_created_at"), ["created_at"], unique=False)

    op.create_table(
        "crm_job",
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("arguments", crm_kernel.dal.types.Encrypted("crm_job.arguments"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("run_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("worker_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("actor_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_job")),
    )
    with op.batch_alter_table("crm_job", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_job_dealership_id_id"), ["dealership_id", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_crm_job_state_id"), ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_crm_job_state_run_at"), ["state", "run_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_crm_job_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "crm_job_progress",
        sa.Column("actor_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("message", crm_kernel.dal.types.Encrypted("crm_job_progress.message"), nullable=True),
        sa.Column("result", crm_kernel.dal.types.Encrypted("crm_job_progress.result"), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_job_progress")),
    )
    with op.batch_alter_table("crm_job_progress", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_job_progress_actor_id_id"), ["actor_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_crm_job_progress_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "crm_job_schedule",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("slot", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_crm_job_schedule")),
    )
    op.create_table(
        "crm_job_worker",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("started_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("seen_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_job_worker")),
    )
    op.create_table(
        "crm_note",
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("body", crm_kernel.dal.types.Encrypted("crm_note.body"), nullable=False),
        sa.Column("outcome", sa.String(length=60), nullable=True),
        sa.Column("happened_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_note")),
    )
    with op.batch_alter_table("crm_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_note_created_at_id"), ["created_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_crm_note_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_note_dealership_id_entity_record_id_happened_at_id"),
            ["dealership_id", "entity", "record_id", "happened_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_note_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "crm_notification",
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("text", crm_kernel.dal.types.Encrypted("crm_notification.text"), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("read_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_notification")),
    )
    with op.batch_alter_table("crm_notification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_notification_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_crm_notification_staff_id_id"), ["staff_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_crm_notification_staff_id_read_at"), ["staff_id", "read_at"], unique=False
        )

    op.create_table(
        "crm_notification_preference",
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", "type", "channel", name=op.f("pk_crm_notification_preference")),
    )
    op.create_table(
        "crm_number",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("series", sa.String(length=60), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("dealership_id", "series", "period", name=op.f("pk_crm_number")),
    )
    op.create_table(
        "crm_record_tag",
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("tag", sa.String(length=60), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "tag", name=op.f("pk_crm_record_tag")),
    )
    with op.batch_alter_table("crm_record_tag", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_record_tag_dealership_id_entity_tag_record_id"),
            ["dealership_id", "entity", "tag", "record_id"],
            unique=False,
        )

    op.create_table(
        "crm_role_seed",
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("permission", sa.String(length=120), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_role_seed")),
        sa.UniqueConstraint("role", "permission", name=op.f("uq_crm_role_seed_role_permission")),
    )
    op.create_table(
        "crm_saved_view",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("owner_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("params", crm_kernel.dal.types.Encrypted("crm_saved_view.params"), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("standard", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_saved_view")),
    )
    with op.batch_alter_table("crm_saved_view", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_saved_view_dealership_id_entity_owner_id"),
            ["dealership_id", "entity", "owner_id"],
            unique=False,
        )

    op.create_table(
        "crm_search",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("tokens", crm_kernel.records.search.models.Tokens(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_crm_search")),
        sa.UniqueConstraint("record_id", name=op.f("uq_crm_search_record_id")),
    )
    op.create_table(
        "crm_tag",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("color", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_tag")),
        sa.UniqueConstraint("dealership_id", "name", name=op.f("uq_crm_tag_dealership_id_name")),
    )
    op.create_table(
        "crm_task",
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("remind_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("reminded_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("sort_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("closed_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("closed_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("entity", sa.String(length=60), nullable=True),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=True),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_task")),
    )
    with op.batch_alter_table("crm_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_task_created_at_id"), ["created_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_crm_task_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_task_dealership_id_created_by_state_sort_at_id"),
            ["dealership_id", "created_by", "state", "sort_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_task_dealership_id_entity_record_id_state_sort_at"),
            ["dealership_id", "entity", "record_id", "state", "sort_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_task_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_task_dealership_id_owner_id_state_sort_at_id"),
            ["dealership_id", "owner_id", "state", "sort_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_task_dealership_id_state_sort_at_id"),
            ["dealership_id", "state", "sort_at", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_crm_task_remind_at"), ["remind_at"], unique=False)

    op.create_table(
        "crm_timeline",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("words", crm_kernel.dal.types.Encrypted("crm_timeline.words"), nullable=False),
        sa.Column("actor_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("payload", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("source_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_timeline")),
    )
    with op.batch_alter_table("crm_timeline", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_timeline_dealership_id_entity_record_id_at_id"),
            ["dealership_id", "entity", "record_id", "at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_timeline_dealership_id_source_id"),
            ["dealership_id", "source_id"],
            unique=False,
        )

    op.create_table(
        "crm_audit_row",
        sa.Column("change_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column(
            "before",
            sa.Text().with_variant(mysql.LONGTEXT(), "mariadb").with_variant(mysql.LONGTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column(
            "after",
            sa.Text().with_variant(mysql.LONGTEXT(), "mariadb").with_variant(mysql.LONGTEXT(), "mysql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["change_seq"], ["crm_audit_change.seq"], name=op.f("fk_crm_audit_row_change_seq")
        ),
        sa.PrimaryKeyConstraint("change_seq", "record_id", name=op.f("pk_crm_audit_row")),
    )
    with op.batch_alter_table("crm_audit_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_audit_row_record_id"), ["record_id"], unique=False)

    op.create_table(
        "crm_notification_delivery",
        sa.Column("notification_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("changed_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["crm_notification.id"],
            name=op.f("fk_crm_notification_delivery_notification_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_notification_delivery")),
        sa.UniqueConstraint(
            "notification_id", "channel", name=op.f("uq_crm_notification_delivery_notification_id_channel")
        ),
    )
    with op.batch_alter_table("crm_notification_delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_notification_delivery_state"), ["state"], unique=False)

    op.create_table(
        "crm_region",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("group_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["crm_group.id"], name=op.f("fk_crm_region_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_region")),
        sa.UniqueConstraint("code", name=op.f("uq_crm_region_code")),
    )
    with op.batch_alter_table("crm_region", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_region_group_id"), ["group_id"], unique=False)

    op.create_table(
        "crm_dealership",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("group_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("region_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("settings", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["crm_group.id"], name=op.f("fk_crm_dealership_group_id")),
        sa.ForeignKeyConstraint(["region_id"], ["crm_region.id"], name=op.f("fk_crm_dealership_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_dealership")),
        sa.UniqueConstraint("code", name=op.f("uq_crm_dealership_code")),
        sa.UniqueConstraint("number", name=op.f("uq_crm_dealership_number")),
    )
    with op.batch_alter_table("crm_dealership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_dealership_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_crm_dealership_region_id"), ["region_id"], unique=False)

    op.create_table(
        "crm_department",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_department_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_department")),
    )
    with op.batch_alter_table("crm_department", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_department_dealership_id"), ["dealership_id"], unique=False)

    op.create_table(
        "crm_import_mapping",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("signature", sa.String(length=32), nullable=False),
        sa.Column("mapping", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_import_mapping_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_import_mapping")),
        sa.UniqueConstraint(
            "dealership_id",
            "kind",
            "signature",
            name=op.f("uq_crm_import_mapping_dealership_id_kind_signature"),
        ),
    )
    op.create_table(
        "crm_import_run",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("mapping", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("heads", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("counts", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("finished_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_import_run_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_import_run")),
    )
    with op.batch_alter_table("crm_import_run", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_import_run_dealership_id_created_at"),
            ["dealership_id", "created_at"],
            unique=False,
        )

    op.create_table(
        "crm_module_switch",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("plugin", sa.String(length=60), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_module_switch_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_module_switch")),
        sa.UniqueConstraint(
            "dealership_id", "plugin", name=op.f("uq_crm_module_switch_dealership_id_plugin")
        ),
    )
    op.create_table(
        "crm_role",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("preset", sa.Boolean(), nullable=False),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_role_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_role")),
        sa.UniqueConstraint("name", name=op.f("uq_crm_role_name")),
    )
    op.create_table(
        "crm_sharing_rule",
        sa.Column("group_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("source_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("target_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("tag", sa.String(length=60), nullable=False),
        sa.Column("fields", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["crm_group.id"], name=op.f("fk_crm_sharing_rule_group_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["crm_dealership.id"], name=op.f("fk_crm_sharing_rule_source_id")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["crm_dealership.id"], name=op.f("fk_crm_sharing_rule_target_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_sharing_rule")),
    )
    with op.batch_alter_table("crm_sharing_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_sharing_rule_group_id"), ["group_id"], unique=False)

    op.create_table(
        "crm_import_reject",
        sa.Column("run_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("cells", crm_kernel.dal.types.Encrypted("crm_import_reject.cells"), nullable=False),
        sa.Column("errors", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["crm_import_run.id"], name=op.f("fk_crm_import_reject_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_import_reject")),
    )
    with op.batch_alter_table("crm_import_reject", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_import_reject_run_id_line"), ["run_id", "line"], unique=False
        )

    op.create_table(
        "crm_team",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("department_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_team_dealership_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["crm_department.id"], name=op.f("fk_crm_team_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_team")),
    )
    with op.batch_alter_table("crm_team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_team_dealership_id"), ["dealership_id"], unique=False)

    op.create_table(
        "crm_staff",
        sa.Column("group_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("department_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("team_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_staff_dealership_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["crm_department.id"], name=op.f("fk_crm_staff_department_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["crm_group.id"], name=op.f("fk_crm_staff_group_id")),
        sa.ForeignKeyConstraint(["team_id"], ["crm_team.id"], name=op.f("fk_crm_staff_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_staff")),
        sa.UniqueConstraint("dealership_id", "code", name=op.f("uq_crm_staff_dealership_id_code")),
    )
    with op.batch_alter_table("crm_staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_staff_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_crm_staff_team_id"), ["team_id"], unique=False)
    create_search_index(op.get_bind())


def downgrade() -> None:
    drop_search_index(op.get_bind())
    with op.batch_alter_table("crm_staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_staff_team_id"))
        batch_op.drop_index(batch_op.f("ix_crm_staff_department_id"))

    op.drop_table("crm_staff")
    with op.batch_alter_table("crm_team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_team_dealership_id"))

    op.drop_table("crm_team")
    with op.batch_alter_table("crm_import_reject", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_import_reject_run_id_line"))

    op.drop_table("crm_import_reject")
    with op.batch_alter_table("crm_sharing_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_sharing_rule_group_id"))

    op.drop_table("crm_sharing_rule")
    op.drop_table("crm_role")
    op.drop_table("crm_module_switch")
    with op.batch_alter_table("crm_import_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_import_run_dealership_id_created_at"))

    op.drop_table("crm_import_run")
    op.drop_table("crm_import_mapping")
    with op.batch_alter_table("crm_department", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_department_dealership_id"))

    op.drop_table("crm_department")
    with op.batch_alter_table("crm_dealership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_dealership_region_id"))
        batch_op.drop_index(batch_op.f("ix_crm_dealership_group_id"))

    op.drop_table("crm_dealership")
    with op.batch_alter_table("crm_region", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_region_group_id"))

    op.drop_table("crm_region")
    with op.batch_alter_table("crm_notification_delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_notification_delivery_state"))

    op.drop_table("crm_notification_delivery")
    with op.batch_alter_table("crm_audit_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_audit_row_record_id"))

    op.drop_table("crm_audit_row")
    with op.batch_alter_table("crm_timeline", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_timeline_dealership_id_source_id"))
        batch_op.drop_index(batch_op.f("ix_crm_timeline_dealership_id_entity_record_id_at_id"))

    op.drop_table("crm_timeline")
    with op.batch_alter_table("crm_task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_task_remind_at"))
        batch_op.drop_index(batch_op.f("ix_crm_task_dealership_id_state_sort_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_task_dealership_id_owner_id_state_sort_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_task_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_task_dealership_id_entity_record_id_state_sort_at"))
        batch_op.drop_index(batch_op.f("ix_crm_task_dealership_id_created_by_state_sort_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_task_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_task_created_at_id"))

    op.drop_table("crm_task")
    op.drop_table("crm_tag")
    op.drop_table("crm_search")
    with op.batch_alter_table("crm_saved_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_saved_view_dealership_id_entity_owner_id"))

    op.drop_table("crm_saved_view")
    op.drop_table("crm_role_seed")
    with op.batch_alter_table("crm_record_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_record_tag_dealership_id_entity_tag_record_id"))

    op.drop_table("crm_record_tag")
    op.drop_table("crm_number")
    op.drop_table("crm_notification_preference")
    with op.batch_alter_table("crm_notification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_notification_staff_id_read_at"))
        batch_op.drop_index(batch_op.f("ix_crm_notification_staff_id_id"))
        batch_op.drop_index(batch_op.f("ix_crm_notification_created_at"))

    op.drop_table("crm_notification")
    with op.batch_alter_table("crm_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_note_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_note_dealership_id_entity_record_id_happened_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_note_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_note_created_at_id"))

    op.drop_table("crm_note")
    op.drop_table("crm_job_worker")
    op.drop_table("crm_job_schedule")
    with op.batch_alter_table("crm_job_progress", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_job_progress_updated_at"))
        batch_op.drop_index(batch_op.f("ix_crm_job_progress_actor_id_id"))

    op.drop_table("crm_job_progress")
    with op.batch_alter_table("crm_job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_job_worker_id"))
        batch_op.drop_index(batch_op.f("ix_crm_job_state_run_at"))
        batch_op.drop_index(batch_op.f("ix_crm_job_state_id"))
        batch_op.drop_index(batch_op.f("ix_crm_job_dealership_id_id"))

    op.drop_table("crm_job")
    with op.batch_alter_table("crm_idempotent_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_idempotent_answer_created_at"))

    op.drop_table("crm_idempotent_answer")
    op.drop_table("crm_group")
    with op.batch_alter_table("crm_export", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_export_expires_at"))
        batch_op.drop_index(batch_op.f("ix_crm_export_dealership_id_staff_id_created_at"))

    op.drop_table("crm_export")
    op.drop_table("crm_event_head")
    op.drop_table("crm_event_cursor")
    with op.batch_alter_table("crm_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_event_position"))
        batch_op.drop_index(batch_op.f("ix_crm_event_name_position"))
        batch_op.drop_index(batch_op.f("ix_crm_event_entity_record_id"))

    op.drop_table("crm_event")
    op.drop_table("crm_dictionary_value")
    with op.batch_alter_table("crm_custom_value", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_custom_value_dealership_id_entity_key_text_record_id"))
        batch_op.drop_index(batch_op.f("ix_crm_custom_value_dealership_id_entity_key_number_record_id"))

    op.drop_table("crm_custom_value")
    with op.batch_alter_table("crm_custom_field", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_custom_field_dealership_id_entity_key"))

    op.drop_table("crm_custom_field")
    op.drop_table("crm_audit_key")
    with op.batch_alter_table("crm_audit_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_audit_change_number"))
        batch_op.drop_index(batch_op.f("ix_crm_audit_change_entity_record_id_seq"))
        batch_op.drop_index(batch_op.f("ix_crm_audit_change_dealership_id_seq"))
        batch_op.drop_index(batch_op.f("ix_crm_audit_change_actor_id_seq"))

    op.drop_table("crm_audit_change")
    with op.batch_alter_table("crm_audit_access", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_audit_access_entity_record_id_seq"))
        batch_op.drop_index(batch_op.f("ix_crm_audit_access_dealership_id_seq"))
        batch_op.drop_index(batch_op.f("ix_crm_audit_access_at"))
        batch_op.drop_index(batch_op.f("ix_crm_audit_access_actor_id_seq"))

    op.drop_table("crm_audit_access")
    with op.batch_alter_table("crm_attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_attachment_key"))
        batch_op.drop_index(batch_op.f("ix_crm_attachment_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_attachment_dealership_id_entity_record_id_created_at"))
        batch_op.drop_index(batch_op.f("ix_crm_attachment_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_attachment_created_at_id"))

    op.drop_table("crm_attachment")
    with op.batch_alter_table("crm_access_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_access_rule_ptype_v1"))
        batch_op.drop_index(batch_op.f("ix_crm_access_rule_ptype_v0"))

    op.drop_table("crm_access_rule")
    op.drop_table("crm_access_revision")
