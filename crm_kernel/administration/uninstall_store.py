"""Leaving a database as it was before we came: nothing of ours stays, nothing of the host's is touched."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from graphlib import TopologicalSorter
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from sqlalchemy import Connection, MetaData, Table, inspect, literal, select, text
from sqlalchemy.schema import DropTable

from crm_kernel.dal.base import metadata
from crm_kernel.dal.environments import KERNEL, Environment, environments
from crm_kernel.dal.migrate import alone
from crm_kernel.dal.schema import drop_schema
from crm_kernel.errors import Conflict
from crm_kernel.plugins import ENTRY_POINTS
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

ADAPTERS = "crm_kernel.adapters"
"""Entry points of adapters that have tables of their own, so that each can clear up after another."""
VERSIONS = "crm_alembic_"
STATISTICS = ("sqlite_stat1", "sqlite_stat4")


async def uninstall(kernel: Kernel) -> list[str]:
    """Take away all our tables with everything in them; gives the names of the modules that had any.

    Modules that are switched off and other adapters' tables go too, as long as their distributions are
    installed. Raises Conflict for tables of one that is not: only the module itself knows which they are.
    """
    found, bare = environments(kernel)
    running = {environment.plugin for environment in found}
    async with alone(kernel.db) as connection:
        standing = await connection.run_sync(lambda c: inspect(c).get_table_names())
        noted = {table.removeprefix(VERSIONS) for table in standing if table.startswith(VERSIONS)}
        resting = _installed(noted - running)
        missing = noted - running - {environment.plugin for environment in resting}
        if missing:
            raise Conflict(
                _("The database also holds tables of {names}. Install these modules first.")(
                    names=", ".join(sorted(missing))
                ),
                code="modules_missing",
            )
        for _name, tables in reversed(bare):
            await connection.run_sync(partial(metadata.drop_all, tables=tables))
        for environment in (*resting, *reversed(found)):
            await connection.run_sync(environment.downgrade)
        if kernel.db.dialect == "sqlite":
            await connection.run_sync(_forget_statistics)
        await drop_schema(connection, kernel.settings.database_schema)
    gone = [environment.plugin for environment in (*found, *resting) if environment.plugin != KERNEL]
    return [*gone, *(name for name, _tables in bare)]


def _installed(names: Collection[str]) -> list[Environment]:
    """Environments of modules and adapters that are installed and do not run; dependents come first."""
    found: dict[str, Environment] = {}
    requires: dict[str, Collection[str]] = {}
    for entry in (*entry_points(group=ENTRY_POINTS), *entry_points(group=ADAPTERS)):
        if entry.name in names:
            module = entry.load()
            tables = frozenset(model.__tablename__ for model in module.register_models())
            found[entry.name] = Environment(entry.name, module.register_migrations().package, tables)
            requires[entry.name] = [name for name in module.manifest().requires if name in names]
    order = list(TopologicalSorter(requires).static_order())
    return [found[name] for name in reversed(order) if name in found]


def _forget_statistics(connection: Connection) -> None:
    """SQLite keeps an empty table of statistics once there were any."""
    for name in STATISTICS:
        there = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = :n"), {"n": name}).first()
        table = Table(name, MetaData())
        if there and connection.execute(select(literal(1)).select_from(table).limit(1)).first() is None:
            connection.execute(DropTable(table))
