"""The host keeps the customers: it is asked first, our rows mirror its words, its fields are its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from crm_embedded.directories import HostRecord, Master
from crm_embedded.host import Host, HostUser
from crm_kernel.dal.query import Query
from crm_kernel.errors import CrmError

from .conftest import ROLES


class Customers:
    """The host's customers, and what it was asked."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {
            "K1": {"name": "陈志远", "mobile": "13912345601", "level": "vip"},
            "K2": {"name": "周雨桐", "mobile": "13912345602", "level": "normal"},
        }
        self.asked: list[Mapping[str, str]] = []
        self.silent = False

    async def find(self, dealership: str, asked: Mapping[str, str]) -> Sequence[HostRecord]:
        self.asked.append({"dealership": dealership, **asked})
        if self.silent:
            raise OSError("the ERP's database is away")
        wanted = asked.get("id"), asked.get("mobile"), asked.get("q")
        return [
            HostRecord(number, row)
            for number, row in self.rows.items()
            if number == wanted[0] or row["mobile"] == wanted[1] or (wanted[2] and wanted[2] in row["name"])
        ]


@pytest.fixture
def customers() -> Customers:
    return Customers()


@pytest.fixture
def host(erp: Any, customers: Customers) -> Host:
    master = Master("customer", "code", ("name", "mobile", "level"), customers.find)
    return Host(name="远航", identify=erp.who, roles=ROLES, customers=master)


@pytest.fixture
async def manager(seeded: Any) -> Any:
    return await seeded.service("identity").actor(HostUser("li", "李慧", ["managers"]))


async def test_whom_we_do_not_know_yet_the_host_does(seeded, manager, customers) -> None:
    directory = seeded.service("customer.directory")
    (card,) = await directory.find(manager, mobile="13912345601")
    assert (card.code, card.name, card.mobile, card.level) == ("K1", "陈志远", "139****5601", "vip")
    assert customers.asked == [{"dealership": "default", "mobile": "13912345601"}]
    await directory.find(manager, mobile="+86 139-1234-5601")
    assert customers.asked[1]["mobile"] == "13912345601"
    assert await directory.find(manager, mobile="13900000000") == []


async def test_what_the_host_changes_is_seen_at_the_next_look_and_nothing_is_written_without_need(
    seeded, manager, customers
) -> None:
    directory, records = seeded.service("customer.directory"), seeded.service("records")
    (card,) = await directory.find(manager, q="陈志远")
    first = await records.get(manager, "customer", card.id)
    await directory.card(manager, card.id)
    assert (await records.get(manager, "customer", card.id)).version == first.version
    customers.rows["K1"]["name"] = "陈志达"
    assert (await directory.card(manager, card.id)).name == "陈志达"
    page = await records.list(manager, "customer", Query())
    assert [item.name for item in page.items] == ["陈志达"]


async def test_a_host_that_is_silent_leaves_us_with_what_it_said_before(seeded, manager, customers) -> None:
    directory = seeded.service("customer.directory")
    (card,) = await directory.find(manager, mobile="13912345601")
    customers.silent = True
    assert (await directory.card(manager, card.id)).name == "陈志远"
    assert [one.id for one in await directory.find(manager, mobile="13912345601")] == [card.id]


async def test_a_record_our_rules_refuse_is_left_out_and_the_others_stand(seeded, manager, customers) -> None:
    customers.rows["K3"] = {"name": "陈三", "mobile": "12", "level": "vip"}
    found = await seeded.service("customer.directory").find(manager, q="陈")
    assert [card.code for card in found] == ["K1"]


async def test_the_hosts_fields_are_read_only_here_and_the_others_are_not(seeded, manager, customers) -> None:
    (card,) = await seeded.service("customer.directory").find(manager, mobile="13912345601")
    records = seeded.service("records")
    with pytest.raises(CrmError):
        await records.change(manager, "customer", card.id, {"name": "别的名字"})
    changed = await records.change(manager, "customer", card.id, {"remark": "喜欢红色"})
    assert (changed.name, changed.remark) == ("陈志远", "喜欢红色")


async def test_two_who_ask_at_once_make_one_record(seeded, manager, customers) -> None:
    directory = seeded.service("customer.directory")
    await asyncio.gather(*(directory.find(manager, mobile="13912345602") for _one in range(4)))
    page = await seeded.service("records").list(manager, "customer", Query(count=True))
    assert page.count == 1


async def test_a_customer_who_was_here_before_is_taken_up_once_by_all_who_ask_at_once(
    seeded, manager, customers
) -> None:
    operator = await seeded.access.operator(manager.dealership_id)
    row = {"code": "K2", **customers.rows["K2"]}
    kept = await seeded.service("records").create(operator, "customer", row)
    directory = seeded.service("customer.directory")
    found = await asyncio.gather(*(directory.find(manager, mobile="13912345602") for _one in range(4)))
    assert [[card.id for card in cards] for cards in found] == [[kept.id]] * 4
