"""initial"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "embedded_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_embedded_spent",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_crm_embedded_spent")),
    )
    with op.batch_alter_table("crm_embedded_spent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_embedded_spent_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "crm_embedded_mirror",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("host_id", sa.String(length=190), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("facts", sa.String(length=64), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_embedded_mirror_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_embedded_mirror")),
        sa.UniqueConstraint(
            "dealership_id",
            "entity",
            "host_id",
            name=op.f("uq_crm_embedded_mirror_dealership_id_entity_host_id"),
        ),
    )
    with op.batch_alter_table("crm_embedded_mirror", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_embedded_mirror_record_id"), ["record_id"], unique=False)

    op.create_table(
        "crm_embedded_call",
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("number", crm_kernel.dal.types.Encrypted("crm_embedded_call.number"), nullable=False),
        sa.Column("rang_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["crm_staff.id"], name=op.f("fk_crm_embedded_call_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_embedded_call")),
    )
    with op.batch_alter_table("crm_embedded_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_embedded_call_rang_at"), ["rang_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_crm_embedded_call_staff_id_rang_at"), ["staff_id", "rang_at"], unique=False
        )

    op.create_table(
        "crm_embedded_person",
        sa.Column("host_id", sa.String(length=190), nullable=False),
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("facts", sa.String(length=64), nullable=False),
        sa.Column("roles", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("seen_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["crm_staff.id"], name=op.f("fk_crm_embedded_person_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_embedded_person")),
        sa.UniqueConstraint("host_id", name=op.f("uq_crm_embedded_person_host_id")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_crm_embedded_person_staff_id")),
    )
    op.create_table(
        "crm_embedded_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("seen_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("expires_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["crm_staff.id"], name=op.f("fk_crm_embedded_session_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_embedded_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_crm_embedded_session_token_hash")),
    )
    with op.batch_alter_table("crm_embedded_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_embedded_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_crm_embedded_session_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "crm_embedded_ticket",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("expires_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["crm_staff.id"], name=op.f("fk_crm_embedded_ticket_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_embedded_ticket")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_crm_embedded_ticket_token_hash")),
    )
    with op.batch_alter_table("crm_embedded_ticket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_embedded_ticket_expires_at"), ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("crm_embedded_ticket")
    op.drop_table("crm_embedded_session")
    op.drop_table("crm_embedded_person")
    op.drop_table("crm_embedded_call")
    op.drop_table("crm_embedded_mirror")
    op.drop_table("crm_embedded_spent")
