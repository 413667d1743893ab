"""Tables for a test's kernel, empty, at the least cost each database allows."""

from __future__ import annotations

import shutil
from pathlib import Path

from crm_kernel.kernel import Kernel
from crm_kernel.testing.databases import TestDatabase, empty_all

_prepared: set[tuple[str, frozenset[str]]] = set()


async def prepare_tables(kernel: Kernel, database: TestDatabase, shared: Path) -> None:
    """Give the kernel its tables, empty: copied from a template on SQLite, swept clean on the servers."""
    tables = table_names(kernel)
    if database.backend == "sqlite":
        template = shared / f"template-{hash(tables) & 0xFFFFFFFF:x}.db"
        target = Path(database.url.split("///", 1)[1])
        if not template.exists():
            await create_tables(kernel)
            await kernel.db.engine.dispose()
            shutil.copy(target, template)
        else:
            shutil.copy(template, target)
        return
    if (database.url, tables) not in _prepared:
        await create_tables(kernel)
        _prepared.add((database.url, tables))
    async with kernel.db.engine.connect() as connection:
        await empty_all(connection)


def table_names(kernel: Kernel) -> frozenset[str]:
    """The tables of the running plugins: two tests' plugins may share a name, not their tables."""
    models = (kernel.plugins.call(plugin, "register_models") or () for plugin in kernel.plugins.running)
    return frozenset(model.__tablename__ for found in models for model in found)


async def create_tables(kernel: Kernel) -> None:
    """Make all tables of the running plugins, as an upgrade does. Raises AssertionError when one fails."""
    for report in await kernel.upgrade():
        assert not report.fault, f"{report.plugin}: {report.fault}"
