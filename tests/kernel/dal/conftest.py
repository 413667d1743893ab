"""A database with two groups of dealerships and people in them; no plugin, no service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from crm_kernel.access.organisation import Dealership, Department, Group, Region, Staff, Team
from crm_kernel.clock import SystemClock
from crm_kernel.dal.base import metadata
from crm_kernel.dal.crypto import KeyRing
from crm_kernel.dal.database import Database
from crm_kernel.dal.engine import make_engine
from crm_kernel.dal.types import uuid7
from crm_kernel.settings import Settings
from crm_kernel.testing.databases import database_for, empty_all
from crm_kernel.testing.plugin import BACKENDS
from tests.kernel.dal.house import House
from tests.kernel.dal.showroom import Car, Plate

TABLES = [m.__table__ for m in (Group, Region, Dealership, Department, Team, Staff, Car, Plate)]


@pytest.fixture(params=BACKENDS)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    given = await database_for(request.param, tmp_path)
    settings = Settings.load({}, home=tmp_path / "home", database_url=given.url)
    db = Database(make_engine(settings), KeyRing.generate(), settings, SystemClock())
    if given.url not in _made:
        async with db.engine.begin() as connection:
            await connection.run_sync(partial(metadata.create_all, tables=TABLES))
        _made.add(given.url)
    if given.backend != "sqlite":
        async with db.engine.connect() as connection:
            await empty_all(connection)
    made = House(db, settings)
    await _people(made)
    yield made
    await db.close()


_made: set[str] = set()


async def _people(house: House) -> None:
    names = ("group", "others", "south", "north", "abroad", "shop1", "shop2", "shop3", "shop4")
    house.ids = {name: uuid7() for name in (*names, "sales", "service", "blue", "red", "wang", "li", "zhao")}
    ids = house.ids
    now = datetime.now(UTC)
    async with house.db.work(None) as work:
        for name in ("group", "others"):
            work.add(Group(id=ids[name], code=name, name=name))
        await work.flush()
        for name, group in (("south", "group"), ("north", "group"), ("abroad", "others")):
            work.add(Region(id=ids[name], code=name, name=name, group_id=ids[group]))
        await work.flush()
        for number in range(1, 5):
            where = house.place(f"shop{number}")
            work.add(
                Dealership(
                    id=where.dealership_id,
                    number=number,
                    code=f"shop{number}",
                    name=f"Shop {number}",
                    group_id=where.group_id,
                    region_id=where.region_id,
                )
            )
        await work.flush()
        for name in ("sales", "service"):
            work.add(Department(id=ids[name], dealership_id=ids["shop1"], name=name))
        await work.flush()
        for name in ("blue", "red"):
            work.add(Team(id=ids[name], dealership_id=ids["shop1"], department_id=ids["sales"], name=name))
        await work.flush()
        for name, department, team in (
            ("wang", "sales", "blue"),
            ("li", "sales", "red"),
            ("zhao", "service", None),
        ):
            work.add(
                Staff(
                    id=ids[name],
                    dealership_id=ids["shop1"],
                    department_id=ids[department],
                    team_id=ids.get(team or ""),
                    code=name,
                    name=name,
                    created_at=now,
                )
            )
