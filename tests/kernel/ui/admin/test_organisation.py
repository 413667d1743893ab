"""The organisation and its people, by page."""

from __future__ import annotations

import httpx
import pytest

from crm_kernel.actor import Scope
from crm_kernel.dal.types import uuid7

SHOP = {"timezone": "Asia/Shanghai", "currency": "CNY", "locale": "zh-CN"}


async def test_a_consultant_finds_no_administration(open_as, make_actor) -> None:
    consultant = open_as(await make_actor({"customer.view": Scope.OWN}))
    for path in ("organisation", "staff", "roles", "sharing", "explain", "modules", "audit", "jobs"):
        assert (await consultant.get(f"/admin/{path}")).status_code == 403
    assert "/admin/" not in (await consultant.get("/")).text


async def test_a_group_grows_region_by_region(page: httpx.AsyncClient, kernel, admin) -> None:
    made = await page.post("/admin/organisation/group/new", data={"code": "hua", "name": "华东集团"})
    assert made.status_code == 303
    group = (await kernel.service("organisation").groups(admin))[0]
    region = {"code": "sh", "name": "上海大区", "group_id": str(group.id)}
    assert (await page.post("/admin/organisation/region/new", data=region)).status_code == 303
    shop = {**SHOP, "code": "pd", "name": "浦东店", "place": f"g:{group.id}"}
    opened = await page.post("/admin/organisation/dealerships/new", data=shop)
    assert opened.status_code == 303
    tree = (await page.get("/admin/organisation")).text.partition("<tbody>")[2]
    assert tree.index("华东集团") < tree.index("上海大区") < tree.index("浦东店") < tree.index("默认门店")
    assert (await page.get(opened.headers["location"])).status_code == 200


async def test_a_wrong_code_is_told_at_its_field_and_what_was_typed_stays(page: httpx.AsyncClient) -> None:
    shop = {**SHOP, "code": "浦东", "name": "浦东店", "place": "g:"}
    refused = await page.post("/admin/organisation/dealerships/new", data=shop)
    assert refused.status_code == 422
    assert 'value="浦东店"' in refused.text
    assert 'id="dialog-code-error"' in refused.text


async def test_the_last_open_dealership_stays_open(page: httpx.AsyncClient, dealership) -> None:
    path = f"/admin/organisation/dealerships/{dealership.id}/close"
    assert (await page.post(path)).status_code == 409
    assert (await page.post(f"/admin/organisation/dealerships/{uuid7()}/close")).status_code == 404


async def test_departments_and_teams_are_added_and_renamed(page, kernel, admin, dealership) -> None:
    here = f"/admin/dealerships/{dealership.id}"
    assert (await page.post(f"{here}/departments/new", data={"name": "销售部"})).status_code == 303
    department = (await kernel.service("organisation").departments(admin, dealership.id))[0]
    team = {"name": "一组", "department_id": str(department.id)}
    assert (await page.post(f"{here}/teams/new", data=team)).status_code == 303
    rename = f"/admin/organisation/department/{department.id}/rename"
    assert (await page.post(rename, data={"name": ""})).status_code == 422
    assert (await page.post(rename, data={"name": "新车销售部"})).status_code == 303
    shown = (await page.get(here)).text
    assert "新车销售部" in shown
    assert "一组" in shown


async def test_somebody_is_added_moved_and_let_go(page, kernel, admin, dealership, make_dealership) -> None:
    east = await make_dealership("east", name="东店")
    person = {"name": "李静", "code": "S1", "position": "顾问", "dealership_id": str(dealership.id)}
    made = await page.post("/admin/staff/new", data=person)
    assert made.status_code == 303
    where = made.headers["location"]
    again = await page.post("/admin/staff/new", data={**person, "name": "王芳"})
    assert again.status_code == 422
    assert 'value="王芳"' in again.text
    assert "李静" in (await page.get("/admin/staff?q=李")).text
    assert "李静" not in (await page.get(f"/admin/staff?dealership_id={east.id}")).text
    moved = await page.post(f"{where}/move", data={"dealership_id": str(east.id)})
    assert moved.status_code == 303
    assert "东店" in (await page.get(where)).text
    assert (await page.post(f"{where}/leave")).status_code == 303
    assert "李静" not in (await page.get("/admin/staff")).text
    assert "李静" in (await page.get("/admin/staff?state=left")).text
    assert (await page.post(f"{where}/return")).status_code == 303


async def test_departments_follow_the_dealership_that_is_chosen(page, kernel, admin, dealership) -> None:
    department = await kernel.service("organisation").create_department(admin, dealership.id, "客服中心")
    form = await page.get(f"/admin/staff/new?dealership_id={dealership.id}&name=孙丽")
    assert str(department.id) in form.text
    assert 'value="孙丽"' in form.text


@pytest.fixture
async def manager(make_actor, dealership):
    held = dict.fromkeys(("organisation.manage", "access.manage", "customer.view"), Scope.DEALERSHIP)
    return await make_actor(held, name="店总")


async def test_people_of_other_dealerships_are_not_there(
    open_as, manager, make_actor, make_dealership
) -> None:
    east = await make_dealership("east", name="东店")
    stranger = await make_actor({}, at=east.id, name="外人")
    browser = open_as(manager)
    assert "外人" not in (await browser.get("/admin/staff")).text
    assert (await browser.get(f"/admin/staff/{stranger.id}")).status_code == 404
    assert (await browser.get(f"/admin/dealerships/{east.id}")).status_code == 404
    moved = await browser.post(f"/admin/staff/{manager.id}/move", data={"dealership_id": str(east.id)})
    assert moved.status_code == 404


async def test_a_role_is_given_in_one_dealership_and_taken_away(page, kernel, make_actor, dealership) -> None:
    person = await make_actor({}, name="周主管")
    where = f"/admin/staff/{person.id}"
    missing = await page.post(f"{where}/grant", data={"role": "service_agent", "place": ""})
    assert missing.status_code == 422
    given = await page.post(f"{where}/grant", data={"role": "service_agent", "place": str(dealership.id)})
    assert given.status_code == 303
    assert "客服专员" in (await page.get(where)).text
    assert "客服专员" in (await page.get("/admin/staff")).text
    taken = await page.post(f"{where}/revoke?role=service_agent&place={dealership.id}")
    assert taken.status_code == 303
    assert "客服专员" not in (await page.get(where)).text


async def test_a_manager_gives_no_role_beyond_his_own(open_as, manager, make_actor, dealership) -> None:
    person = await make_actor({}, name="新人")
    given = await open_as(manager).post(
        f"/admin/staff/{person.id}/grant", data={"role": "administrator", "place": str(dealership.id)}
    )
    assert given.status_code == 403
