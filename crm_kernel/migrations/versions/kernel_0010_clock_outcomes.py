"""how a record's clocks ended, read from the index alone"""

from alembic import op

revision = "kernel_0010"
down_revision = "kernel_0009"
branch_labels = None
depends_on = None

TABLE = "crm_flow_clock"
COVERING = ["record_id", "kind", "ended_at", "missed_at"]


def upgrade() -> None:
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_flow_clock_record_id_kind_ended_at_missed_at"), COVERING, unique=False
        )
        batch_op.drop_index(batch_op.f("ix_crm_flow_clock_record_id_kind"))


def downgrade() -> None:
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_flow_clock_record_id_kind"), ["record_id", "kind"], unique=False
        )
        batch_op.drop_index(batch_op.f("ix_crm_flow_clock_record_id_kind_ended_at_missed_at"))
