"""The host keeps customers and cars: its lists fill the mirror, its fields are locked and named."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import httpx
import pytest

from crm_embedded.directories import HostPage, HostRecord, Master
from crm_embedded.filling import describe
from crm_embedded.host import Host, HostUser
from crm_embedded.identity import HOST_SCOPE
from crm_embedded.product import product
from crm_kernel.dal.query import Query
from crm_kernel.errors import Invalid
from crm_kernel.sync.reading import begin_due, read_place

from .conftest import ROLES

VINS = ("LSVAA49J132047371", "LFV2A21K8A3047213", "LVSHCAMB1CE054249")
PAGE = 2


class Erp:
    """Customers and cars of the host, listed two at a time; `fails_at` a place in the list it breaks off."""

    def __init__(self) -> None:
        self.customers: dict[str, dict[str, Any]] = {
            f"K{n}": {"name": f"客户{n}", "mobile": f"1391234560{n}"} for n in range(1, 6)
        }
        self.cars: dict[str, dict[str, Any]] = {
            vin: {"plate": f"粤B1234{n}", "brand": "大众", "customer_id": f"K{n + 1}"}
            for n, vin in enumerate(VINS)
        }
        self.fails_at = ""
        self.asked: list[Mapping[str, str]] = []

    async def find_customers(self, _dealership: str, asked: Mapping[str, str]) -> Sequence[HostRecord]:
        return [
            HostRecord(code, row)
            for code, row in self.customers.items()
            if code == asked.get("id") or row["mobile"] == asked.get("mobile")
        ]

    async def find_cars(self, _dealership: str, asked: Mapping[str, str]) -> Sequence[HostRecord]:
        self.asked.append(asked)
        return [
            HostRecord(vin, row)
            for vin, row in self.cars.items()
            if vin in (asked.get("id"), asked.get("vin"))
            or row["plate"] == asked.get("plate")
            or row["customer_id"] == asked.get("customer")
        ]

    def _page(self, rows: dict[str, dict[str, Any]], place: str) -> HostPage:
        if place and place == self.fails_at:
            raise OSError("the ERP's database is away")
        names = [name for name in sorted(rows) if name > place]
        found = [HostRecord(name, rows[name]) for name in names[:PAGE]]
        more = len(names) > PAGE
        return HostPage(found, found[-1].id if more else "", more)

    async def list_customers(self, _dealership: str, place: str) -> HostPage:
        return self._page(self.customers, place)

    async def list_cars(self, _dealership: str, place: str) -> HostPage:
        return self._page(self.cars, place)


@pytest.fixture
def kept() -> Erp:
    return Erp()


@pytest.fixture
def host(erp: Any, kept: Erp) -> Host:
    return Host(
        name="远航 ERP",
        identify=erp.who,
        roles=ROLES,
        customers=Master("customer", "code", ("name", "mobile"), kept.find_customers, kept.list_customers),
        vehicles=Master("vehicle", "vin", ("plate", "brand", "customer_id"), kept.find_cars, kept.list_cars),
    )


@pytest.fixture
async def manager(seeded: Any) -> Any:
    return await seeded.service("identity").actor(HostUser("li", "李慧", ["managers"]))


async def fill(kernel: Any) -> None:
    """Every place whose time has come, read as the background does."""
    await describe(kernel)
    await begin_due(kernel)
    operator = await kernel.access.operator((await kernel.access.store.shops())[0].id)
    for place in await kernel.service("sync_sources").list(operator):
        with suppress(OSError):
            await read_place(kernel, place.id)


async def ours(kernel: Any, actor: Any, entity: str) -> list[Any]:
    return list((await kernel.service("records").list(actor, entity, Query())).items)


async def test_the_host_s_lists_fill_the_mirror_and_a_list_cut_off_goes_on_where_it_was(
    seeded, manager, kept
) -> None:
    kept.fails_at = "K2"
    await fill(seeded)
    assert sorted(one.code for one in await ours(seeded, manager, "customer")) == ["K1", "K2"]
    operator = await seeded.access.operator(manager.dealership_id)
    places = {one.kind: one for one in await seeded.service("sync_sources").list(operator)}
    assert (places["customers"].state, places["customers"].managed) == ("failed", True)
    kept.fails_at = ""
    await fill(seeded)
    assert sorted(one.code for one in await ours(seeded, manager, "customer")) == [
        f"K{n}" for n in range(1, 6)
    ]
    cars = await ours(seeded, manager, "vehicle")
    assert sorted(one.vin for one in cars) == sorted(VINS)
    assert all(one.customer_id for one in cars)
    page = await seeded.service("sync_ledger").list(operator)
    made = [(one.kind, one.created) for one in page.items if one.via == "host" and one.created]
    assert sorted(made) == [
        ("customers", 1),
        ("customers", 2),
        ("customers", 2),
        ("vehicles", 1),
        ("vehicles", 2),
    ]
    (refused,) = [one for one in page.items if one.state == "partly"]
    assert (refused.kind, refused.rejected) == ("vehicles", 1), "its owner had not come yet"
    versions = {one.id: one.version for one in await ours(seeded, manager, "customer")}
    kept.customers["K1"]["name"] = "客户一"
    await fill(seeded)
    now = await ours(seeded, manager, "customer")
    assert {one.name for one in now if one.code == "K1"} == {"客户一"}
    assert sum(one.version != versions[one.id] for one in now) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_look_up_and_a_fill_make_one_record(seeded, manager, kept) -> None:
    (card,) = await seeded.service("customer.directory").find(manager, mobile="13912345601")
    await fill(seeded)
    found = await ours(seeded, manager, "customer")
    assert len(found) == 5
    assert str(card.id) in {str(one.id) for one in found}
    (again,) = await seeded.service("customer.directory").find(manager, mobile="13912345601")
    assert again.id == card.id


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_cars_are_found_at_the_host_and_belong_to_its_customers(seeded, manager, kept) -> None:
    cars, customers = seeded.service("vehicle.directory"), seeded.service("customer.directory")
    (car,) = await cars.find(manager, plate="粤B12340")
    assert (car.vin, car.plate) == (VINS[0], "粤B12340")
    (owner,) = await customers.find(manager, mobile="13912345601")
    assert [one.vin for one in await cars.of_customer(manager, owner.id)] == [VINS[0]]
    kept.cars[VINS[1]]["customer_id"] = "K1"
    assert {one.vin for one in await cars.of_customer(manager, owner.id)} == {VINS[0], VINS[1]}
    kept.cars[VINS[0]]["plate"] = "粤B99999"
    assert (await cars.card(manager, car.id)).plate == "粤B99999"
    with pytest.raises(Invalid) as refused:
        await seeded.service("records").change(manager, "vehicle", car.id, {"plate": "粤B11111"})
    assert [one.code for one in refused.value.errors] == ["kept_elsewhere"]
    changed = await seeded.service("records").change(manager, "vehicle", car.id, {"remark": "新轮胎"})
    assert changed.remark == "新轮胎"


async def test_an_imported_car_that_was_here_before_is_taken_up_once_by_all_who_ask_at_once(
    seeded, manager, kept
) -> None:
    odd = VINS[0][:8] + "0" + VINS[0][9:]
    kept.cars[odd] = {"plate": "粤B77777", "brand": "宝马", "customer_id": "K1"}
    operator = await seeded.access.operator(manager.dealership_id)
    here = {"vin": odd, "vin_reason": "平行进口"}
    car = await seeded.service("records").create(operator, "vehicle", here)
    directory = seeded.service("vehicle.directory")
    found = await asyncio.gather(*(directory.find(manager, vin=odd) for _one in range(4)))
    assert [[one.id for one in cars] for cars in found] == [[car.id]] * 4
    (told,) = await directory.find(manager, plate="粤B77777")
    assert told.id == car.id


@pytest.fixture
async def browser(seeded: Any, erp: Any) -> AsyncIterator[httpx.AsyncClient]:
    erp.hire("li", "managers", name="李慧")
    app = product(seeded)

    async def hosted(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, HOST_SCOPE: scope}, receive, send)

    headers = {"x-erp-user": "li", "accept-language": "zh-CN"}
    transport = httpx.ASGITransport(app=hosted)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers=headers
    ) as one:
        yield one


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_pages_name_who_keeps_a_field_and_a_change_of_it_is_refused_in_words(
    seeded, manager, browser
) -> None:
    (card,) = await seeded.service("customer.directory").find(manager, mobile="13912345601")
    page = (await browser.get(f"/customers/{card.id}")).text
    assert "带锁的字段由 远航 ERP 维护" in page
    assert f"/customers/{card.id}/fields/name" not in page
    form = (await browser.get(f"/customers/{card.id}/edit")).text
    assert "由 远航 ERP 维护，请在那里修改。" in form
    name = re.search(r'<input[^>]*name="name"[^>]*>', form)[0]
    assert "readonly" in name
    assert "客户1" in name
    token = re.search(r'<meta name="csrf-token" content="([^"]*)"', page)[1]
    one = f"/api/v1/customers/{card.id}"
    etag = (await browser.get(one)).headers["etag"]
    sent = {"x-csrf-token": token, "if-match": etag}
    refused = await browser.patch(one, json={"name": "别的"}, headers=sent)
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["field"], error["code"]) == ("name", "kept_elsewhere")
    assert "远航 ERP" in error["message"]
    assert (await browser.patch(one, json={"remark": "老客户"}, headers=sent)).status_code == 200
    made = await browser.post("/api/v1/customers", json={"name": "新人"}, headers={"x-csrf-token": token})
    assert made.status_code == 403
    assert 'href="/customers/new"' not in (await browser.get("/customers")).text
