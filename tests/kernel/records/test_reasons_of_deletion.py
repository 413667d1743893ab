"""Why a record was deleted is free text about people: it lies encrypted, and goes with them."""

from __future__ import annotations

import importlib

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select, text

from crm_customer.models import Customer
from crm_kernel.audit.entries import BulkEntry
from crm_kernel.dal.scoped import trusted
from crm_kernel.records.timeline.models import TimelineEntry

WHY = "王小明来电要求删除"
PLAIN = text("SELECT delete_reason FROM crm_customer_customer")


async def lying(kernel) -> list[str | None]:
    """The column as the database has it."""
    async with kernel.db.engine.connect() as connection:
        return [row[0] for row in await connection.execute(PLAIN)]


async def deleted(kernel, admin):
    records = kernel.service("records")
    made = await records.create(admin, "customer", {"name": "王小明"})
    await records.delete(admin, "customer", made.id, WHY)
    return made.id


async def said(kernel, admin, customer) -> set[str]:
    page = await kernel.service("timeline").read(admin, "customer", customer)
    return {item.text for item in page.items if item.kind == "deleted"}


async def test_the_reason_lies_encrypted_and_is_erased_with_the_person(kernel, admin) -> None:
    customer = await deleted(kernel, admin)
    (stored,) = await lying(kernel)
    assert stored
    assert "王小明" not in stored
    assert await said(kernel, admin, customer) == {f"删除：{WHY}"}
    async with kernel.db.work(admin) as work:
        await kernel.service("audit").forget(work, "customer", [customer])
    assert await lying(kernel) == [None]
    assert await said(kernel, admin, customer) == {"删除"}
    async with kernel.db.work(None) as work:
        for line in await work.rows(trusted(select(TimelineEntry))):
            assert "王小明" not in line.words


async def test_reasons_written_before_are_encrypted_by_the_migration(kernel, admin) -> None:
    await deleted(kernel, admin)
    revision = importlib.import_module("crm_kernel.migrations.versions.kernel_0008_reasons")

    def migrate(connection, step: str) -> None:
        with Operations.context(MigrationContext.configure(connection)):
            getattr(revision, step)()

    async with kernel.db.engine.begin() as connection:
        await connection.run_sync(migrate, "downgrade")
    assert await lying(kernel) == [WHY]
    for _again in range(2):
        async with kernel.db.engine.begin() as connection:
            await connection.run_sync(migrate, "upgrade")
        assert WHY not in await lying(kernel)
        async with kernel.db.work(None) as work:
            assert await work.rows(trusted(select(Customer.delete_reason))) == [WHY]


async def test_the_reason_of_a_bulk_change_is_sealed_for_each_person(kernel, admin) -> None:
    made = await kernel.service("records").create(admin, "customer", {"name": "王小明"})
    audit = kernel.service("audit")
    async with kernel.db.work(admin) as work:
        work.reason = WHY
        await audit.bulk(work, "customer", [BulkEntry(made.id, "change", {"level": "vip"}, {})], verb="merge")
    async with kernel.db.engine.connect() as connection:
        for table in ("crm_audit_change", "crm_audit_row"):
            found = (await connection.execute(text(f"SELECT * FROM {table}"))).all()
            assert WHY not in str(found)
    assert (await audit.history(admin, "customer", made.id)).items[0].reason == WHY
    async with kernel.db.work(admin) as work:
        await audit.forget(work, "customer", [made.id])
    assert {item.reason for item in (await audit.history(admin, "customer", made.id)).items} == {None}


async def test_whoever_is_purged_leaves_no_values_behind_in_the_log(kernel, admin) -> None:
    customer = await deleted(kernel, admin)
    records = kernel.service("records")
    await records.purge(admin, "customer", customer, "按客户要求")
    history = await kernel.service("audit").changes(admin)
    shown = [(one.before, one.after) for item in history.items for one in item.changes]
    assert "王小明" not in str(shown)
