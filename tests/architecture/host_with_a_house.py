"""A host with packages, migrations and models of its own, and Forecourt in its database."""

from __future__ import annotations

import asyncio
from pathlib import Path

from advanced_alchemy.base import UUIDAuditBase, metadata_registry
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.orm import Mapped, mapped_column

import adapters  # noqa: TID251 - the host's own
import plugins  # noqa: TID251 - the host's own
from crm_embedded.inprocess import Forecourt, HostUser

HERE = Path.cwd()
REVISION = """
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "h1", None, None, None
def upgrade():
    op.create_table("customer", sa.Column("id", sa.Integer, primary_key=True))
def downgrade():
    op.drop_table("customer")
"""
ENVIRONMENT = """
from alembic import context
from sqlalchemy import create_engine
with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


class Customer(UUIDAuditBase):
    """The host's own customer, on the base it shares with nobody of ours."""

    __tablename__ = "erp_customer"
    name: Mapped[str] = mapped_column()


def migrate(url: str) -> None:
    """The host's own Alembic."""
    (HERE / "alembic" / "versions").mkdir(parents=True, exist_ok=True)
    (HERE / "alembic" / "env.py").write_text(ENVIRONMENT)
    (HERE / "alembic" / "versions" / "h1.py").write_text(REVISION)
    config = Config()
    config.set_main_option("script_location", str(HERE / "alembic"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", url)
    command.upgrade(config, "head")


async def forecourt(url: str) -> str:
    """A customer of ours, made in the host's process and database."""
    words = {"roles": {"advisors": "service_agent"}, "plugins": ("customer",), "home": HERE / "crm"}
    async with Forecourt(database_url=url, **words) as crm:
        actor = await crm.actor(HostUser("wang", groups=["advisors"]))
        made = await crm.service("records").create(actor, "customer", {"name": "陈志远"})
        return str(made.name)


url = f"sqlite:///{HERE / 'erp.db'}"
migrate(url)
engine = create_engine(url)
Customer.metadata.create_all(engine)
name = asyncio.run(forecourt(f"sqlite+aiosqlite:///{HERE / 'erp.db'}"))
migrate(url)
with engine.connect() as connection:
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    tables = inspect(connection).get_table_names()
theirs = sorted(table for table in tables if not table.startswith("crm_"))
ours = [table for table in metadata_registry.get().tables if table.startswith("crm_")]
print(plugins.OWNER, adapters.OWNER, revision, name, ",".join(theirs), len(ours))
