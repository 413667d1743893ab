"""sessions that began at an OpenID provider"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "embedded_0002"
down_revision = "embedded_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("crm_embedded_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("provider_session", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column(
                "id_token", crm_kernel.dal.types.Encrypted("crm_embedded_session.id_token"), nullable=True
            )
        )
        batch_op.create_index(
            batch_op.f("ix_crm_embedded_session_provider_session"), ["provider_session"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("crm_embedded_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_embedded_session_provider_session"))
        batch_op.drop_column("id_token")
        batch_op.drop_column("provider_session")
