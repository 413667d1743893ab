"""Reading when things go wrong: long questions, connections cut, servers away, disks full."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import aliased

from crm_kernel.actor import Scope
from crm_kernel.clock import SystemClock
from crm_kernel.dal.crypto import KeyRing
from crm_kernel.dal.database import Database
from crm_kernel.dal.engine import make_engine
from crm_kernel.dal.faults import translate
from crm_kernel.dal.query import Query
from crm_kernel.dal.scoped import Scoped, scoped, trusted
from crm_kernel.errors import ConfigurationError, Unavailable
from crm_kernel.settings import Settings
from tests.kernel.dal.house import House, car
from tests.kernel.dal.showroom import CARS, Car


def every_triple() -> Scoped:
    first, second, third = (aliased(Car) for _ in range(3))
    count = select(func.count()).select_from(first).join(second, first.id != second.id)
    return trusted(count.join(third, third.vin >= bindparam("least")))


async def test_a_long_question_does_not_stop_everybody_else(house: House) -> None:
    async with house.db.work(house.access(Scope.ALL)) as work:
        await work.bulk_insert(Car, [{"vin": f"V{n}", "name": "x"} for n in range(130)])
    prepared = house.db.prepared("triples", every_triple)
    assert house.db.prepared("triples", every_triple) is prepared
    question = asyncio.create_task(house.db.fetch(prepared, {"least": ""}))
    turns = 0
    while not question.done():
        await asyncio.sleep(0)
        turns += 1
    assert (await question)[0][0] == 130 * 129 * 130
    assert turns > 3
    if house.db.dialect == "sqlite":
        assert prepared.slow_until > 0
        assert (await house.db.fetch(prepared, {"least": ""}))[0][0] == 130 * 129 * 130
    page = await CARS.page(house.db, house.access(Scope.ALL), Query(limit=3), ["vin"])
    assert len(page.rows) == 3


async def test_a_cut_connection_is_replaced_unnoticed(house: House) -> None:
    await house.add([car(1)])
    access = house.access(Scope.ALL)
    for _time in range(3):
        await asyncio.gather(*(CARS.page(house.db, access, Query(), ["vin"]) for _ in range(6)))
        await cut_all_connections(house)
        page = await CARS.page(house.db, access, Query(), ["vin"])
        assert len(page.rows) == 1
        await asyncio.gather(*(CARS.page(house.db, access, Query(), ["vin"]) for _ in range(6)))
        await cut_all_connections(house)
        await house.add([car(_time + 10)])
        async with house.db.work(access) as work:
            for row in await work.rows(scoped(access, Car).where(Car.vin == car(_time + 10).vin)):
                await work.remove(row)


async def cut_all_connections(house: House) -> None:
    if house.db.dialect == "sqlite":
        return
    other = make_engine(house.settings)
    async with other.connect() as connection:
        if house.db.dialect == "postgresql":
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        else:
            own = (await connection.execute(text("SELECT CONNECTION_ID()"))).scalar_one()
            rows = await connection.execute(
                text("SELECT id FROM information_schema.processlist WHERE db = DATABASE()")
            )
            for (number,) in rows.all():
                if number != own:
                    await connection.exec_driver_sql(f"KILL {int(number)}")
    await other.dispose()


async def test_a_cancelled_question_does_not_spoil_the_next(house: House) -> None:
    await house.add([car(1)])
    async with house.db.work(house.access(Scope.ALL)) as work:
        await work.bulk_insert(Car, [{"vin": f"V{n}", "name": "x"} for n in range(130)])
    prepared = house.db.prepared("triples", every_triple)
    for _time in range(6):
        question = asyncio.create_task(house.db.fetch(prepared, {"least": ""}))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        question.cancel()
        await asyncio.gather(question, return_exceptions=True)
    pages = await asyncio.gather(
        *(CARS.page(house.db, house.access(Scope.ALL), Query(limit=5), ["vin"]) for _ in range(10))
    )
    assert all(len(page.rows) == 5 for page in pages)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://root@127.0.0.1:1/test",
        "mariadb+asyncmy://root@127.0.0.1:1/test",
        "sqlite+aiosqlite:////dev/null/nowhere/test.db",
    ],
)
async def test_a_database_that_is_away_is_said_to_be_away(tmp_path: Path, url: str) -> None:
    settings = Settings.load({}, home=tmp_path, database_url=url)
    db = Database(make_engine(settings), KeyRing.generate(), settings, SystemClock())
    prepared = db.prepared("cars", lambda: trusted(select(Car.vin)))
    with pytest.raises(Unavailable):
        await db.fetch(prepared, {})
    with pytest.raises(Unavailable):
        await db.rows(trusted(select(Car.vin)))
    with pytest.raises(Unavailable):
        async with db.work(None) as work:
            work.add(car(1))
    await db.close()


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
async def test_a_full_disk_is_said_to_be_full_and_reading_goes_on(house: House) -> None:
    await house.add([car(1)])
    access = house.access(Scope.ALL)
    rows: list[dict[str, Any]] = [{"vin": f"V{n}", "name": "x", "key_code": "y" * 900} for n in range(500)]
    with pytest.raises(Unavailable, match="no room"):  # noqa: PT012
        async with house.db.work(access) as work:
            await work.execute(text("PRAGMA max_page_count = 1"))
            await work.bulk_insert(Car, rows)
    assert len((await CARS.page(house.db, access, Query(), ["vin"])).rows) == 1
    async with house.db.work(access) as work:
        await work.execute(text("PRAGMA max_page_count = 1073741823"))
    async with house.db.work(access) as work:
        await work.bulk_insert(Car, rows)
    assert await CARS.count(house.db, access, Query()) == 501


def test_a_locked_file_is_called_busy(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db", isolation_level=None) as one:
        one.execute("BEGIN IMMEDIATE")
        with sqlite3.connect(tmp_path / "x.db", isolation_level=None, timeout=0) as two:
            with pytest.raises(sqlite3.OperationalError) as refusal:
                two.execute("BEGIN IMMEDIATE")
            assert isinstance(translate(refusal.value), Unavailable)
        two.close()
    one.close()
    assert translate(ZeroDivisionError()) is None


def test_only_known_drivers_are_taken(tmp_path: Path) -> None:
    for url in ("postgresql://root@127.0.0.1/test", "oracle+oracledb://x", "sqlite:///x.db"):
        with pytest.raises(ConfigurationError):
            make_engine(Settings.load({}, home=tmp_path, database_url=url))
