"""The contract as programs use it: addresses, parameters, JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from crm_kernel.testing.gatekeeper import Gatekeeper
from crm_kernel.web.app import create_app

PREFIX = "/api/v1"


@pytest.fixture
def doorman() -> Gatekeeper:
    return Gatekeeper()


@pytest.fixture
def kernel_overrides(doorman: Gatekeeper) -> dict[str, Any]:
    return {"identity": doorman}


@pytest.fixture
async def api(kernel, doorman, admin) -> AsyncIterator[httpx.AsyncClient]:
    doorman.known["t"] = replace(admin, via="token", _accesses={})
    transport = httpx.ASGITransport(app=create_app(kernel, run_kernel=False), raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://crm.test",
        headers={"authorization": "Bearer t", "accept-language": "zh-CN"},
    ) as client:
        yield client


async def made(api: httpx.AsyncClient, plural: str, **values: Any) -> dict[str, Any]:
    answer = await api.post(f"{PREFIX}/{plural}", json=values)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_customer_as_the_contract_writes_it(api) -> None:
    wang = await made(
        api,
        "customers",
        name="王伟",
        mobile="13800138000",
        phones=[{"number": "021-51021808", "kind": "home"}],
        birthday="1985-08-13",
        level="gold",
    )
    seen = (await api.get(f"{PREFIX}/customers/{wang['id']}")).json()
    assert seen["mobile"] == "138****8000"
    assert seen["phones"] == [
        {"number": "138****8000", "kind": "mobile"},
        {"number": "021****1808", "kind": "home"},
    ]
    assert (seen["birthday"], seen["level"], seen["kind"], seen["sex"], seen["custom"]) == (
        "1985-08-13",
        "gold",
        "person",
        "unknown",
        {},
    )
    revealed = await api.post(f"{PREFIX}/customers/{wang['id']}/reveal", json={"field": "mobile"})
    assert revealed.json() == {"value": "13800138000"}


async def test_a_vehicle_as_the_contract_writes_it(api) -> None:
    wang = await made(api, "customers", name="王伟")
    car = await made(
        api, "vehicles", vin="LGXCE4CB9P0123456", plate="粤B·D12345", mileage_km=84284, customer_id=wang["id"]
    )
    assert (car["vin_check"], car["plate"], car["maker"]) == ("ok", "粤BD12345", "比亚迪")
    assert car["plates"] == [{"plate": "粤BD12345", "since": None, "until": None}]
    assert car["people"] == [{"customer_id": wang["id"], "role": "owner", "since": None, "until": None}]
    listed = (
        await api.get(f"{PREFIX}/vehicles", params={"vin[endswith]": "123456", "count": "exact"})
    ).json()
    assert (listed["count"], listed["items"][0]["plates"]) == (1, car["plates"])


async def test_a_visit_as_the_contract_writes_it(api) -> None:
    car = await made(api, "vehicles", vin="LGXCE4CB9P0123456")
    order = await made(
        api,
        "repair-orders",
        vehicle_id=car["id"],
        arrived_on="2026-11-20",
        amount={"amount": "4686.50", "currency": "CNY"},
    )
    assert order["amount"] == {"amount": "4686.50", "currency": "CNY"}
    assert order["arrived_on"] == "2026-11-20"


async def test_looking_up_by_mobile_whole_and_in_part(api) -> None:
    wang = await made(api, "customers", name="王伟", mobile="13800138000")
    for params in (
        {"mobile": "138 0013 8000"},
        {"mobile[contains]": "0138"},
        {"q": "8000"},
        {"code": wang["code"]},
    ):
        answer = await api.get(f"{PREFIX}/customers", params=params)
        assert [one["id"] for one in answer.json()["items"]] == [wang["id"]], params
    assert (await api.get(f"{PREFIX}/customers", params={"mobile[contains]": "013"})).status_code == 422


async def test_a_plate_changes_cars_by_a_verb(api) -> None:
    old = await made(api, "vehicles", vin="LGXCE4CB9P0123456", plate="粤B12345")
    new = await made(api, "vehicles", vin="LSVAA49J132012345")
    answer = await api.post(
        f"{PREFIX}/vehicles/{new['id']}/take-plate", json={"plate": "粤B12345", "since": "2026-11-01"}
    )
    assert (answer.status_code, answer.json()["plate"]) == (200, "粤B12345")
    life = (await api.get(f"{PREFIX}/vehicles/{old['id']}/life")).json()
    assert life["plates"] == [{"plate": "粤B12345", "since": None, "until": "2026-11-01"}]


async def test_duplicates_are_told_while_typing(api) -> None:
    wang = await made(api, "customers", name="王伟", mobile="13800138000")
    answer = await api.post(f"{PREFIX}/customers/duplicates", json={"mobile": "13800138000", "level": "vip"})
    assert answer.json()["items"] == [
        {"code": "mobile", "reason": "号码相同", "id": wang["id"], "label": "王伟", "detail": wang["code"]}
    ]
    half = await api.post(f"{PREFIX}/vehicles/duplicates", json={"vin": "LGX"})
    assert half.json() == {"items": []}


async def test_a_consent_is_withdrawn_and_relations_are_told_in_the_readers_language(api) -> None:
    wang, firm = await made(api, "customers", name="王伟"), await made(api, "customers", name="鑫达公司")
    consent = await made(
        api, "consents", customer_id=wang["id"], purpose="service", channel="phone", proof="签字"
    )
    answer = await api.post(f"{PREFIX}/consents/{consent['id']}/withdraw", json={"withdrawal": "来电"})
    assert answer.json()["withdrawal"] == "来电"
    await made(api, "relations", customer_id=wang["id"], kind="employer", other_id=firm["id"])
    told = (await api.get(f"{PREFIX}/customers/{firm['id']}/relations")).json()["items"]
    assert [(one["name"], one["label"]) for one in told] == [("王伟", "员工")]


async def test_what_is_wrong_is_said_at_the_field_in_the_readers_language(api) -> None:
    answer = await api.post(f"{PREFIX}/vehicles", json={"vin": "LSVAA49J132012346"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("vin", "check_digit")
    assert "校验位" in error["message"]


async def test_whoever_enters_a_known_customer_is_told_in_the_answer(api) -> None:
    wang = await made(api, "customers", name="王伟", mobile="13812345678", birthday="1980-05-06")
    again = await made(
        api, "customers", name="王伟", phones=[{"number": "138-1234-5678"}], birthday="1980-05-06"
    )
    told = [(one["id"], one["code"], one["reason"]) for one in again["duplicates"]]
    assert told == [(wang["id"], "mobile", "号码相同"), (wang["id"], "name_birthday", "姓名与生日相同")]
    assert wang["duplicates"] == []


async def test_a_plate_that_another_car_carries_is_told_in_the_answer(api) -> None:
    first = await made(api, "vehicles", vin="LGXCE4CB9P0123456", plate="粤BD12345")
    second = await made(api, "vehicles", vin="LSVAA49J132012345", plate="粤B·D12345")
    (told,) = second["duplicates"]
    assert (told["id"], told["code"], told["confirm"], told["on"]) == (
        first["id"],
        "plate",
        "move_plate",
        "plate_since",
    )
    assert told["question"] == "该车牌目前在 粤BD12345 上，要移到这辆车吗？"
    seen = {"If-Match": f'"{second["version"]}"'}
    sent = {"plate": "粤BD12345", "plate_since": "2026-11-01", "move_plate": True}
    moved = await api.patch(f"{PREFIX}/vehicles/{second['id']}", json=sent, headers=seen)
    assert (moved.status_code, moved.json()["duplicates"]) == (200, [])
    gave = (await api.get(f"{PREFIX}/vehicles/{first['id']}")).json()
    assert gave["plates"] == [{"plate": "粤BD12345", "since": None, "until": "2026-11-01"}]
    broken = await api.post(f"{PREFIX}/vehicles", json={"vin": "LSVAA49J132012345", "plate_since": "spring"})
    assert [one["field"] for one in broken.json()["errors"]] == ["plate_since"]


async def test_relative_days_are_kept_as_words_and_nonsense_is_refused(api) -> None:
    asked = {"warranty_until[within]": "next-30-days"}
    assert (await api.get(f"{PREFIX}/vehicles", params=asked)).json()["items"] == []
    view = await made(api, "views", entity="vehicle", name="脱保", params=asked)
    assert view["params"] == asked
    wrong = {"warranty_until[within]": "in-a-while"}
    for answer in (
        await api.get(f"{PREFIX}/vehicles", params=wrong),
        await api.post(f"{PREFIX}/views", json={"entity": "vehicle", "name": "x", "params": wrong}),
    ):
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["field"], error["code"]) == (422, "warranty_until", "period")
        assert "last-30-days" in error["message"] or "next-30-days" in error["message"]
