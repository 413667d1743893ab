"""Another system follows what changes here, by cursor, as far as its account may see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from crm_kernel.actor import Actor, Scope
from crm_kernel.changes.permissions import READ
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Forbidden, Invalid, Malformed
from crm_kernel.events.models import Event
from crm_kernel.kernel import Kernel

FOLLOW = {READ: Scope.DEALERSHIP, "customer.view": Scope.DEALERSHIP}


@pytest.fixture
def feed(kernel: Kernel) -> Any:
    return kernel.service("changes")


async def add(kernel: Kernel, actor: Actor, name: str) -> UUID:
    found: UUID = (await kernel.service("records").create(actor, "customer", {"name": name})).id
    return found


async def test_everything_that_happened_is_told_once_and_in_order(
    kernel: Kernel, admin: Actor, feed: Any, make_actor: Any
) -> None:
    reader, records = await make_actor(FOLLOW), kernel.service("records")
    ids = [await add(kernel, admin, f"客户{n}") for n in range(5)]
    await records.change(admin, "customer", ids[0], {"name": "改名"})
    await records.delete(admin, "customer", ids[1], "测试")
    told, cursor = [], None
    for _page in range(10):
        page = await feed.read(reader, cursor, limit=2)
        told += [(one.type, one.record_id) for one in page.items]
        cursor = page.next
        if not page.more and not page.items:
            break
    assert told == [
        *(("customer.created", one) for one in ids),
        ("customer.changed", ids[0]),
        ("customer.deleted", ids[1]),
    ]
    assert (await feed.read(reader, cursor)).items == []


async def test_a_delivery_of_many_records_is_told_record_by_record(
    kernel: Kernel, admin: Actor, feed: Any, make_actor: Any
) -> None:
    reader = await make_actor(FOLLOW)
    rows = [{"external_id": str(n), "name": f"客户{n}"} for n in range(7)]
    batch = await kernel.service("sync").push(admin, "customers", rows, source="erp")
    told, cursor = [], None
    for _page in range(4):
        page = await feed.read(reader, cursor, limit=2)
        told += [one.record_id for one in page.items]
        cursor = page.next
        assert {(one.type, one.origin) for one in page.items} <= {("customer.created", "erp")}
    assert told == [one.record_id for one in batch.outcomes]


async def test_what_lies_outside_the_readers_reach_is_not_told(
    kernel: Kernel, admin: Actor, feed: Any, make_actor: Any, make_dealership: Any
) -> None:
    mine = await make_actor({READ: Scope.OWN, "customer.view": Scope.OWN, "customer.create": Scope.OWN})
    await add(kernel, admin, "别人的")
    own = await add(kernel, mine, "我的")
    east = await make_dealership("east")
    await add(kernel, await make_actor(super_=True, at=east.id), "东店的")
    assert [one.record_id for one in (await feed.read(mine)).items] == [own]
    blind = await make_actor({READ: Scope.DEALERSHIP})
    assert (await feed.read(blind)).items == []
    with pytest.raises(Forbidden):
        feed.read(await make_actor({"customer.view": Scope.ALL}))


async def test_hidden_fields_are_not_even_named(
    kernel: Kernel, admin: Actor, feed: Any, make_actor: Any
) -> None:
    record_id = await add(kernel, admin, "张伟")
    values = {"name": "张大伟", "remark": "内部"}
    await kernel.service("records").change(admin, "customer", record_id, values)
    reader = await make_actor(FOLLOW, hidden=frozenset({"customer.remark"}))
    changed = (await feed.read(reader)).items[-1]
    assert (changed.type, list(changed.fields)) == ("customer.changed", ["name"])


async def test_a_transaction_that_commits_late_is_not_passed_over(
    kernel: Kernel, admin: Actor, feed: Any, make_actor: Any
) -> None:
    """Its row number is smaller than those already told: only positions count, and they come after the
    commit."""
    reader = await make_actor(FOLLOW)
    first = await add(kernel, admin, "先")
    late = await add(kernel, admin, "晚")
    page = await feed.read(reader)
    assert [one.record_id for one in page.items] == [first, late]
    async with kernel.db.work(None) as work:
        await work.execute(
            insert(Event),
            {
                "seq": -5,
                "id": uuid7(),
                "name": "customer.changed",
                "entity": "customer",
                "record_id": late,
                "dealership_id": admin.place.dealership_id,
                "actor_id": None,
                "at": work.now,
                "payload": {"fields": ["name"], "version": 2},
            },
        )
    following = await feed.read(reader, page.next)
    assert [(one.type, one.record_id) for one in following.items] == [("customer.changed", late)]


async def test_who_begins_now_is_told_of_what_comes(
    kernel: Kernel, admin: Actor, feed: Any, make_actor: Any
) -> None:
    reader = await make_actor(FOLLOW)
    await add(kernel, admin, "以前的")
    cursor = await feed.end(reader)
    new = await add(kernel, admin, "以后的")
    assert [one.record_id for one in (await feed.read(reader, cursor)).items] == [new]


async def test_one_may_ask_for_some_record_types(
    kernel: Kernel, admin: Actor, feed: Any, make_actor: Any
) -> None:
    reader = await make_actor({**FOLLOW, "vehicle.view": Scope.DEALERSHIP})
    await add(kernel, admin, "张伟")
    car = await kernel.service("records").create(admin, "vehicle", {"vin": "LGXCE4CB9P0123456"})
    assert [one.record_id for one in (await feed.read(reader, entities=["vehicles"])).items] == [car.id]
    with pytest.raises(Invalid):
        await feed.read(reader, entities=["policy"])
    with pytest.raises(Malformed):
        await feed.read(reader, "12")


async def test_a_purged_record_is_told_of_to_those_who_see_the_dealership(
    kernel: Kernel, admin: Actor, feed: Any, make_actor: Any
) -> None:
    record_id = await add(kernel, admin, "张伟")
    records = kernel.service("records")
    await records.delete(admin, "customer", record_id, "测试")
    await records.purge(admin, "customer", record_id, "要求删除")
    reader = await make_actor(FOLLOW)
    assert [one.type for one in (await feed.read(reader)).items] == ["customer.purged"]
    narrow = await make_actor({READ: Scope.OWN, "customer.view": Scope.OWN})
    assert (await feed.read(narrow)).items == []
