"""The product in a process of its own: import a file, maybe die at the nth commit; or say what is kept.

python -m tests.faults.product import HOME FILE [N]
python -m tests.faults.product dump HOME
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event, select

from crm_kernel import Kernel, Settings, assemble
from crm_kernel.administration.staff import ensure_default_dealership
from crm_kernel.contributions import Entity
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.types import Id, UtcTime

PATIENT = {"CRM_HOOK_DEADLINE": "60"}
"""A busy machine is no fault of a module."""
LEFT_OUT = frozenset({"version", "custom", "tags"})


def die_at(kernel: Kernel, nth: int) -> None:
    """Kill this process, as a power cut would, just before its nth commit; print each before it."""
    seen = 0

    def commit(_connection: Any) -> None:
        nonlocal seen
        seen += 1
        print(seen, flush=True)
        if seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(kernel.db.engine.sync_engine, "commit", commit)


async def run_import(home: Path, file: Path, nth: int) -> None:
    kernel = assemble(Settings.load(PATIENT, home=home))
    await kernel.upgrade()
    await ensure_default_dealership(kernel)
    async with kernel.running():
        shop = (await kernel.access.store.shops())[0]
        actor = await kernel.access.operator(shop.id)
        die_at(kernel, nth)
        await kernel.service("imports").import_file(actor, "customers", file)


async def dump(home: Path) -> list[str]:
    """Every row of the customer module by natural keys, decrypted, without ids and times; sorted."""
    kernel = assemble(Settings.load(PATIENT, home=home))
    async with kernel.running():
        return await rows_of(kernel)


async def rows_of(kernel: Kernel) -> list[str]:
    """The same of a running kernel."""
    names: dict[Any, str] = {}
    for entity in kernel.registry.of(Entity):
        if entity.key:
            columns = [getattr(entity.model, name) for name in entity.key]
            for row in await kernel.db.rows(trusted(select(entity.model.id, *columns))):
                names[row[0]] = "/".join(map(str, row[1:]))
    models = kernel.plugins.call(kernel.plugins["customer"], "register_models")
    kept = [(model, await kernel.db.rows(trusted(select(model)))) for model in models]
    return sorted(f"{model.__tablename__} {_plain(row, names)}" for model, rows in kept for row in rows)


def _plain(record: Any, names: dict[Any, str]) -> str:
    kept = {}
    for attribute in type(record).__mapper__.column_attrs:
        column = attribute.columns[0]
        if attribute.key in LEFT_OUT or isinstance(column.type, UtcTime) or attribute.key == "id":
            continue
        value = getattr(record, attribute.key)
        if isinstance(column.type, Id):
            value = names.get(value)
        if not attribute.key.endswith("_bi"):
            kept[attribute.key] = value
    return json.dumps(kept, ensure_ascii=False, default=str, sort_keys=True)


if __name__ == "__main__":
    verb, where = sys.argv[1], Path(sys.argv[2])
    if verb == "import":
        asyncio.run(run_import(where, Path(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 0))
    else:
        print(json.dumps(asyncio.run(dump(where)), ensure_ascii=False))
