"""Roles and the matrix of their rights, by page."""

from __future__ import annotations

import re

import httpx
import pytest

from crm_kernel.actor import Scope

CONSULTANT = "/admin/roles/sales_consultant"


def select(html: str, name: str) -> str:
    """One cell of the matrix."""
    found = re.search(rf'<select[^>]*name="{re.escape(name)}"[^>]*>.*?</select>', html, re.DOTALL)
    assert found is not None, name
    return found.group()


def chosen(html: str, name: str) -> str:
    found = re.search(r'value="([^"]*)" selected', select(html, name))
    return found.group(1) if found else ""


async def test_the_matrix_shows_the_scope_of_every_permission(page: httpx.AsyncClient, kernel) -> None:
    html = (await page.get(CONSULTANT)).text
    assert chosen(html, "p:customer.view") == "own"
    assert chosen(html, "p:customer.delete") == ""
    assert all(f'name="p:{permission}"' in html for permission in kernel.registry.permissions)


async def test_permissions_and_fields_are_saved_by_one_form(page, kernel, admin) -> None:
    sent = {"p:customer.view": "department", "p:customer.delete": "own", "f:customer.mobile": "hide"}
    assert (await page.post(CONSULTANT, data=sent)).status_code == 303
    role = {r.name: r for r in await kernel.service("policy").roles(admin)}["sales_consultant"]
    assert role.permissions["customer.view"] is Scope.DEPARTMENT
    assert role.permissions["customer.delete"] is Scope.OWN
    assert role.permissions["vehicle.view"] is Scope.OWN
    assert role.fields == {"customer.mobile": "hide"}
    assert (await page.post(CONSULTANT, data={"p:customer.delete": ""})).status_code == 303
    html = (await page.get(CONSULTANT)).text
    assert chosen(html, "p:customer.delete") == ""
    assert chosen(html, "f:customer.mobile") == "hide"


async def test_a_scope_nobody_knows_is_refused_and_nothing_is_saved(page: httpx.AsyncClient) -> None:
    sent = {"p:customer.delete": "own", "p:customer.view": "galaxy"}
    assert (await page.post(CONSULTANT, data=sent)).status_code == 422
    assert chosen((await page.get(CONSULTANT)).text, "p:customer.delete") == ""


@pytest.fixture
async def administrator(kernel, make_actor):
    """Holds everything that is not reserved, in his dealership."""
    held = {n: Scope.DEALERSHIP for n, p in kernel.registry.permissions.items() if not p.reserved}
    return await make_actor(held, name="管理员")


async def test_reserved_permissions_and_roles_of_the_house_are_closed_to_a_dealership(
    open_as, administrator, kernel, admin, dealership
) -> None:
    await kernel.service("policy").create_role(admin, "night", "夜班", dealership.id)
    browser = open_as(administrator)
    html = (await browser.get("/admin/roles/night")).text
    assert "disabled" in select(html, "p:customer.export")
    assert "disabled" not in select(html, "p:customer.view")
    assert 'value="dealership"' in select(html, "p:customer.view")
    assert 'value="all"' not in select(html, "p:customer.view")
    assert "disabled" in select((await browser.get(CONSULTANT)).text, "p:customer.view")
    forged = await browser.post("/admin/roles/night", data={"p:customer.export": "own"})
    assert forged.status_code == 403
    assert "customer.export-error" in forged.text
    role = {r.name: r for r in await kernel.service("policy").roles(admin)}["night"]
    assert role.permissions == {}


async def test_the_super_administrator_role_has_no_form(page: httpx.AsyncClient) -> None:
    html = (await page.get("/admin/roles/super_administrator")).text
    assert "<select" not in html
    assert (await page.get("/admin/roles/nobody")).status_code == 404


async def test_a_role_is_added_like_another_renamed_and_deleted(page, kernel, admin) -> None:
    assert (await page.post("/admin/roles/new", data={"label": ""})).status_code == 422
    made = await page.post("/admin/roles/new", data={"label": "二网顾问", "like": "sales_consultant"})
    assert made.status_code == 303
    where = made.headers["location"]
    html = (await page.get(where)).text
    assert chosen(html, "p:customer.view") == "own"
    assert (await page.post(f"{where}/rename", data={"label": "二级网点顾问"})).status_code == 303
    assert "二级网点顾问" in (await page.get("/admin/roles")).text
    assert (await page.post(f"{where}/delete")).status_code == 303
    assert (await page.get(where)).status_code == 404


async def test_a_role_somebody_holds_stays(page, kernel, admin, make_actor, dealership) -> None:
    person = await make_actor({})
    await kernel.service("policy").grant(admin, person.id, "marketing", dealership.id)
    assert (await page.post("/admin/roles/marketing/delete")).status_code == 409


async def test_all_roles_stand_side_by_side(page: httpx.AsyncClient) -> None:
    html = (await page.get("/admin/roles/compare")).text
    for name in ("超级管理员", "总经理", "客户服务中心主管", "销售顾问", "本店", "本人"):
        assert name in html
