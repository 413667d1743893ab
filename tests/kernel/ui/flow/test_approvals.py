"""Sums that somebody must allow: asked on the record, decided where one sees what waits."""

from __future__ import annotations

from decimal import Decimal

import httpx

from crm_kernel.actor import Actor
from crm_kernel.kernel import Kernel


async def ask(page: httpx.AsyncClient, case: object, amount: str = "3,000") -> httpx.Response:
    wanted = {"kind": "goodwill", "amount": amount, "reason": "客户等了两周"}
    return await page.post(f"/cases/{case}/approvals/new", data=wanted)


async def test_what_is_asked_for_waits_for_who_may_decide_it_and_comes_back_decided(
    page, open_as, kernel: Kernel, advisor: Actor, manager: Actor, new_case
) -> None:
    case, boss = await new_case(), open_as(manager)
    assert f"/cases/{case}/approvals" in (await page.get(f"/cases/{case}")).text
    assert "crm:close-dialog" in (await ask(page, case)).headers["hx-trigger"]
    panel = (await page.get(f"/cases/{case}/approvals")).text
    assert "3,000.00" in panel
    assert "/withdraw" in panel
    assert "/approve" not in panel
    listed = (await boss.get("/approvals")).text
    assert "客户等了两周" in listed
    assert "王顾问" in listed
    [row] = await kernel.service("approvals").of_record(advisor, "case", case)
    where = f"/approvals/{row.id}"
    silent = await boss.post(f"{where}/refuse", data={"remark": ""})
    assert silent.status_code == 422
    assert 'id="dialog-remark-error"' in silent.text
    listing = {"hx-request": "true", "hx-current-url": "http://crm.test/approvals"}
    refused = await boss.post(f"{where}/refuse", data={"remark": "先修好再说"}, headers=listing)
    assert refused.headers["hx-redirect"] == "/approvals"
    assert (await boss.post(f"{where}/approve", data={})).status_code == 409
    assert "先修好再说" in (await page.get(f"/cases/{case}/approvals")).text
    assert "客户等了两周" not in (await boss.get("/approvals")).text


async def test_one_does_not_decide_ones_own_request_and_may_take_it_back(
    page, kernel: Kernel, advisor: Actor, new_case
) -> None:
    case = await new_case()
    await ask(page, case)
    [row] = await kernel.service("approvals").of_record(advisor, "case", case)
    own = await page.post(f"/approvals/{row.id}/approve", data={})
    assert own.status_code == 409
    assert (await page.post(f"/approvals/{row.id}/withdraw")).status_code == 200
    assert (await page.get(f"/approvals/{row.id}/shout")).status_code == 404
    assert "/withdraw" not in (await page.get(f"/cases/{case}/approvals")).text


async def test_wrong_sums_and_kinds_are_refused_at_their_fields(page, new_case) -> None:
    case = await new_case()
    wrong = await ask(page, case, "很多")
    assert wrong.status_code == 422
    assert 'id="dialog-amount-error"' in wrong.text
    assert "客户等了两周" in wrong.text
    other = {"kind": "bribe", "amount": "1", "reason": "x"}
    assert (await page.post(f"/cases/{case}/approvals/new", data=other)).status_code == 422


async def test_limits_are_set_per_role_and_faults_stand_beside_it(
    page, kernel: Kernel, advisor: Actor, new_case
) -> None:
    await new_case()
    assert "Goodwill" in (await page.get("/admin/approval-limits")).text
    where = "/admin/approval-limits/goodwill"
    bad = await page.post(where, data={"general_manager": "viel"})
    assert bad.status_code == 422
    assert 'id="limit-goodwill-general_manager-error"' in bad.text
    assert 'value="viel"' in bad.text
    assert (await page.post(where, data={"general_manager": "20,000"})).status_code == 303
    kept = await kernel.service("approvals").limits(advisor, "goodwill")
    assert kept.amounts == {"general_manager": Decimal(20_000)}
    assert 'value="20000"' in (await page.get("/admin/approval-limits")).text
    assert (await page.post("/admin/approval-limits/nothing", data={})).status_code == 404
    emptied = await page.post(where, data={})
    assert "crm_flash" in emptied.headers["set-cookie"]
    assert not (await kernel.service("approvals").limits(advisor, "goodwill")).own
