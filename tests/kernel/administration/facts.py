"""What lies in the database, to compare before and after."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from crm_kernel.access.models import AccessRule
from crm_kernel.dal.scoped import trusted
from crm_kernel.events.models import Event


async def count_of(kernel: Any, model: type[Any]) -> int:
    found = await kernel.db.rows(trusted(select(func.count()).select_from(model)))
    return int(found[0])


async def facts(kernel: Any) -> tuple[object, ...]:
    rules = await kernel.access.store.rules()
    return (
        sorted((r.ptype, r.v0, r.v1, r.v2) for r in rules),
        await kernel.access.store.revisions(),
        await count_of(kernel, AccessRule),
        await count_of(kernel, Event),
    )
