"""A guest in the host's database: it takes part in the host's transaction, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import event, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from crm_embedded.boot import boot
from crm_embedded.host import Host
from crm_kernel.administration.uninstall_store import uninstall
from crm_kernel.assembly import prepare
from crm_kernel.dal.query import Query
from crm_kernel.settings import Settings


@pytest.fixture
async def own(database: Any) -> AsyncIterator[AsyncEngine]:
    """The host's engine on the same database, with a table of the host's in it."""
    engine = create_async_engine(database.url)
    if engine.dialect.name == "sqlite":
        # What a host of SQLite does for savepoints, as SQLAlchemy's documentation says.
        event.listen(engine.sync_engine, "connect", lambda c, _r: setattr(c, "isolation_level", None))
        event.listen(engine.sync_engine, "begin", lambda c: c.exec_driver_sql("BEGIN"))
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE IF EXISTS erp_order"))
        await connection.execute(text("CREATE TABLE erp_order (id INT PRIMARY KEY, buyer VARCHAR(40))"))
        await connection.execute(text("INSERT INTO erp_order VALUES (1, 'K1001'), (2, 'K1002')"))
    yield engine
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE erp_order"))
    await engine.dispose()


async def names(kernel: Any, actor: Any) -> list[str]:
    page = await kernel.service("records").list(actor, "customer", Query(sort=("name",)))
    return [item.name for item in page.items]


async def test_what_we_write_stands_and_falls_with_the_hosts_transaction(seeded, admin, own) -> None:
    records = seeded.service("records")
    async with own.connect() as connection:
        await connection.begin()
        await connection.execute(text("INSERT INTO erp_order VALUES (3, 'K1003')"))
        async with seeded.db.sharing(connection):
            await records.create(admin, "customer", {"name": "甲"})
            assert await names(seeded, admin) == ["甲"]
        await connection.rollback()
    assert await names(seeded, admin) == []
    async with own.connect() as connection:
        await connection.begin()
        await connection.execute(text("INSERT INTO erp_order VALUES (3, 'K1003')"))
        async with seeded.db.sharing(connection):
            await records.create(admin, "customer", {"name": "乙"})
        await connection.commit()
    assert await names(seeded, admin) == ["乙"]


async def test_a_refusal_of_ours_leaves_the_hosts_transaction_whole(seeded, admin, own) -> None:
    from crm_kernel.errors import Invalid

    async with own.connect() as connection:
        await connection.begin()
        async with seeded.db.sharing(connection):
            with pytest.raises(Invalid):
                await seeded.service("records").create(admin, "customer", {"name": "丙", "mobile": "12"})
        await connection.execute(text("INSERT INTO erp_order VALUES (4, 'K1004')"))
        await connection.commit()
        assert (await connection.execute(text("SELECT count(*) FROM erp_order"))).scalar_one() == 3
    assert await names(seeded, admin) == []


async def tables(connection: AsyncConnection, schema: str | None = None) -> set[str]:
    def listed(sync: Any) -> set[str]:
        return set(inspect(sync).get_table_names(schema=schema))

    return await connection.run_sync(listed)


async def fingerprint(engine: AsyncEngine) -> str:
    """Everything the host's database consists of: tables with their columns, and the host's rows."""
    async with engine.connect() as connection:
        found = sorted(await tables(connection))
        rows = (await connection.execute(text("SELECT * FROM erp_order ORDER BY id"))).all()
        if engine.dialect.name == "sqlite":
            master = await connection.execute(text("SELECT name, sql FROM sqlite_master ORDER BY name"))
            found += [str(row) for row in master]
    return sha256(repr((found, rows)).encode()).hexdigest()


@pytest.fixture
async def hosted(tmp_path: Any, database: Any) -> AsyncIterator[Any]:
    """An empty database of a host, and our settings for it."""
    if database.backend != "sqlite":
        from crm_kernel.testing.databases import database_for

        database = await database_for(database.backend, tmp_path, "guest")
    engine = create_async_engine(database.url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE erp_order (id INT PRIMARY KEY, buyer VARCHAR(40))"))
        await connection.execute(text("INSERT INTO erp_order VALUES (1, 'K1001'), (2, 'K1002')"))
    yield Settings.load({}, home=tmp_path / "guest", database_url=database.url), engine
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE erp_order"))
    await engine.dispose()


async def test_leaving_the_database_is_as_it_was(hosted) -> None:
    settings, engine = hosted
    before = await fingerprint(engine)
    kernel = boot(settings, Host())
    await prepare(kernel)
    assert await fingerprint(engine) != before
    gone = await uninstall(kernel)
    await kernel.db.close()
    assert {"customer", "embedded"} <= set(gone)
    assert await fingerprint(engine) == before


async def test_modules_that_are_switched_off_meanwhile_go_too(hosted) -> None:
    settings, engine = hosted
    before = await fingerprint(engine)
    kernel = boot(settings, Host())
    await prepare(kernel)
    await kernel.db.close()
    less = boot(replace(settings, plugins=()), Host())
    assert "customer" in await uninstall(less)
    await less.db.close()
    assert await fingerprint(engine) == before


async def test_what_is_not_chosen_has_no_table_route_menu_or_permission(hosted) -> None:
    from crm_embedded.product import product
    from crm_kernel.contributions import MenuItem
    from crm_kernel.web.routes import served

    settings, engine = hosted
    kernel = boot(replace(settings, plugins=()), Host())
    await prepare(kernel)
    async with engine.connect() as connection:
        assert [name for name in await tables(connection) if name.startswith("crm_customer")] == []
    paths = {path for path, _method, _handler in served(product(kernel))}
    assert [path for path in paths if "customer" in path or "vehicle" in path] == []
    assert [item.path for item in kernel.registry.of(MenuItem) if "customer" in item.path] == []
    assert [name for name in kernel.registry.permissions if name.startswith(("customer.", "vehicle."))] == []
    await uninstall(kernel)
    await kernel.db.close()


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_on_postgresql_our_tables_may_have_a_schema_of_their_own(hosted) -> None:
    settings, engine = hosted
    kernel = boot(replace(settings, database_schema="forecourt"), Host())
    await prepare(kernel)
    async with kernel.running():
        shop = (await kernel.access.store.shops())[0]
        actor = await kernel.access.operator(shop.id)
        async with engine.connect() as connection:
            assert await tables(connection) == {"erp_order"}
            assert "crm_customer_customer" in await tables(connection, "forecourt")
            await connection.rollback()
            await connection.begin()
            async with kernel.db.sharing(connection):
                await kernel.service("records").create(actor, "customer", {"name": "丁"})
            assert (await connection.execute(text("SELECT count(*) FROM erp_order"))).scalar_one() == 2
            await connection.commit()
        assert await names(kernel, actor) == ["丁"]
    again = boot(replace(settings, database_schema="forecourt"), Host())
    await uninstall(again)
    await again.db.close()
    async with engine.connect() as connection:
        schemas = (await connection.execute(text("SELECT nspname FROM pg_namespace"))).scalars().all()
    assert "forecourt" not in schemas
