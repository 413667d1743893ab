"""reasons of deletions lie encrypted, in the kernel's tables and in those of every module"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from crm_kernel.dal.crypto import KeyRing
from crm_kernel.dal.types import ring_of
from crm_kernel.errors import ConfigurationError

revision = "kernel_0008"
down_revision = "kernel_0007"
branch_labels = None
depends_on = None

COLUMN = "delete_reason"
CHUNK = 1000


def upgrade() -> None:
    _rewrite(
        lambda ring, context, text: text if _sealed(ring, context, text) else ring.encrypt(context, text)
    )


def downgrade() -> None:
    _rewrite(
        lambda ring, context, text: ring.decrypt(context, text) if _sealed(ring, context, text) else text
    )


def _sealed(ring: KeyRing, context: bytes, text: str) -> bool:
    """Whether it lies encrypted already: a migration that broke off begins again."""
    try:
        ring.decrypt(context, text)
    except ConfigurationError:
        return False
    return True


def _rewrite(change: Callable[[KeyRing, bytes, str], str]) -> None:
    connection = op.get_bind()
    ring = ring_of(connection.dialect)
    inspector = sa.inspect(connection)
    for name in sorted(inspector.get_table_names()):
        columns = (
            {column["name"] for column in inspector.get_columns(name)} if name.startswith("crm_") else ()
        )
        if not {"id", "deleted_at", COLUMN} <= set(columns):
            continue
        table = sa.table(name, sa.column("id"), sa.column(COLUMN, sa.Text()))
        reasons = sa.select(table.c.id, table.c[COLUMN]).where(table.c[COLUMN].is_not(None))
        context = f"{name}.{COLUMN}".encode()
        rows = [{"key": key, "why": change(ring, context, why)} for key, why in connection.execute(reasons)]
        written = (
            sa.update(table).where(table.c.id == sa.bindparam("key")).values({COLUMN: sa.bindparam("why")})
        )
        for start in range(0, len(rows), CHUNK):
            connection.execute(written, rows[start : start + CHUNK])
