"""Figures over many complaints: each report for one dealership and for a group, beside a bare count.

`python -m benchmarks.complaints [--cases N] [--stores N] [--rounds N] [--home DIR]`. SQLite. Prints for each
report the p95 of wall time and the median of processor time, as the page's card is answered: counted for the
period and the one before, worded, drawn. The floor is the same count of types by the bare driver.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import httpx
from sqlalchemy import insert, text

from crm_kernel.access.organisation import Dealership, Group, Staff
from crm_kernel.actor import Actor, Grants, Place, Scope
from crm_kernel.assembly import assemble, prepare
from crm_kernel.dal.base import metadata
from crm_kernel.dal.types import uuid7, uuid7_many
from crm_kernel.kernel import Kernel
from crm_kernel.settings import Settings
from crm_kernel.testing.doorman import served

SEED = 20_261_126
DAYS = 400
CHUNK = 5000
TYPES = ("quality", "repair", "service", "sales", "delivery", "price", "parts", "insurance", "other")
PROBLEMS = ("engine.noise", "gearbox.jerk", "battery.range", "brakes", "body.paint", "workshop.late")
MODELS = tuple(f"车型 {n}" for n in range(40))
LEVELS = ("general", "escalated", "important", "urgent")
RIGHTS = ("complaint.view", "complaint.figures", "complaint.export")
AIM_STORE_MS, AIM_GROUP_MS = 20, 1000
"""p95 of a card for one dealership; what a group's manager bears."""


def rows(stores: Sequence[Any], handlers: Sequence[Any], cases: int, now: datetime) -> list[dict[str, Any]]:
    """Complaints over thirteen months, most of them closed; taken down, and so numbered, as they came in."""
    chance, found = Random(SEED), []
    ages = sorted((chance.randrange(DAYS * 86_400) for _case in range(cases)), reverse=True)
    for number, key in enumerate(uuid7_many(cases)):
        received = now - timedelta(seconds=ages[number])
        closed = chance.random() < 0.93
        ended = min(received + timedelta(days=chance.randrange(1, 20)), now)
        outcome = chance.choices(("satisfied", "invalid", "forced"), (80, 15, 5))[0]
        store = number % len(stores)
        found.append(
            {
                "id": key, "dealership_id": stores[store], "owner_id": None, "created_at": received,
                "updated_at": received, "created_by": None, "version": 1, "tags": [], "custom": {},
                "number": f"TS-{number:08d}", "subject": "刹车异响", "received_at": received,
                "channel": chance.choice(("phone", "visit", "wechat")), "level": chance.choice(LEVELS),
                "complaint_type": chance.choice(TYPES), "problem_type": chance.choice(PROBLEMS),
                "model": chance.choice(MODELS), "staff_concerned": [],
                "handler_id": handlers[store * 8 + chance.randrange(8)],
                "status": "closed" if closed else "assigned", "outcome": outcome if closed else None,
                "valid": outcome != "invalid" if closed else None, "rounds": chance.choice((0, 0, 0, 1, 2)),
                "closed_at": ended if closed else None, "currency": "CNY",
                "cost": Decimal(chance.randrange(100, 5000)) if chance.random() < 0.5 else None,
            }
        )  # fmt: skip
    return found


def clocks(complaints: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Three deadlines for each."""
    chance, found = Random(SEED), []
    for case in complaints:
        for kind in ("accept", "call_back", "monthly"):
            due = case["received_at"] + timedelta(hours=8)
            late = chance.random() < 0.1
            found.append(
                {
                    "id": uuid7(), "dealership_id": case["dealership_id"], "record_id": case["id"],
                    "flow": "complaint", "version": 1, "kind": kind, "span": {"hours": 8},
                    "started_at": case["received_at"], "due_at": due, "reminders": 0,
                    "missed_at": due if late else None, "ended_at": due,
                }
            )  # fmt: skip
    return found


async def seed(kernel: Kernel, stores: int, cases: int) -> tuple[Any, list[Any]]:
    """A group of dealerships with their complaints; gives the group's id and the dealerships'."""
    now, group = kernel.clock.now(), Group(id=uuid7(), code="group", name="集团")
    shops = [
        Dealership(id=uuid7(), number=100 + n, code=f"s{n}", name=f"门店 {n}", group_id=group.id)
        for n in range(stores)
    ]
    people = [
        Staff(id=uuid7(), code=f"h{n}-{m}", name=f"处理人 {n}-{m}", created_at=now, dealership_id=shop.id)
        for n, shop in enumerate(shops)
        for m in range(8)
    ]
    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        work.session.add(group)
        await work.flush()
        work.session.add_all(shops)
        await work.flush()
        work.session.add_all(people)
    found = rows([shop.id for shop in shops], [one.id for one in people], cases, now)
    async with kernel.db.engine.begin() as connection:
        for name, held in (("crm_complaint_complaint", found), ("crm_flow_clock", clocks(found))):
            for place in range(0, len(held), CHUNK):
                await connection.execute(insert(metadata.tables[name]), held[place : place + CHUNK])
        await connection.execute(text("ANALYZE"))
    return group.id, [shop.id for shop in shops]


def reader(scope: Scope, place: Place) -> Actor:
    """Somebody who looks at figures."""
    grants = Grants(permissions=dict.fromkeys(RIGHTS, scope))
    return Actor(uuid7(), "经理", place, grants)


async def timed(client: httpx.AsyncClient, path: str, rounds: int) -> tuple[float, float]:
    """(p95 of wall time, median of processor time) in milliseconds."""
    walls, cpus = [], []
    for place in range(rounds + 2):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = await client.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
        if place >= 2:  # The first ones prepare their statements.
            walls.append((time.perf_counter() - wall) * 1000)
            cpus.append((time.process_time() - cpu) * 1000)
    return sorted(walls)[int(len(walls) * 0.95)], statistics.median(cpus)


def floor(file: Path, rounds: int, store: Any, since: datetime) -> float:
    """The median milliseconds of the bare driver's count of types, for this time and the one before."""
    connection = sqlite3.connect(file)
    where, values = ("dealership_id = ? AND", [str(store)]) if store else ("", [])
    sql = f"SELECT complaint_type, count(*) FROM crm_complaint_complaint WHERE {where}"
    sql += " received_at >= ? AND received_at < ? AND deleted_at IS NULL GROUP BY complaint_type"
    edges = [(since - (datetime.now(UTC) - since), since), (since, datetime.now(UTC))]
    took = []
    for _round in range(rounds):
        began = time.process_time()
        for first, last in edges:
            connection.execute(sql, [*values, _iso(first), _iso(last)]).fetchall()
        took.append((time.process_time() - began) * 1000)
    connection.close()
    return statistics.median(took)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def main(given: argparse.Namespace) -> int:
    """Seed, measure, print; how many aims were missed."""
    home, file = given.home, given.file
    kernel = assemble(Settings.load({}, home=home, database_url=f"sqlite+aiosqlite:///{file}"))
    await prepare(kernel)
    missed = 0
    async with kernel.running():
        group, shops = await seed(kernel, given.stores, given.cases)
        app, doorman = served(kernel)
        store = reader(Scope.DEALERSHIP, Place(dealership_id=shops[0], group_id=group))
        boss = reader(Scope.GROUP, Place(group_id=group))
        for title, actor, aim, shop in (
            ("one dealership", store, AIM_STORE_MS, shops[0]),
            ("the group", boss, AIM_GROUP_MS, None),
        ):
            began = datetime.now(UTC).replace(month=1, day=1)
            bare = floor(file, given.rounds, shop, began)
            print(
                f"{title}: {given.cases:,} complaints, {given.stores} dealerships; bare count {bare:.1f} ms"
            )
            headers = {**doorman.knows(actor), "accept": "text/html"}
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://crm.test", headers=headers
            ) as client:
                page = "/reports/complaint"
                lines = await kernel.service("reports").list(actor, "complaint")
                paths = [page, *(f"{page}/figures/{line.name}?period=year" for line in lines)]
                for path in paths:
                    wall, cpu = await timed(client, path, given.rounds)
                    missed += cpu > aim
                    name = path.rpartition("/")[2].partition("?")[0]
                    verdict = "" if cpu <= aim else "   missed"
                    print(f"  {name:28} p95 {wall:8.1f} ms   CPU {cpu:8.1f} ms{verdict}")
    return missed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--stores", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--home", type=Path, default=Path("var/benchmarks"))
    asked = parser.parse_args()
    asked.home.mkdir(parents=True, exist_ok=True)
    asked.file = asked.home / f"complaints-{asked.cases}-{asked.stores}.db"
    asked.file.unlink(missing_ok=True)
    raise SystemExit(1 if asyncio.run(main(asked)) else 0)
