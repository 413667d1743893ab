"""Complaints of 20 dealerships on the list and on the board, beside the bare statements of the same pages.

`python -m benchmarks.cases [--cases N] [--rounds N]`, on SQLite and in one process: what is measured is the
server's own work. The floor sends the statements of a page to a bare `sqlite3` connection and reads all rows.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx

from benchmarks.figures import Figure, report
from crm_complaint.models import Complaint
from crm_complaint.process import CLOSED, OPEN
from crm_kernel.access.organisation import Dealership, Staff
from crm_kernel.actor import Actor, Grants, Place, Scope
from crm_kernel.assembly import assemble
from crm_kernel.dal.prepared import Prepared
from crm_kernel.dal.reader import RawRows, Reader
from crm_kernel.dal.types import uuid7
from crm_kernel.flow.models import FlowClock, FlowRun
from crm_kernel.kernel import Kernel
from crm_kernel.settings import Settings
from crm_kernel.testing.gatekeeper import Gatekeeper
from crm_kernel.ui.site import Site
from crm_kernel.web.app import create_app

SHOPS, OPEN_PART, CHUNK = 20, 0.2, 2_000
PAGES = {
    "list": "/complaints",
    "list by deadline": "/complaints?sort=next_due_at",
    "board": "/complaints/board",
}
AIM_MS = 20.0


class Recorder:
    """A reader that remembers what it was asked."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    async def fetch(self, prepared: Prepared, arguments: tuple[Any, ...]) -> RawRows:
        self.asked.append((prepared.sql, arguments))
        return await self._reader.fetch(prepared, arguments)

    async def close(self) -> None:
        await self._reader.close()


async def furnish(kernel: Kernel, cases: int) -> Actor:
    """The dealerships and their cases, a fifth of them open, each with a clock; returns somebody at work."""
    chance, now = Random(50_000), datetime.now(UTC)
    shops = [Dealership(number=n, code=f"s{n}", name=f"Shop {n}") for n in range(1, SHOPS + 1)]
    async with kernel.db.work(None) as work:
        for shop in shops:
            work.add(shop)
        await work.flush()
        person = work.add(Staff(dealership_id=shops[0].id, code="bench", name="Bench", created_at=now))
    for start in range(0, cases, CHUNK):
        rows, runs, clocks = [], [], []
        for number in range(start, min(start + CHUNK, cases)):
            shop, record = shops[number % SHOPS], uuid7()
            state = chance.choice(OPEN) if chance.random() < OPEN_PART else CLOSED
            due = now + timedelta(hours=chance.randrange(-200, 400)) if state != CLOSED else None
            received = now - timedelta(minutes=chance.randrange(1, 500_000))
            shared = {"dealership_id": shop.id, "created_at": received, "updated_at": received, "version": 1}
            rows.append(
                {
                    **shared, "id": record, "number": f"TS-{number:06}", "subject": f"异响 {number}",
                    "status": state, "received_at": received, "channel": "phone",
                    "level": chance.choice(("general", "urgent")),
                    "staff_concerned": [], "rounds": 0, "currency": "CNY", "next_due_at": due, "tags": [],
                    "custom": {}, "handler_id": person.id, "owner_id": person.id,
                }
            )  # fmt: skip
            run = {"record_id": record, "dealership_id": shop.id, "flow": "complaint", "version": 1}
            runs.append({**run, "state": state, "since": received})
            if due is not None:
                clocks.append(
                    {
                        **run, "id": uuid7(), "kind": "accept", "span": {"hours": 24}, "started_at": received,
                        "due_at": due, "next_at": due if due > now else None, "reminders": 0,
                    }
                )  # fmt: skip
        async with kernel.db.work(None) as work:
            await work.bulk_insert(Complaint, rows)
            await work.bulk_insert(FlowRun, runs)
            await work.bulk_insert(FlowClock, clocks)
    grants = Grants(permissions=dict.fromkeys(kernel.registry.permissions, Scope.DEALERSHIP))
    return Actor(person.id, "Bench", Place(dealership_id=shops[0].id), grants, via="token")


async def p95(rounds: int, act: Callable[[], Awaitable[object]]) -> float:
    """The 95th percentile of so many rounds in milliseconds, after a few that do not count."""
    spent = []
    for turn in range(rounds + 5):
        began = time.perf_counter()
        await act()
        if turn >= 5:
            spent.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(spent, n=20)[-1]


async def measure(home: Path, cases: int, rounds: int) -> Sequence[Figure]:
    """Every page and its floor."""
    gatekeeper = Gatekeeper()
    kernel = assemble(Settings.load({}, home=home), overrides={"identity": gatekeeper})
    await kernel.upgrade()
    figures = []
    async with kernel.running():
        gatekeeper.actor = await furnish(kernel, cases)
        site = Site(kernel)
        app = create_app(kernel, run_kernel=False, handlers=site.handlers(), error_page=site.error_page)
        gc.freeze()  # as the server does when it has started
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        file = sqlite3.connect(str(kernel.db.engine.url.database))
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
            client.headers["accept"] = "text/html"
            for name, path in PAGES.items():
                recorder = Recorder(kernel.db.reader)
                kernel.db.reader = recorder
                answer = await client.get(path)
                assert answer.status_code == 200, answer.text[:500]
                kernel.db.reader = recorder._reader

                async def page(path: str = path) -> None:
                    await client.get(path)

                async def floor(asked: Sequence[Any] = tuple(recorder.asked)) -> None:
                    for sql, arguments in asked:
                        file.execute(sql, arguments).fetchall()

                took, least = await p95(rounds, page), await p95(rounds, floor)
                note = f"{len(recorder.asked)} statements, {len(answer.content) / 1024:.0f} kB"
                figures.append(Figure(f"{name}, p95", took, "ms", most=AIM_MS, note=note))
                figures.append(Figure(f"{name}, floor p95", least, "ms", note=f"share {least / took:.0%}"))
    return figures


def main() -> int:
    """Print the figures as a Markdown table; 1 when an aim was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cases")
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        found = asyncio.run(measure(Path(home), given.cases, given.rounds))
    title = f"sqlite, {given.cases:,} cases in {SHOPS} dealerships, load {os.getloadavg()[0]:.1f}"
    return int(report(title, found) > 0)


if __name__ == "__main__":
    raise SystemExit(main())
