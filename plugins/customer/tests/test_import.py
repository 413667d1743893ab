"""The old dealer system's export goes in: normalised, checked, and the same however often it is repeated."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crm_kernel.access.organisation import Staff
from crm_kernel.dal.query import Condition, Query
from crm_kernel.dal.types import uuid7

Import = Callable[..., Awaitable[dict[str, Any]]]


def table(text: str) -> list[list[str]]:
    """Rows of cells parted by `|`; `⏎` is a line break inside a cell."""
    return [[cell.replace("⏎", "\n") for cell in line.split("|")] for line in text.strip().splitlines()]


CUSTOMERS = table("""
客户编号|客户名称|性别|出生日期|手机|备用电话|地址|客户级别|来源|建档日期|销售顾问|备注
KH1|石建|女|1987-07-03|008613815908301|021-51021808||普通|电话|2024-03-09|赵顾问|=1+1
KH2|王伟|男|1964/10/2|+86 15821993518||某某路1号|VIP|车展|20191211|李顾问|两行⏎备注
KH3|上海鑫达贸易有限公司|||１８６８５５１４５５２|||金卡|自然到店|2019年12月9日||
KH4|　|男||13815908302|||||||
KH5|李娜|女||无|||||昨天||
KH6|赵敏|女|||||||昨天||
KH1|石建|女|1987-07-03|138-1590-8301||某某路2号|金卡|电话|2024-03-09|赵顾问|
KH2|王伟|男|1964-10-02|15821993518|||VIP|车展|2019-12-11 00:00:00|李顾问|
KH7|石健|男||13815908301|||||||
""")
VEHICLES = table("""
底盘号|车牌号|品牌|车系|购车日期|质保到期|商业险到期|行驶里程|客户编号
 lgxce4cb-9p0123456|粤B·D12345|比亚迪|汉EV|2023.5.1|2026/5/1|20270501|84,284 km|KH1
LSVAA49J132012346|粤B 12345|上汽大众|帕萨特|2020年6月2日|||77633公里|KH2
LSVAA49J132012345|粤B.12345|上汽大众|帕萨特|||||KH3
LSVAA49J1320I2345|粤B54321|上汽大众|帕萨特|||||KH3
LFVAA49J132012345|粤B123|一汽-大众|速腾|||||KH3
LFVAA49J132012345||一汽-大众|速腾|||||KH999
LFVAA49J132012345||一汽-大众|速腾|||||
""")
ORDERS = table("""
工单号|底盘号|进厂日期|结算日期|进厂里程|维修类型|结算金额|服务顾问|备注
RO1|LGXCE4CB9P0123456|20230801|2023-08-01|5070|首保|￥4,686.50|陈顾问|
RO2|LGXCE4CB9P0123456|2024-08-01|2024-07-31|9000|一般保养|300|陈顾问|
RO3|LGXCE4CB9P0000000|2024-08-01|||一般保养|300|陈顾问|
RO4|LGXCE4CB9P0123456|2024-08-01|||漆面护理|免费|陈顾问|
RO5|LSVAA49J132012345|2024-08-01||52000|漆面护理|1,200|陈顾问|
RO1|LGXCE4CB9P0123456|20230801|2023-08-01|5070|首保|￥4,686.50|陈顾问|补录：已结清
""")


@pytest.fixture
def take(kernel, admin, tmp_path: Path) -> Import:
    """Imports a table as the dealer system writes it: `await take("customers", CUSTOMERS)`."""

    async def run(kind: str, rows: Sequence[Sequence[str]], *, encoding: str = "gb18030", **how: Any) -> Any:
        text = io.StringIO()
        csv.writer(text, delimiter=how.pop("delimiter", ",")).writerows(rows)
        file = tmp_path / f"{kind}.csv"
        file.write_bytes(text.getvalue().encode(encoding))
        return await kernel.service("imports").import_file(admin, kind, file, **how)

    return run


@pytest.fixture
async def imported(take: Import) -> list[dict[str, Any]]:
    return [
        await take("customers", CUSTOMERS),
        await take("vehicles", VEHICLES, encoding="utf-8-sig"),
        await take("repair-orders", ORDERS, delimiter="\t"),
    ]


async def test_every_row_is_accounted_for(imported) -> None:
    customers, vehicles, orders = imported
    assert customers == {
        "kind": "customers",
        "rows": 9,
        "created": 4,
        "repeated": 2,
        "changed": 1,
        "rejected": {"name": 1, "mobile": 1, "date": 1},
        "warned": {},
        "duplicates": {"mobile": 1},
    }
    assert vehicles == {
        "kind": "vehicles",
        "rows": 7,
        "created": 3,
        "repeated": 0,
        "changed": 0,
        "rejected": {"vin": 1, "plate": 1, "customer": 2},
        "warned": {"check_digit": 1},
        "duplicates": {"plate": 1},
    }
    assert (orders["created"], orders["repeated"], orders["changed"]) == (2, 1, 1)
    assert orders["rejected"] == {"date_order": 1, "vehicle": 1, "amount": 1}


async def test_what_was_written_in_many_ways_is_kept_in_one(imported, records, look_up, admin) -> None:
    (shi,) = await look_up(admin, "customers", code="KH1")
    assert await records.reveal(admin, "customer", shi.id, "phones") == "13815908301, 02151021808"
    assert await records.reveal(admin, "customer", shi.id, "address") == "某某路2号"
    assert (shi.get("sex"), shi.get("level"), shi.get("source"), shi.get("remark")) == (
        "female",
        "gold",
        "phone",
        "=1+1",
    )
    assert (shi.get("birthday"), shi.get("registered_on")) == (date(1987, 7, 3), date(2024, 3, 9))
    assert (shi.get("status"), shi.get("kind")) == ("customer", "person")
    (firm,) = await look_up(admin, "customers", code="KH3")
    assert (firm.get("kind"), firm.get("sex")) == ("company", "unknown")
    (car,) = await look_up(admin, "vehicles", vin="LGXCE4CB9P0123456")
    assert (car.get("plate"), car.get("mileage_km"), car.get("customer_id"), car.get("model_year")) == (
        "粤BD12345",
        84284,
        shi.id,
        2023,
    )
    (order,) = await look_up(admin, "repair-orders", number="RO1")
    assert (order.get("amount").amount, order.get("amount").currency) == (Decimal("4686.50"), "CNY")
    assert (order.get("kind"), order.get("customer_id"), order.get("remark")) == (
        "first_service",
        shi.id,
        "补录：已结清",
    )


async def test_a_word_no_list_knows_is_kept_as_written(imported, look_up, admin) -> None:
    (order,) = await look_up(admin, "repair-orders", number="RO5")
    assert order.get("kind") == "漆面护理"


async def test_the_same_files_again_create_nothing(imported, take, look_up, admin) -> None:
    versions = [one.version for one in await look_up(admin, "vehicles", sort="vin")]
    again = [
        await take("customers", CUSTOMERS),
        await take("vehicles", VEHICLES, encoding="utf-8-sig"),
        await take("repair-orders", ORDERS, delimiter="\t"),
    ]
    assert [one["created"] for one in again] == [0, 0, 0]
    assert [one["repeated"] for one in again] == [one["created"] + one["repeated"] for one in imported]
    assert again[1]["changed"] == 0
    assert [one.version for one in await look_up(admin, "vehicles", sort="vin")] == versions
    (shi,) = await look_up(admin, "customers", code="KH1")
    assert shi.get("level") == "gold"


async def test_imported_people_and_cars_are_found_like_any_other(imported, look_up, admin) -> None:
    for plural, params in (
        ("customers", {"mobile": "138 1590 8301", "code": "KH1"}),
        ("customers", {"mobile[contains]": "1993"}),
        ("customers", {"mobile": "021-51021808"}),
        ("customers", {"q": "鑫达"}),
        ("vehicles", {"vin[endswith]": "123456"}),
        ("vehicles", {"plate": "粤BD12345"}),
        ("vehicles", {"q": "D12345"}),
    ):
        assert len(await look_up(admin, plural, **params)) == 1, params


async def test_the_mileage_follows_the_latest_reading(imported, kernel, look_up, admin) -> None:
    (passat,) = await look_up(admin, "vehicles", vin="LSVAA49J132012345")
    assert passat.get("mileage_km") == 52000
    (han,) = await look_up(admin, "vehicles", vin="LGXCE4CB9P0123456")
    life = await kernel.service("customer.vehicles").life(admin, han.id)
    assert [(one.read_on, one.mileage_km) for one in life.readings] == [
        (date(2026, 11, 23), 84284),
        (date(2023, 8, 1), 5070),
    ]


async def test_a_new_plate_and_owner_in_a_later_file_become_history(imported, take, look_up, admin) -> None:
    later = [VEHICLES[0], ["LGXCE4CB9P0123456", "粤B99999", "", "", "", "", "", "", "KH2"]]
    counts = await take("vehicles", later)
    assert (counts["repeated"], counts["changed"]) == (1, 1)
    (car,) = await look_up(admin, "vehicles", plate="粤BD12345")
    assert [(one["plate"], one["until"]) for one in car.get("plates")] == [
        ("粤BD12345", "2026-11-23"),
        ("粤B99999", None),
    ]
    assert [one["until"] for one in car.get("people")] == ["2026-11-23", None]
    assert car.get("brand") == "比亚迪", "a blank cell leaves what was known"


async def test_plates_of_two_cars_are_compared_over_their_periods(take, look_up, admin) -> None:
    """What a plate was on before counts too, unless the car was bought after that time."""
    head, passat = VEHICLES[0], "LSVAA49J132012345"
    await take("customers", CUSTOMERS)
    await take("vehicles", [head, ["LGXCE4CB9P0123456", "粤B11111", "", "", "", "", "", "", "KH1"]])
    later = [
        head,
        ["LGXCE4CB9P0123456", "粤B22222", "", "", "", "", "", "", "KH1"],
        [passat, "粤B11111", "", "", "2020-05-01", "", "", "", "KH2"],
        ["WVWZZZ1KZAW000001", "粤B22222", "", "", "", "", "", "", "KH2"],
        ["WVWZZZ1KZAW000002", "粤B11111", "", "", "2027-01-01", "", "", "", "KH2"],
    ]
    for dry_run in (True, False):
        counts = await take("vehicles", later, dry_run=dry_run)
        assert counts["duplicates"] == {"plate_period": 1, "plate": 2}
    assert (await take("vehicles", later))["duplicates"] == {"plate_period": 1, "plate": 2}
    (second,) = await look_up(admin, "vehicles", vin=passat)
    assert second.get("plate") == "粤B11111"


async def test_the_advisors_customers_cars_and_visits_are_his(
    kernel, take, dealership, look_up, admin
) -> None:
    async with kernel.db.work(None) as work:
        zhao = Staff(id=uuid7(), code="zhao", name="赵顾问", created_at=kernel.clock.now())
        zhao.dealership_id = dealership.id
        work.add(zhao)
    await take("customers", CUSTOMERS)
    (shi,) = await look_up(admin, "customers", code="KH1")
    assert shi.get("owner_id") == zhao.id
    await take("vehicles", VEHICLES, encoding="utf-8-sig")
    await take("repair-orders", ORDERS, delimiter="\t")
    (car,) = await look_up(admin, "vehicles", vin="LGXCE4CB9P0123456")
    (visit,) = await look_up(admin, "repair-orders", number="RO1")
    assert (car.get("owner_id"), visit.get("owner_id")) == (zhao.id, zhao.id)


async def test_a_row_without_a_code_gets_one(take, look_up, admin) -> None:
    await take("customers", [["客户名称", "手机"], ["王伟", "13800138000"], ["李娜", "13900139000"]])
    found = await look_up(admin, "customers", sort="code")
    assert [one.get("code") for one in found] == ["KH2026000001", "KH2026000002"]


async def test_a_dry_run_tells_the_same_and_keeps_nothing(take, look_up, admin) -> None:
    dry = await take("customers", CUSTOMERS, dry_run=True)
    assert await look_up(admin, "customers") == []
    assert dry == await take("customers", CUSTOMERS)


async def test_a_deleted_customer_does_not_come_back_with_an_old_file(
    imported, take, records, look_up, admin
) -> None:
    (li,) = await look_up(admin, "customers", code="KH7")
    await records.delete(admin, "customer", li.id, "客户要求")
    counts = await take("customers", CUSTOMERS)
    assert (counts["created"], counts["rejected"].get("deleted")) == (0, 1)
    assert await look_up(admin, "customers", code="KH7") == []


async def test_a_dealerships_own_fields_are_filled_from_the_file_and_kept_by_a_row_that_repeats(
    kernel, admin, take: Import
) -> None:
    await kernel.service("custom_fields").define(admin, "customer", "会员卡号", "text", key="card")
    await kernel.service("custom_fields").define(admin, "customer", "积分", "number", key="points")
    counts = await take("customers", table("客户编号|客户名称|会员卡号|积分\nKH1|石建|V88|120\nKH2|王伟||"))
    assert counts["created"] == 2
    await take("customers", table("客户编号|客户名称|积分\nKH1|石建|150"))
    records = kernel.service("records")
    found = await records.list(
        admin, "customer", Query(conditions=(Condition("custom.points", "eq", Decimal(150)),))
    )
    [item] = found.items
    custom = (await records.get(admin, "customer", item.id)).get("custom")
    assert msgspec.json.decode(msgspec.json.encode(custom)) == {"card": "V88", "points": 150}
