"""A group of dealerships with many customers and cars, and a person who may see one dealership."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from benchmarks import people
from benchmarks.questions import questions, searches
from benchmarks.rig import Plan
from crm_customer.entities.lookup_store import CUSTOMER as LOOKUPS
from crm_customer.models import Customer, Phone, PlatePeriod, Vehicle
from crm_kernel.access.models import AccessRule
from crm_kernel.access.organisation import Dealership, Group, Staff
from crm_kernel.dal.base import metadata
from crm_kernel.dal.migrate import analyze
from crm_kernel.dal.types import uuid7
from crm_kernel.kernel import Kernel
from crm_kernel.records.room import room_of
from crm_kernel.records.search.models import INDEX, create_search_index
from crm_kernel.settings import Settings
from crm_kernel.web.secrets import fingerprint
from crm_standalone.accounts.models import Account, Token
from crm_standalone.accounts.secrets import new_token
from crm_standalone.boot import boot

DEALERSHIPS = 20
CHUNK = 5000
RULES = 10_000
ROLE = "benchmark"
MAY = ("customer.view", "vehicle.view")
FILLED = (Customer, Phone, Vehicle, PlatePeriod)


async def seed(url: str, home: Path, rows: int) -> Plan:
    """Fill an empty database and tell what can be asked of it."""
    kernel = boot(Settings.load({}, home=home, database_url=url))
    await kernel.upgrade()
    async with kernel.db.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    shops = await _shops(kernel)
    staff_id, token = await _person(kernel, shops[0])
    async with _without_indexes(kernel):
        for start in range(0, rows, CHUNK):
            await _fill(kernel, shops, range(start, min(start + CHUNK, rows)))
    await analyze(kernel)
    async with kernel.running():
        actor = await kernel.access.actor(staff_id, via="token")
        asked = await questions(kernel, actor, rows, DEALERSHIPS)
    return Plan(url, str(home), token, rows, asked, searches(rows, DEALERSHIPS))


async def _shops(kernel: Kernel) -> list[UUID]:
    shops = [uuid7() for _number in range(DEALERSHIPS)]
    group = uuid7()
    async with kernel.db.work(None) as work:
        work.add(Group(id=group, code="bench", name="Benchmark"))
        await work.flush()
        for number, shop in enumerate(shops):
            work.add(
                Dealership(id=shop, number=number + 1, code=f"b{number}", name=f"{number}", group_id=group)
            )
    return shops


async def _person(kernel: Kernel, shop: UUID) -> tuple[UUID, str]:
    token = new_token()
    staff_id, account = uuid7(), uuid7()
    now = datetime.now(UTC)
    fill = [("p", f"r:role{n % 40}", f"module{n}.view", "dealership") for n in range(RULES)]
    own = [
        *(("p", f"r:{ROLE}", permission, "dealership") for permission in MAY),
        ("g", f"u:{staff_id}", f"r:{ROLE}", str(shop)),
    ]
    async with kernel.db.work(None) as work:
        work.add(Staff(id=staff_id, dealership_id=shop, code="bench", name="Bench", created_at=now))
        await work.flush()
        work.add(
            Account(
                id=account,
                staff_id=staff_id,
                login="bench",
                password_hash="-",
                created_at=now,
                password_changed_at=now,
            )
        )
        await work.flush()
        work.add(
            Token(
                token_hash=fingerprint(token),
                prefix=token[:8],
                name="bench",
                account_id=account,
                created_at=now,
                expires_at=now + timedelta(days=3650),
            )
        )
        names = ("ptype", "v0", "v1", "v2")
        await work.bulk_insert(AccessRule, [dict(zip(names, rule, strict=True)) for rule in fill + own])
        await kernel.access.store.bump(work)
    return staff_id, token


@asynccontextmanager
async def _without_indexes(kernel: Kernel) -> AsyncIterator[None]:
    """Indexes made after the rows: a million are there in minutes."""
    indexes = [index for model in FILLED for index in model.__table__.indexes]

    def drop(connection: Connection) -> None:
        for index in indexes:
            index.drop(connection)
        if kernel.db.dialect == "postgresql":
            connection.exec_driver_sql(f"DROP INDEX {INDEX}")

    def create(connection: Connection) -> None:
        for index in indexes:
            index.create(connection)
        create_search_index(connection)

    engine = kernel.db.engine.execution_options(crm_write=True)
    async with engine.begin() as connection:
        await connection.run_sync(drop)
    yield
    async with engine.begin() as connection:
        await connection.run_sync(create)


async def _fill(kernel: Kernel, shops: list[UUID], numbers: range) -> None:
    look_up = LOOKUPS["mobile"].companion
    records, room = kernel.service("records"), room_of(kernel)
    customers = people.customers(shops, numbers)
    for one in customers:
        one |= room.blind.values(Customer, one["dealership_id"], one)
    cars = people.cars(customers, shops, numbers)
    phones = [
        {
            "dealership_id": one["dealership_id"],
            "customer_id": one["id"],
            "number_bi": look_up.fingerprint(kernel.keys, one["dealership_id"], one["mobile"]),
        }
        for one in customers
    ]
    plates = [
        {"dealership_id": one["dealership_id"], "vehicle_id": one["id"], "plate": one["plate"]}
        for one in cars
    ]
    async with kernel.db.work(None) as work:
        for model, rows in zip(FILLED, (customers, phones, cars, plates), strict=True):
            await work.bulk_insert(model, rows)
        for name, rows in (("customer", customers), ("vehicle", cars)):
            await room.documents.put(work, records.entity(name), rows, new=True)


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    made = asyncio.run(seed(given["url"], Path(given["home"]), given["rows"]))
    Path(given["plan"]).write_bytes(msgspec.json.encode(made))
