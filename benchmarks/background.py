"""Events and jobs on each database: `python -m benchmarks.background [--backend NAME] [--count N]`.

The floor beside each figure is one bare insert and commit per row on the same engine, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
from sqlalchemy import insert

from crm_kernel.access.organisation import Group
from crm_kernel.assembly import assemble
from crm_kernel.contributions import EventType, Job, Manifest, Subscription
from crm_kernel.dal.base import metadata
from crm_kernel.dal.types import uuid7
from crm_kernel.events.dispatcher import Dispatcher
from crm_kernel.hookspecs import hookimpl
from crm_kernel.jobs.background import background
from crm_kernel.jobs.worker import Worker
from crm_kernel.kernel import Kernel
from crm_kernel.settings import Settings
from crm_kernel.testing.databases import database_for, drop_databases
from crm_kernel.text import messages

_ = messages("bench")

RATE = 500
SECONDS = 10


class Told(msgspec.Struct):
    at: float


class Listener:
    """Notes how long each event was on its way, and counts jobs."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self.jobs = 0
        self.complete = asyncio.Event()

    async def hear(self, _kernel: Kernel, payload: Told, _event: object) -> None:
        self.delays.append(time.time() - payload.at)
        if len(self.delays) == RATE * SECONDS:
            self.complete.set()

    async def work(self, _kernel: Kernel, n: int) -> None:
        self.jobs += 1

    def plugin(self) -> Any:
        """A module with one event, one listener and one job."""

        @hookimpl
        def manifest() -> Manifest:
            return Manifest("bench", _("Benchmark"), "1")

        @hookimpl
        def register_events() -> list[EventType]:
            return [EventType("bench.told", Told, lambda: Told(0.0))]

        @hookimpl
        def register_subscriptions() -> list[Subscription]:
            return [Subscription("bench.listener", "bench.told", Told, self.hear)]

        @hookimpl
        def register_jobs() -> list[Job]:
            return [Job("bench.work", self.work, _("Work"))]

        return SimpleNamespace(
            __name__="bench",
            manifest=manifest,
            register_events=register_events,
            register_subscriptions=register_subscriptions,
            register_jobs=register_jobs,
        )


@asynccontextmanager
async def house(backend: str, listener: Listener) -> AsyncIterator[Kernel]:
    """A running kernel on an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        place = await database_for(backend, Path(folder))
        settings = Settings.load({}, home=folder, database_url=place.url)
        kernel = assemble(settings, modules=[listener.plugin()], discover=False)
        async with kernel.db.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        async with kernel.running():
            yield kernel
    await drop_databases()


async def floor(kernel: Kernel, count: int) -> float:
    """Bare inserts with a commit each, per second."""
    engine = kernel.db.engine.execution_options(crm_write=True)
    started = time.perf_counter()
    for n in range(count):
        row = {"id": uuid7(), "code": f"floor{n}", "name": "floor"}
        async with engine.begin() as connection:
            await connection.execute(insert(Group.__table__), row)
    return count / (time.perf_counter() - started)


async def tell(kernel: Kernel, count: int) -> None:
    async with kernel.db.work(None) as work:
        for _n in range(count):
            kernel.events.emit(work, "bench.told", Told(time.time()))


async def latency(kernel: Kernel, listener: Listener) -> str:
    """Events told at a steady rate, in transactions of five."""
    listener.delays.clear()
    async with background(kernel):
        started = time.perf_counter()
        for n in range(RATE * SECONDS // 5):
            await tell(kernel, 5)
            await asyncio.sleep(max(0.0, started + (n + 1) * 5 / RATE - time.perf_counter()))
        told = RATE * SECONDS / (time.perf_counter() - started)
        await listener.complete.wait()
    cuts = statistics.quantiles(listener.delays, n=100)
    return f"{told:.0f} events/s: p50 {cuts[49] * 1000:.0f} ms, p95 {cuts[94] * 1000:.0f} ms"


async def drain_events(kernel: Kernel, count: int) -> str:
    """A backlog, from nothing placed to everything handled."""
    for _n in range(count // 100):
        await tell(kernel, 100)
    started = time.perf_counter()
    handled = await Dispatcher(kernel).drain()
    taken = time.perf_counter() - started
    return f"{handled} events drained in {taken:.1f} s ({handled / taken:.0f}/s)"


async def jobs(kernel: Kernel, listener: Listener, count: int) -> str:
    """Enqueued one by one in a transaction each, then run by one process."""
    service = kernel.service("jobs")
    started = time.perf_counter()
    for n in range(count):
        async with kernel.db.work(None) as work:
            service.enqueue(work, "bench.work", n=n)
    enqueued = count / (time.perf_counter() - started)
    started = time.perf_counter()
    await Worker(kernel).drain()
    ran = listener.jobs / (time.perf_counter() - started)
    return f"{enqueued:.0f} jobs/s enqueued, {ran:.0f} jobs/s run"


async def measure(backend: str, count: int) -> None:
    """All figures on one database."""
    listener = Listener()
    async with house(backend, listener) as kernel:
        print(f"{backend}: floor {await floor(kernel, 1000):.0f} inserts/s")
        print(f"  {await latency(kernel, listener)}")
        print(f"  {await drain_events(kernel, count)}")
        print(f"  {await jobs(kernel, listener, 2000)}", flush=True)


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", choices=("sqlite", "postgresql", "mariadb"), action="append")
    parser.add_argument("--count", type=int, default=10_000)
    given = parser.parse_args()
    for backend in given.backend or ("sqlite", "postgresql", "mariadb"):
        asyncio.run(measure(backend, given.count))


if __name__ == "__main__":
    main()
