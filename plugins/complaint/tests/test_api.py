"""Complaints as programs use them: addresses, verbs, JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from crm_kernel.actor import Actor
from crm_kernel.kernel import Kernel
from crm_kernel.testing.gatekeeper import Gatekeeper
from crm_kernel.web.app import create_app

PATH = "/api/v1/complaints"


@pytest.fixture
def doorman() -> Gatekeeper:
    return Gatekeeper()


@pytest.fixture
def kernel_overrides(doorman: Gatekeeper) -> dict[str, Any]:
    return {"identity": doorman}


@pytest.fixture
async def api(
    kernel: Kernel, doorman: Gatekeeper, agent: Actor, manager: Actor
) -> AsyncIterator[httpx.AsyncClient]:
    for name, actor in (("agent", agent), ("manager", manager)):
        doorman.known[name] = replace(actor, via="token", _accesses={})
    transport = httpx.ASGITransport(app=create_app(kernel, run_kernel=False), raise_app_exceptions=False)
    headers = {"authorization": "Bearer agent", "accept-language": "zh-CN"}
    async with httpx.AsyncClient(transport=transport, base_url="http://crm.test", headers=headers) as client:
        yield client


async def made(api: httpx.AsyncClient, **values: Any) -> dict[str, Any]:
    answer = await api.post(PATH, json={"subject": "刹车异响", "mobile": "13800138000", **values})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_complaint_as_the_contract_writes_it(api: httpx.AsyncClient) -> None:
    case = await made(api, level="urgent")
    assert case["number"] == "TS-20261123-0001"
    assert (case["mobile"], case["status"], case["rounds"]) == ("138****8000", "received", 0)
    assert case["staff_concerned"] == []
    assert case["clocks"][0] == {"kind": "accept", "due_at": "2026-11-23T05:00:00Z", "state": "running"}
    listed = (await api.get(PATH)).json()["items"]
    assert listed[0]["clocks"] == case["clocks"]
    again = await api.get(f"{PATH}/{case['id']}", headers={"if-none-match": '"1"'})
    assert again.status_code == 200
    assert again.json()["clocks"] == case["clocks"]


async def test_every_verb_of_the_contract_leads_on(api: httpx.AsyncClient, agent: Actor) -> None:
    case = await made(api)

    async def take(verb: str, who: str = "agent", **facts: Any) -> dict[str, Any]:
        answer = await api.post(
            f"{PATH}/{case['id']}/{verb}", json=facts, headers={"authorization": f"Bearer {who}"}
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    seen = await take("assign", handler=str(agent.id))
    assert seen["handler_id"] == str(agent.id)
    assert [clock["state"] for clock in seen["clocks"] if clock["kind"] == "accept"] == ["met"]
    await take("investigate", finding="磨损", cause="work")
    await take("propose", solution="更换", cost={"amount": "350.00", "currency": "CNY"})
    await take("agree", agreement="周六")
    await take("carry-out", done="已更换")
    await take("follow-up", said="还响")
    assert (await take("unsatisfied", reason="还响"))["rounds"] == 1
    await take("propose", solution="再查")
    await take("agree", agreement="周日")
    await take("carry-out", done="已调整")
    await take("follow-up", said="不响了")
    closed = await take("satisfied", score=10)
    assert (closed["status"], closed["outcome"]) == ("closed", "satisfied")
    await take("reopen", "manager", reason="又响了")
    assert (await take("force-close", "manager", reason="失联"))["outcome"] == "forced"
    steps = (await api.get(f"{PATH}/{case['id']}/steps")).json()["items"]
    assert len(steps) == 15
    assert steps[2]["facts"] == [["What was found", "磨损"], ["Cause", "Work not done properly"]]


async def test_an_illegal_step_answers_with_those_that_are_open(api: httpx.AsyncClient) -> None:
    case = await made(api)
    answer = await api.post(f"{PATH}/{case['id']}/satisfied", json={})
    assert answer.status_code == 409
    assert answer.json()["code"] == "step"
    assert [one["step"] for one in answer.json()["open"]] == ["assign"]
    wrong = await api.post(f"{PATH}/{case['id']}/assign", json={})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "handler"
    for path in ("steps/nonsense", "force-close"):
        refused = await api.post(f"{PATH}/{case['id']}/{path}", json={})
        assert refused.status_code == (404 if path.startswith("steps") else 403)


async def test_a_state_is_not_set_past_the_flow(api: httpx.AsyncClient) -> None:
    case = await made(api)
    headers = {"if-match": "*"}
    for field, value in (("status", "closed"), ("outcome", "satisfied"), ("rounds", 5), ("handler_id", None)):
        answer = await api.patch(f"{PATH}/{case['id']}", json={field: value}, headers=headers)
        assert answer.status_code == 422, field
    sent = await api.post(PATH, json={"subject": "x", "status": "closed"})
    assert sent.status_code == 422


async def test_compensation_beyond_ones_limit_waits_for_somebody_else(
    api: httpx.AsyncClient, kernel: Kernel
) -> None:
    case = await made(api)
    asked = await api.post(
        f"{PATH}/{case['id']}/approvals",
        json={"kind": "complaint_compensation", "amount": "300", "reason": "安抚"},
    )
    assert (asked.status_code, asked.json()["state"]) == (201, "open")
    own = await api.post(f"/api/v1/approvals/{asked.json()['id']}/approve", json={})
    assert own.status_code == 403
    taken_back = await api.post(f"/api/v1/approvals/{asked.json()['id']}/withdraw", json={})
    assert taken_back.json()["state"] == "withdrawn"


async def test_a_number_tells_who_calls(api: httpx.AsyncClient) -> None:
    await made(api)
    found = (await api.get(f"{PATH}/callers", params={"mobile": "13800138000"})).json()
    assert [case["subject"] for case in found["complaints"]] == ["刹车异响"]
