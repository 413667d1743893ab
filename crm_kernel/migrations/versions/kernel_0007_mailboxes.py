"""mailboxes"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "kernel_0007"
down_revision = "kernel_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_mailbox",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("host", sa.String(length=254), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", sa.String(length=10), nullable=False),
        sa.Column("login", sa.String(length=254), nullable=False),
        sa.Column("password", crm_kernel.dal.types.Encrypted("crm_mailbox.password"), nullable=False),
        sa.Column("folder", sa.String(length=120), nullable=False),
        sa.Column("taker", sa.String(length=60), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("due_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=40), nullable=False),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealership_id"], ["crm_dealership.id"], name=op.f("fk_crm_mailbox_dealership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_mailbox")),
    )
    with op.batch_alter_table("crm_mailbox", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_mailbox_dealership_id_id"), ["dealership_id", "id"], unique=False
        )

    op.create_table(
        "crm_mail_receipt",
        sa.Column("mailbox_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("record_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("sender", crm_kernel.dal.types.Encrypted("crm_mail_receipt.sender"), nullable=True),
        sa.Column("subject", crm_kernel.dal.types.Encrypted("crm_mail_receipt.subject"), nullable=True),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.Column("at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mailbox_id"],
            ["crm_mailbox.id"],
            name=op.f("fk_crm_mail_receipt_mailbox_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_mail_receipt")),
        sa.UniqueConstraint("dealership_id", "digest", name=op.f("uq_crm_mail_receipt_dealership_id_digest")),
        sa.UniqueConstraint(
            "mailbox_id", "validity", "uid", name=op.f("uq_crm_mail_receipt_mailbox_id_validity_uid")
        ),
    )
    with op.batch_alter_table("crm_mail_receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_mail_receipt_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_crm_mail_receipt_entity_record_id"), ["entity", "record_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_mail_receipt_mailbox_id_id"), ["mailbox_id", "id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("crm_mail_receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_mail_receipt_mailbox_id_id"))
        batch_op.drop_index(batch_op.f("ix_crm_mail_receipt_entity_record_id"))
        batch_op.drop_index(batch_op.f("ix_crm_mail_receipt_at"))

    op.drop_table("crm_mail_receipt")
    with op.batch_alter_table("crm_mailbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_mailbox_dealership_id_id"))

    op.drop_table("crm_mailbox")
