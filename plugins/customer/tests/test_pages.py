"""The pages people see: lists, records, forms, and the panels around a customer and a car."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from crm_kernel.records.reach import titles
from crm_kernel.testing.gatekeeper import Gatekeeper
from crm_kernel.ui.site import Site
from crm_kernel.web.app import create_app


@pytest.fixture
def doorman() -> Gatekeeper:
    return Gatekeeper()


@pytest.fixture
def kernel_overrides(doorman: Gatekeeper) -> dict[str, Any]:
    return {"identity": doorman}


@pytest.fixture
async def browser(kernel, doorman, admin) -> AsyncIterator[httpx.AsyncClient]:
    doorman.actor = admin
    site = Site(kernel)
    app = create_app(kernel, run_kernel=False, handlers=site.handlers(), error_page=site.error_page)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://crm.test") as client:
        yield client


@pytest.fixture
async def desk(records, admin) -> dict[str, Any]:
    firm = await records.create(
        admin, "customer", {"name": "杭州鑫达贸易有限公司", "kind": "company", "mobile": "13800138000"}
    )
    wang = await records.create(admin, "customer", {"name": "王伟", "mobile": "13900139000"})
    car = await records.create(
        admin,
        "vehicle",
        {"vin": "LGXCE4CB9P0123456", "plate": "粤BD12345", "series": "汉EV", "customer_id": firm.id},
    )
    made = {
        "repair_order": {
            "vehicle_id": car.id,
            "arrived_on": "2026-11-20",
            "kind": "first_service",
            "amount": "300",
        },
        "contact": {"customer_id": firm.id, "name": "赵敏", "mobile": "13700137000"},
        "relation": {"customer_id": wang.id, "kind": "employer", "other_id": firm.id},
        "consent": {"customer_id": firm.id, "purpose": "service", "channel": "phone", "proof": "签字"},
        "purchase": {
            "customer_id": firm.id,
            "vehicle_id": car.id,
            "bought_on": "2023-05-01",
            "amount": "189800",
        },
        "policy": {
            "vehicle_id": car.id,
            "kind": "commercial",
            "ends_on": "2027-05-01",
            "insurer": "人保财险",
        },
    }
    for entity, values in made.items():
        made[entity] = (await records.create(admin, entity, values)).id
    return {**made, "customer": firm.id, "vehicle": car.id}


async def page(browser: httpx.AsyncClient, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
    return answer.text


async def test_every_record_has_list_record_and_form(kernel, browser, desk, database) -> None:
    for name, record_id in desk.items():
        entity = kernel.registry.entity(name)
        assert entity is not None
        for path in (f"/{entity.plural}", f"/{entity.plural}/{record_id}", f"/{entity.plural}/new"):
            assert "13800138000" not in await page(browser, path)


async def test_the_customers_page_shows_what_hangs_on_him(browser, desk) -> None:
    told = {
        "customer.vehicles": ("粤BD12345 汉EV", f"/vehicles/{desk['vehicle']}"),
        "customer.orders": ("2026-11-20", "首保", "300"),
        "customer.contacts": ("赵敏", "137****7000"),
        "customer.relations": ("王伟", "员工"),
        "customer.consents": ("保养与服务提醒", "已同意"),
        "customer.purchases": ("2023-05-01",),
    }
    for name, words in told.items():
        text = await page(browser, f"/customers/{desk['customer']}/panels/{name}")
        assert [word for word in words if word not in text] == [], name


async def test_the_cars_page_shows_its_life(browser, desk) -> None:
    told = {
        "vehicle.orders": ("2026-11-20", "首保"),
        "vehicle.policies": ("商业险", "2027-05-01", "人保财险"),
        "vehicle.life": ("粤B·D12345", "车主", "杭州鑫达贸易有限公司"),
        "vehicle.vin": ("校验位正确", "比亚迪", "LGX", "2023", "1993", "三十年重复", "2023-05-01 购买的车"),
    }
    for name, words in told.items():
        text = await page(browser, f"/vehicles/{desk['vehicle']}/panels/{name}")
        assert [word for word in words if word not in text] == [], name


async def test_a_car_is_named_by_plate_and_series_wherever_it_is_named(
    browser, kernel, records, admin, desk
) -> None:
    car, title = f"/vehicles/{desk['vehicle']}", "粤BD12345 汉EV"
    bare = await records.create(admin, "vehicle", {"vin": "LSVAA49J132012345", "series": "帕萨特"})
    assert f"{title}</h1>" in await page(browser, car)
    assert "LSVAA49J132012345 帕萨特" in await page(browser, f"/vehicles/{bare.id}")
    listed = await page(browser, "/vehicles")
    assert f'<a href="{car}"' in listed
    assert [text for text in (title, "LSVAA49J132012345 帕萨特") if text not in listed] == []
    for path in (f"/repair-orders/{desk['repair_order']}", "/repair-orders"):
        assert f'<a href="{car}">{title}</a>' in await page(browser, path)
    for path in ("/palette?q=D12345", "/lookup/vehicle?q=D12345"):
        (found,) = (await browser.get(path)).json()["items"]
        assert (found["label"], found["detail"]) == (title, "LGXCE4CB9P0123456")
    (named,) = (await titles(kernel, admin, [("vehicle", desk["vehicle"])])).values()
    assert named == title


async def test_a_person_is_not_asked_for_his_tax_number_nor_a_company_for_its_birthday(
    browser, records, admin, desk
) -> None:
    wang = await records.create(admin, "customer", {"name": "王小明"})
    person, firm = [await page(browser, f"/customers/{one}") for one in (wang.id, desk["customer"])]
    assert "职业" in person
    assert "税号" not in person
    assert "税号" in firm
    assert "职业" not in firm


async def test_what_the_panels_tell_is_not_repeated_as_raw_data(browser, desk) -> None:
    assert str(desk["customer"]) not in (await page(browser, f"/vehicles/{desk['vehicle']}")).replace(
        f"/customers/{desk['customer']}", ""
    )


async def send(
    browser: httpx.AsyncClient, path: str, *, to: str = "", method: str = "POST", **typed: str
) -> httpx.Response:
    """Press the button of a form, which sends where it came from unless `to` says otherwise."""
    form = await page(browser, path)
    assert "<form" in form
    frame = await page(browser, "/customers/new")
    token = frame.split('name="_csrf_token" value="')[1].split('"')[0]
    data = {**typed, "_csrf_token": token}
    return await browser.request(method, to or path, data=data, headers={"hx-request": "true"})


async def test_plate_driver_and_odometer_are_changed_on_the_cars_page(browser, records, admin, desk) -> None:
    wang = await records.create(admin, "customer", {"name": "王小明"})
    path = f"/vehicles/{desk['vehicle']}"
    for dialog, typed in (
        ("/plate", {"plate": "粤b·d99999", "on": "2026-11-01"}),
        ("/person", {"customer_id": str(wang.id), "role": "driver", "on": "2026-11-01"}),
        ("/reading", {"mileage_km": "3.2万公里", "on": "2026-11-02"}),
    ):
        answer = await send(browser, path + dialog, **typed)
        assert (answer.is_success, answer.headers.get("hx-redirect")) == (True, path), answer.text
    told = await page(browser, path + "/panels/vehicle.life")
    assert [w for w in ("粤B·D99999", "王小明", "驾驶人", "32,000 公里") if w not in told] == []
    over = f"{path}/person/end?customer_id={wang.id}&role=driver"
    assert (await send(browser, over, on="2026-11-20")).is_success
    car = await records.get(admin, "vehicle", desk["vehicle"], typed=True)
    assert [(p["role"], p["until"]) for p in car.people] == [("owner", None), ("driver", "2026-11-20")]


async def test_a_plate_is_moved_only_by_an_answer(browser, records, admin, desk) -> None:
    other = await records.create(admin, "vehicle", {"vin": "LSVAA49J132012345", "plate": "粤B99999"})
    typed = {"vin": "WVWZZZ1KZAW000001", "plate": "粤B99999"}
    asked = await send(browser, "/vehicles/new", to="/vehicles", **typed)
    assert asked.status_code == 409
    assert "该车牌目前在 粤B99999 上，要移到这辆车吗？" in asked.text
    answer = {"ask.plate": "yes", "ask.plate.about": str(other.id), "ask.plate.on": "gestern"}
    undated = await send(browser, "/vehicles/new", to="/vehicles", **typed, **answer)
    assert (undated.status_code, "日期不正确" in undated.text) == (409, True)
    answer |= {"ask.plate.on": "2026-11-05"}
    elsewhere = await send(
        browser, "/vehicles/new", to="/vehicles", **{**typed, "plate": "粤BD12345"}, **answer
    )
    assert elsewhere.status_code == 409, "the answer was about another car"
    blank = await send(browser, "/vehicles/new", to="/vehicles", **{**typed, "vin": "1"}, **answer)
    assert (blank.status_code, 'name="ask.plate" value="yes"' in blank.text) == (422, True)
    moved = await send(browser, "/vehicles/new", to="/vehicles", **typed, **answer)
    assert moved.headers.get("hx-redirect", "").startswith("/vehicles/"), moved.text
    gave = await records.get(admin, "vehicle", other.id)
    assert (gave.get("plate"), gave.get("plates")[0]["until"]) == (None, "2026-11-05")


async def test_in_place_and_in_the_dialog_a_plate_of_another_car_is_asked_about(
    browser, records, admin, desk
) -> None:
    other = await records.create(admin, "vehicle", {"vin": "LSVAA49J132012345", "plate": "粤B99999"})
    path = f"/vehicles/{desk['vehicle']}"
    asked = await send(browser, f"{path}/fields/plate", method="PATCH", plate="粤B99999", version="1")
    assert (asked.status_code, "ask.plate.on" in asked.text) == (422, True)
    asked = await send(browser, f"{path}/plate", plate="粤B99999", on="2026-11-05")
    assert (asked.status_code, f"sure.plate.{other.id}" in asked.text) == (409, True)
    assert (await records.get(admin, "vehicle", other.id)).get("plate") == "粤B99999"
    sure = {f"sure.plate.{other.id}": "true"}
    assert (await send(browser, f"{path}/plate", plate="粤B99999", on="2026-11-05", **sure)).is_success
    assert (await records.get(admin, "vehicle", other.id)).get("plate") is None
    await records.create(admin, "vehicle", {"vin": "WVWZZZ1KZAW000001", "plate": "粤B99999"})
    now = await records.get(admin, "vehicle", desk["vehicle"])
    typed = {"plate": "粤B99999", "color": "红", "vin": now.get("vin"), "version": str(now.version)}
    kept = await send(browser, f"{path}/edit", to=path, **typed)
    assert kept.is_success, "a plate that stays raises no question"


@pytest.mark.parametrize(
    ("dialog", "typed", "said"),
    [
        ("/plate", {"plate": "粤BL12345"}, "车牌"),
        ("/reading", {"mileage_km": "很多"}, "里程"),
        ("/person", {"role": "driver"}, "选择"),
        ("/reading", {"mileage_km": "100", "on": "gestern"}, "日期"),
    ],
)
async def test_a_dialog_says_at_the_field_what_is_wrong(browser, desk, dialog, typed, said) -> None:
    answer = await send(browser, f"/vehicles/{desk['vehicle']}{dialog}", **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text


async def test_a_consent_is_taken_back_from_the_customers_page(browser, kernel, admin, desk) -> None:
    answer = await send(browser, f"/consents/{desk['consent']}/withdraw", withdrawal="客户来电拒绝")
    assert answer.headers.get("hx-redirect") == f"/customers/{desk['customer']}"
    told = await page(browser, f"/customers/{desk['customer']}/panels/customer.consents")
    assert "已撤回" in told
    assert "/withdraw" not in told
    assert not await kernel.service("customer.consents").allows(admin, desk["customer"], "service", "phone")


async def test_the_list_offers_to_filter_by_whoever_looks_after_the_customer(browser, admin, desk) -> None:
    found = await page(browser, f"/customers/filter?owner_id={admin.id}")
    offered = {one["name"]: one for one in filter_fields(found)}
    owner = offered["owner_id"]
    assert (owner["label"], owner["lookup_url"]) == ("负责人", "/lookup/staff")
    assert owner["options"] == [[str(admin.id), admin.name]]
    assert "dealership_id" not in offered
    cars = {one["name"]: one for one in filter_fields(await page(browser, "/repair-orders/filter"))}
    assert cars["vehicle_id"]["lookup_url"] == "/lookup/vehicle"
    assert cars["vehicle_id"]["options"] == []


def filter_fields(html: str) -> list[dict[str, Any]]:
    text = html.partition("data-filter-fields>")[2].partition("</script>")[0]
    found: list[dict[str, Any]] = json.loads(text)
    return found


async def test_the_list_offers_to_filter_by_car_and_purchase(browser, desk) -> None:
    found = await page(browser, "/customers?plate=%E7%B2%A4BD12345&bought_on%5Bgte%5D=2023-01-01")
    assert "名下车辆车牌" in found
    assert "购车日期 从 2023-01-01" in found
    assert "杭州鑫达贸易有限公司" in found
    assert "王伟" not in found


async def test_a_name_full_of_markup_stays_a_name_in_the_list(browser, records, admin) -> None:
    await records.create(admin, "customer", {"name": "<b>\"王\" & '李'</b> {x}", "mobile": "13900139001"})
    listed = (await browser.get("/customers")).text
    assert "<b>" not in listed
    name = "&lt;b&gt;&#34;王&#34; &amp; &#39;李&#39;&lt;/b&gt; {x}"
    assert f">{name}<" in listed
    assert f'data-label="{name}"' in listed


async def test_filter_and_columns_come_when_they_are_asked_for(browser, desk) -> None:
    listed = (await browser.get("/customers?columns=name,code")).text
    assert 'hx-get="/customers/filter?columns=name%2Ccode"' in listed
    assert 'hx-get="/customers/columns?columns=name%2Ccode"' in listed
    assert "data-filter-fields" not in listed
    builder = (await browser.get("/customers/filter")).text
    assert "data-filter-fields" in builder
    assert "&#34;" not in builder.partition("data-filter-fields>")[2].partition("<")[0]
    chooser = (await browser.get("/customers/columns?columns=name,code")).text
    assert chooser.index('value="name"') < chooser.index('value="code"') < chooser.index('value="level"')
    assert 'value="code" checked' in chooser
    assert 'value="level" checked' not in chooser


async def test_relative_days_and_several_customers_are_offered_and_named_by_chips(
    browser, records, admin, desk
) -> None:
    wang = await records.create(admin, "customer", {"name": "王小明"})
    both = f"{desk['customer']},{wang.id}"
    asked = f"customer_id[in]={both}&warranty_until[within]=next-30-days"
    shown = await page(browser, f"/vehicles?{asked}")
    chips = [chip for chip in ("杭州鑫达贸易有限公司、王小明", "质保到期：未来 30 天内") if chip not in shown]
    assert chips == []
    offered = {one["name"]: one for one in filter_fields(await page(browser, f"/vehicles/filter?{asked}"))}
    customer = offered["customer_id"]
    assert "in" in customer["operators"]
    assert {tuple(one) for one in customer["options"]} == {
        (str(desk["customer"]), "杭州鑫达贸易有限公司"),
        (str(wang.id), "王小明"),
    }
    assert "within" in offered["warranty_until"]["operators"]
    assert "within" not in offered["mileage_km"]["operators"]
