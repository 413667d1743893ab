"""The three ways in which a module leaves: its data kept, exported, or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from crm_kernel.dal import migrate
from crm_kernel.records.room import room_of
from crm_kernel.removal import archive, store
from crm_kernel.removal.belongings import Belongings, belongings

if TYPE_CHECKING:
    from crm_kernel.actor import Actor
    from crm_kernel.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Leaving:
    """What was done with a module: rows of its own tables, rows the kernel's tables forgot, the file."""

    plugin: str
    rows: Mapping[str, int]
    forgotten: Mapping[str, int] = field(default_factory=dict)
    file: Path | None = None


async def keep(kernel: Kernel, name: str, actor: Actor | None = None) -> Leaving:
    """Leave a module's tables and what people entered (custom fields, notes, ...) for a later return.

    Grants, switches, subscriptions, schedules and waiting jobs go: a module of that name that comes later
    starts with its own defaults. Raises NotFound and Conflict as `belongings` does, and Conflict while
    modules that require it stand. The audit names the `actor`.
    """
    own = belongings(kernel, name)
    await migrate.check_not_needed(kernel, name)
    rows = await _count(kernel, own)
    return Leaving(name, rows, await _forget(kernel, actor, own, "kept", data=False))


async def export(kernel: Kernel, name: str, file: Path) -> Leaving:
    """Write a module's data into a file (see crm_kernel.removal.archive) and change nothing."""
    own = belongings(kernel, name)
    return Leaving(name, await archive.write(kernel, own, file), file=file)


async def drop(kernel: Kernel, name: str, actor: Actor | None = None) -> Leaving:
    """Remove a module's tables, and every row of the kernel's tables that speaks of it.

    The audit and the event log stay: they say what happened. The audit names the `actor`. May be called
    again after a crash. Raises as `keep` does.
    """
    own = belongings(kernel, name)
    await migrate.check_not_needed(kernel, name)
    rows = await _count(kernel, own)
    forgotten = await _forget(kernel, actor, own, "dropped", data=True)
    if own.tables:
        await migrate.drop(kernel, name)
    return Leaving(name, rows, forgotten)


async def _count(kernel: Kernel, own: Belongings) -> Mapping[str, int]:
    """Rows of those of its tables that stand."""
    async with kernel.db.engine.connect() as connection:
        present = await migrate.standing_tables(connection)
        return await store.count(connection, tuple(t for t in own.tables if t.name in present))


async def _forget(
    kernel: Kernel, actor: Actor | None, own: Belongings, verb: str, *, data: bool
) -> Mapping[str, int]:
    """In one transaction, so that running processes see rights and subscriptions go together."""
    async with kernel.db.engine.connect() as connection:
        keys = await store.file_keys(connection, own) if data else []
    async with kernel.db.work(actor, now=kernel.clock.now()) as work:
        await kernel.access.count(work)
        forgotten = await store.forget(work, own, data=data)
        if kernel.offers("audit"):
            kernel.service("audit").noted(work, verb, "module", None, {}, {"name": own.plugin})
        if kernel.offers("records_room"):
            work.after_commit(room_of(kernel).custom_fields.forget)
        for key in keys:
            work.after_commit(partial(kernel.service("file_store").remove, key))
    return {table: count for table, count in forgotten.items() if count}
