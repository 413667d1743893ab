"""Sharing in a group, the explainer, and modules per dealership, by page."""

from __future__ import annotations

import httpx
import pytest

from crm_kernel.access.organisation import Group
from crm_kernel.actor import Scope


@pytest.fixture
async def group(kernel, dealership, make_dealership):
    found = Group(code="hua", name="华东集团")
    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        work.add(found)
        await work.flush()
        (await kernel.access.store.dealership(dealership.id)).group_id = found.id
    await make_dealership("east", name="东店", group_id=found.id)
    return found


async def test_without_a_group_the_page_says_what_to_do_first(page: httpx.AsyncClient) -> None:
    assert 'href="/admin/organisation"' in (await page.get("/admin/sharing")).text


async def test_records_are_shared_switched_off_and_withdrawn(page, kernel, admin, group) -> None:
    rule = {"group_id": str(group.id), "entity": "customer", "fields": ["name", "level"], "tag": "大客户"}
    nothing = await page.post("/admin/sharing/new", data={**rule, "fields": []})
    assert nothing.status_code == 422
    assert 'value="大客户"' in nothing.text
    assert (await page.post("/admin/sharing/new", data=rule)).status_code == 303
    made = (await kernel.service("sharing").rules(admin))[0]
    where = f"/admin/sharing/{made.id}"
    assert "大客户" in (await page.get("/admin/sharing")).text
    assert (await page.post(f"{where}/edit", data={"fields": ["name"]})).status_code == 303
    assert (await page.post(f"{where}/off")).status_code == 303
    changed = (await kernel.service("sharing").rules(admin))[0]
    assert (changed.fields, changed.active) == (["name"], False)
    assert (await page.post(f"{where}/delete")).status_code == 303
    assert await kernel.service("sharing").rules(admin) == []


async def test_the_explainer_says_why_by_the_record_number(page, kernel, admin, make_actor) -> None:
    person = await make_actor({}, name="王晓明")
    record = await kernel.service("records").create(
        admin, "customer", {"kind": "person", "name": "张伟", "code": "KH-1"}
    )
    asked = {"user": str(person.id), "permission": "customer.view", "entity": "customer", "id": "KH-1"}
    by_code = await page.get("/admin/explain", params=asked)
    assert by_code.status_code == 200
    assert "王晓明" in by_code.text
    assert "不允许" in by_code.text
    by_id = await page.get("/admin/explain", params={**asked, "id": str(record.id)})
    assert "不允许" in by_id.text
    unknown = await page.get("/admin/explain", params={**asked, "id": "KH-999"})
    assert unknown.status_code == 422
    assert 'value="KH-999"' in unknown.text
    mine = await page.get("/admin/explain", params={"user": str(admin.id), "permission": "customer.view"})
    assert mine.status_code == 200


async def test_a_record_links_to_its_explanation_for_those_who_may_ask(
    page, open_as, kernel, admin, make_actor
) -> None:
    record = await kernel.service("records").create(admin, "customer", {"kind": "person", "name": "张伟"})
    assert f"id={record.id}" in (await page.get(f"/customers/{record.id}")).text
    agent = open_as(
        await make_actor({"customer.view": Scope.DEALERSHIP, "customer.history": Scope.DEALERSHIP})
    )
    assert "/admin/explain" not in (await agent.get(f"/customers/{record.id}")).text


async def test_a_module_is_switched_for_one_dealership(page, open_as, kernel, dealership, make_actor) -> None:
    switch = f"/admin/modules/switch?dealership_id={dealership.id}&module=customer&to="
    assert (await page.post(switch + "off")).status_code == 303
    assert "customer" in (await kernel.access.policy()).off(dealership.id)
    assert (await page.post(switch + "sideways")).status_code == 404
    assert (await page.post(switch + "on")).status_code == 303
    assert (await kernel.access.policy()).off(dealership.id) == frozenset()


async def test_a_module_in_quarantine_is_shown_with_its_reason(page: httpx.AsyncClient, kernel) -> None:
    kernel.quarantine("customer", "migration: the disk is full")
    html = (await page.get("/admin/modules")).text
    assert "the disk is full" in html
    assert "已隔离" in html
