"""What the audit's chain costs: verifying against hashing the same bytes, and writers beside a sealer.

`python -m benchmarks.audit_chain [--entries N] [--backend NAME ...]`. The floor of verifying is a loop that
hashes the entries' canonical bytes and nothing else. Writers: sixteen at once create customers for some
seconds with a sealer that runs as in production, and without; what it costs them is told.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from crm_kernel.access.organisation import Dealership
from crm_kernel.assembly import assemble
from crm_kernel.audit.chain import CHANGES, START, canonical
from crm_kernel.audit.chain_store import ChainStore
from crm_kernel.audit.models import AuditChange
from crm_kernel.audit.verification import Verifier
from crm_kernel.kernel import Kernel
from crm_kernel.settings import Settings

URLS = {
    "postgresql": "postgresql+asyncpg://root@127.0.0.1:5432/crm_bench_audit",
    "mariadb": "mariadb+asyncmy://root@127.0.0.1:3306/crm_bench_audit",
}
WRITERS = 16
ROUNDS = 3


@dataclass
class Told:
    """A figure and what it must not exceed."""

    name: str
    value: float
    most: float
    unit: str

    def __str__(self) -> str:
        return f"{self.name:<48}{self.value:>10.2f} {self.unit:<6} (at most {self.most:g})"


async def prepared(backend: str, folder: Path) -> Kernel:
    """A kernel on an empty database."""
    url = f"sqlite+aiosqlite:///{folder / 'audit.db'}" if backend == "sqlite" else URLS[backend]
    settings = Settings.load({}, home=folder, database_url=os.environ.get("CRM_BENCH_URL", url))
    kernel = assemble(settings)
    await kernel.upgrade()
    async with kernel.db.work(None) as work:
        work.add(Dealership(number=1, code=f"bench{uuid4().hex[:6]}", name="bench"))
    return kernel


async def fill(kernel: Kernel, entries: int) -> None:
    """Entries as a changed customer leaves them."""
    body = '{"level":"A","remark":"回访","~":{"fields":["name","mobile"],"sealed":"' + "ab" * 90 + '"}}'
    for start in range(0, entries, 5000):
        async with kernel.db.work(None) as work:
            rows = [
                {
                    "at": work.now,
                    "actor_id": uuid4(),
                    "via": "session",
                    "request_id": "-",
                    "dealership_id": uuid4(),
                    "entity": "customer",
                    "record_id": uuid4(),
                    "verb": "change",
                    "reason": None,
                    "before": body,
                    "after": body,
                }
                for _n in range(min(5000, entries - start))
            ]
            await work.bulk_insert(AuditChange, rows)


async def verifying(kernel: Kernel, entries: int) -> list[Told]:
    """Sealing and verifying so many entries, against hashing their bytes."""
    await fill(kernel, entries)
    began = time.perf_counter()
    await kernel.service("audit_chain").seal()
    sealed = time.perf_counter() - began
    began = time.perf_counter()
    verdict = await Verifier(kernel).verify()
    verified = time.perf_counter() - began
    if not verdict.ok or verdict.entries < entries:
        raise SystemExit(f"not verified: {verdict}")
    links = []
    for after in range(0, verdict.entries, 20_000):
        links += await ChainStore(kernel.db).links(CHANGES, after, verdict.entries, 20_000)
    raw = []
    previous = START
    for one in links:
        raw.append(canonical(CHANGES, one.number, previous, one.values))
        previous = str(one.hash)
    began = time.perf_counter()
    for some in raw:
        hashlib.sha256(some).hexdigest()
    floor = time.perf_counter() - began
    scale = 100_000 / len(links)
    print(f"  floor: hashing the same {len(raw):,} entries' bytes takes {floor:.2f} s")
    print(f"  sealing them takes {sealed:.2f} s; verifying is {verified / floor:.1f} times the floor")
    return [Told("verifying 100,000 entries", verified * scale, 10, "s")]


async def writing(kernel: Kernel, seconds: float, sealing: bool) -> float:
    """Customers created in a second by sixteen writers."""
    shop = next(iter((await kernel.access.policy()).shops))
    actor = await kernel.access.operator(shop)
    until = time.perf_counter() + seconds
    made = 0

    async def writer() -> None:
        nonlocal made
        while time.perf_counter() < until:
            values: dict[str, Any] = {"kind": "person", "name": "王小明", "mobile": "13800008000"}
            await kernel.service("records").create(actor, "customer", values)
            made += 1

    async def sealer() -> None:
        while time.perf_counter() < until:
            await asyncio.sleep(min(30, seconds / 2))
            await kernel.service("audit_chain").seal()

    began = time.perf_counter()
    tasks = [writer() for _n in range(WRITERS)]
    await asyncio.gather(*tasks, *([sealer()] if sealing else []))
    return made / (time.perf_counter() - began)


async def cost(kernel: Kernel, seconds: float) -> list[Told]:
    """Rounds with and without a sealer, one after the other; the middle one counts."""
    shares = []
    for number in range(ROUNDS):
        order = (False, True) if number % 2 == 0 else (True, False)
        found = {sealing: await writing(kernel, seconds, sealing) for sealing in order}
        await kernel.service("audit_chain").seal()
        print(f"  {found[False]:.0f} records/s without a sealer, {found[True]:.0f} with one")
        shares.append(1 - found[True] / found[False])
    return [Told("what sealing costs sixteen writers", sorted(shares)[ROUNDS // 2] * 100, 10, "%")]


async def main(given: argparse.Namespace) -> int:
    """How many aims were missed."""
    missed = 0
    for backend in given.backend:
        with tempfile.TemporaryDirectory() as folder:
            kernel = await prepared(backend, Path(folder))
            print(f"{backend}, {given.entries:,} entries")
            async with kernel.running():
                told = [*await verifying(kernel, given.entries), *await cost(kernel, given.seconds)]
            for one in told:
                missed += one.value > one.most
                print(f"  {one}")
    return missed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--backend", action="append", choices=["sqlite", *URLS])
    parser.add_argument("--seconds", type=float, default=15)
    arguments = parser.parse_args()
    arguments.backend = arguments.backend or ["sqlite"]
    raise SystemExit(1 if asyncio.run(main(arguments)) else 0)
