"""Views on the servers an ERP lives on are read like files: in order, only what changed, never written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from crm_kernel.access.policy import SUPER
from crm_kernel.administration.role_store import rule
from crm_kernel.dal.query import Condition, Query
from crm_kernel.sync.readers import ReaderFault
from crm_kernel.sync.readers.database import DatabaseReader
from crm_kernel.sync.readers.port import Place
from crm_kernel.sync.reading import read_place
from crm_kernel.sync.sources import SourceDraft
from crm_kernel.testing.databases import TestDatabase, database_for

ROWS = 1200
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
TYPES = {
    "postgresql": (
        "UUID",
        "TIMESTAMPTZ",
        "md5(n::text)::uuid",
        "timestamptz '2026-11-01 00:00+00' + n * interval '1 minute'",
    ),
    "mariadb": ("BIGINT", "DATETIME(6)", "n", "TIMESTAMP('2026-11-01 00:00') + INTERVAL n MINUTE"),
}  # fmt: skip
NUMBERS = {
    "postgresql": f"SELECT n FROM generate_series(1, {ROWS}) AS s(n)",
    "mariadb": f"SELECT seq AS n FROM seq_1_to_{ROWS}",
}


@pytest.fixture
def database(tmp_path: Path) -> TestDatabase:
    return TestDatabase("sqlite", f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")


@pytest.fixture(
    params=[
        pytest.param("postgresql", marks=pytest.mark.postgres),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ]
)
async def erp(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The ERP's database with a view of its customers; `run` is the ERP's own hand."""
    there = await database_for(request.param, tmp_path, "erp")
    id_type, time_type, number, moment = TYPES[request.param]
    engine = create_async_engine(there.url)

    async def run(*statements: str) -> list[Any]:
        async with engine.begin() as connection:
            done = [await connection.execute(text(one)) for one in statements]
            return list(done[-1].all()) if done[-1].returns_rows else []

    run.url, run.backend = there.url, request.param  # type: ignore[attr-defined]
    await run(
        "DROP VIEW IF EXISTS crm_customers",
        "DROP TABLE IF EXISTS cust",
        f"CREATE TABLE cust (no {id_type}, cname VARCHAR(60), tel VARCHAR(20), born DATE, "
        f"updated {time_type})",
        f"INSERT INTO cust SELECT {number}, CONCAT('客户', n), NULL, DATE '1990-05-01', {moment} "
        f"FROM ({NUMBERS[request.param]}) AS numbers",
        "CREATE VIEW crm_customers AS SELECT * FROM cust",
    )
    yield run
    await engine.dispose()


@pytest.fixture
async def admin(kernel: Any, make_actor: Any) -> Any:
    """The super administrator, whose rights stand in the rules too: places are read in his name later."""
    found = await make_actor(super_=True, name="管理员")
    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        work.add(rule("g", f"u:{found.id}", f"r:{SUPER}", "*"))
    return found


async def test_a_view_is_read_in_the_order_of_its_changes(kernel, admin, erp) -> None:
    mapping = {"cname": "name", "tel": "mobile", "born": "birthday"}
    options = {"table": "crm_customers", "id": "no", "changed": "updated"}
    draft = SourceDraft("客户视图", "erp", "customers", "sql", 15, options, erp.url, mapping)
    place = await kernel.service("sync_sources").add(admin, draft)
    assert await read_place(kernel, place.id) == ROWS
    assert await read_place(kernel, place.id) <= 6, "the last five minutes"
    await erp(
        "UPDATE cust SET tel = '13800008000', updated = '2026-11-20 08:00:00' WHERE cname = '客户7'",
    )
    await read_place(kernel, place.id)
    latest = (await kernel.service("sync_ledger").list(admin)).items[0]
    assert (latest.changed, latest.rejected) == (1, 0)
    assert latest.rows < 10
    asked = Query((Condition("name", "eq", "客户7"),))
    (one,) = (await kernel.service("records").list(admin, "customer", asked)).items
    assert (str(one.birthday), one.mobile) == ("1990-05-01", "138****8000")
    assert await erp("SELECT count(*) FROM cust") == [(ROWS,)]


async def test_the_database_itself_refuses_to_be_written_and_names_are_only_names(kernel, erp) -> None:
    reader = DatabaseReader(kernel)
    for table in ("cust; DROP TABLE cust", 'cust"; DROP TABLE cust; --', "nowhere"):
        with pytest.raises(ReaderFault):
            await reader.read(Place({"table": table, "id": "no"}, erp.url), {})
    await erp(
        "CREATE OR REPLACE FUNCTION spoil() RETURNS uuid LANGUAGE plpgsql AS "
        "$$ BEGIN DELETE FROM cust; RETURN NULL; END $$"
        if erp.backend == "postgresql"
        else "CREATE OR REPLACE FUNCTION spoil() RETURNS BIGINT MODIFIES SQL DATA "
        "BEGIN DELETE FROM cust; RETURN 1; END",
    )
    await erp(
        "CREATE OR REPLACE VIEW crm_customers AS SELECT spoil() AS no, cname, tel, born, updated FROM cust"
    )
    with pytest.raises(ReaderFault):
        await reader.read(Place({"table": "crm_customers", "id": "no"}, erp.url), {})
    assert await erp("SELECT count(*) FROM cust") == [(ROWS,)]


async def test_without_a_time_of_change_a_round_goes_through_all_ids(kernel, erp) -> None:
    reader, place = DatabaseReader(kernel), Place({"table": "crm_customers", "id": "no"}, erp.url)
    first = await reader.read(place, {})
    rest = await reader.read(place, first.watermark)
    assert (len(first.rows), first.more, len(rest.rows), rest.more) == (1000, True, ROWS - 1000, False)
    assert len({str(row["no"]) for row in (*first.rows, *rest.rows)}) == ROWS
    assert timedelta(0) < first.rows[0]["updated"].replace(tzinfo=UTC) - BEGAN
