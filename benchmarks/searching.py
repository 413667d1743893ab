"""The search box of the customers' list: how long the service takes for one search at a time."""

from __future__ import annotations

import asyncio
import statistics
import time

from benchmarks.figures import Figure
from benchmarks.rig import Plan
from crm_kernel.dal.query import Query
from crm_kernel.settings import Settings
from crm_standalone.boot import boot

TIMES = 40
MOST_MS = 10.0


def measure(plan: Plan) -> list[Figure]:
    """The 95th percentile of each kind of search, in milliseconds."""
    return asyncio.run(_measure(plan))


async def _measure(plan: Plan) -> list[Figure]:
    kernel = boot(Settings.load({}, home=plan.home, database_url=plan.url))
    records, identity = kernel.service("records"), kernel.service("identity")
    found = []
    async with kernel.running():
        actor = await identity.authenticate(
            {"headers": [(b"authorization", f"Bearer {plan.token}".encode())]}
        )
        for name, typed in plan.searches.items():
            wall, cpu = [], []
            hits = 0
            for _number in range(TIMES + 1):
                began, used = time.perf_counter(), time.process_time()
                page = await records.list(actor, "customer", Query(q=typed, limit=25))
                wall.append((time.perf_counter() - began) * 1000)
                cpu.append((time.process_time() - used) * 1000)
                hits = len(page.items)
            # The first compiles the statement, which happens once in a process.
            p95 = statistics.quantiles(wall[1:], n=20)[-1]
            note = f"median {statistics.median(wall[1:]):.1f} ms, first {wall[0]:.0f} ms, "
            note += f"CPU here {statistics.median(cpu[1:]):.1f} ms, {hits} hits"
            found.append(Figure(name, p95, "ms", most=MOST_MS, note=note))
    return found
