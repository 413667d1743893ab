"""A host pushes customers, each time in a process of its own; it may die before or after any commit."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select

from crm_customer.models import Customer
from crm_kernel import Kernel, Settings, assemble
from crm_kernel.administration.staff import ensure_default_dealership
from crm_kernel.dal.scoped import trusted
from crm_kernel.sync.models import SyncBatch, SyncIdentity
from tests.faults.product import rows_of

SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"

PATIENT = {"CRM_HOOK_DEADLINE": "60"}
"""A busy machine is no fault of a module."""


def row(number: int) -> dict[str, Any]:
    """A customer as the host knows him; the same at every run."""
    name = SURNAMES[number % 10] + GIVEN[number % 20] + GIVEN[(number // 20) % 20]
    return {
        "external_id": f"C-{number}",
        "code": f"KH{number:07}",
        "name": name,
        "mobile": f"138{number:08}",
        "level": "gold" if number % 7 == 0 else "normal",
        "registered_on": "2026-11-01",
    }


def die(kernel: Kernel, when: str, nth: int) -> None:
    """Kill this process, as a power cut would, just before its nth commit or just after it; count them
    aloud."""
    seen = 0
    engine = kernel.db.engine.sync_engine

    def commit(_connection: Any) -> None:
        nonlocal seen
        seen += 1
        print(f"commit {seen}", flush=True)
        if seen == nth and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)

    def returned(_connection: Any, _record: Any) -> None:
        if seen >= nth and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "commit", commit)
    event.listen(engine, "checkin", returned)


async def install(home: Path) -> None:
    """An installation in which nothing has happened yet."""
    kernel = assemble(Settings.load(PATIENT, home=home))
    await kernel.upgrade()
    faults = {plugin.name: plugin.reason for plugin in kernel.plugins if plugin.state == "quarantined"}
    if faults:
        sys.exit(str(faults))
    await ensure_default_dealership(kernel)
    await kernel.db.close()


async def push(
    home: Path, batches: int, size: int, first: int, when: str, nth: int, *, tell: bool = False
) -> None:
    """Push batches from the first unconfirmed one on; each confirmed one is told with its counts.

    With `tell` also what there is afterwards: numbers, and every row by natural keys.
    """
    kernel = assemble(Settings.load(PATIENT, home=home))
    async with kernel.running():
        shop = (await kernel.access.store.shops())[0]
        actor = await kernel.access.operator(shop.id)
        die(kernel, when, nth)
        for batch in range(first, batches):
            rows = [row(number) for number in range(batch * size, (batch + 1) * size)]
            found = await kernel.service("sync").push(actor, "customers", rows, source="erp")
            counts = {name: found.count(name) for name in ("created", "changed", "unchanged", "rejected")}
            print(f"confirmed {batch} {json.dumps(counts)}", flush=True)
        if tell:
            print("there", json.dumps([await count(kernel), await rows_of(kernel)]), flush=True)


async def count(kernel: Kernel) -> dict[str, int]:
    """How many customers, ids, records they mean, living records among these, and deliveries there are."""
    asked = {
        "customers": select(func.count()).select_from(Customer),
        "ids": select(func.count()).select_from(SyncIdentity),
        "meant": select(func.count(func.distinct(SyncIdentity.record_id))),
        "mapped": select(func.count())
        .select_from(SyncIdentity)
        .join(Customer, Customer.id == SyncIdentity.record_id),
        "deliveries": select(func.count()).select_from(SyncBatch),
    }
    return {name: int(await kernel.db.first(trusted(one))) for name, one in asked.items()}
