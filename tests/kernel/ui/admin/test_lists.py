"""Dictionaries, tags and custom fields, by page."""

from __future__ import annotations

import httpx

LEVELS = "/admin/dictionaries/customer.level"


async def offered(kernel, actor, name: str = "customer.level") -> list[str]:
    return [item.code for item in await kernel.service("dictionaries").entries(actor, name)]


async def test_an_entry_is_added_reworded_and_no_longer_offered(page, kernel, admin) -> None:
    assert "客户级别" in (await page.get("/admin/dictionaries")).text
    new = {"label": "钻石", "code": "diamond", "color": "purple"}
    assert (await page.post(f"{LEVELS}/new", data=new)).status_code == 303
    taken = await page.post(f"{LEVELS}/new", data=new)
    assert taken.status_code == 422
    assert 'value="钻石"' in taken.text
    assert (await page.post(f"{LEVELS}/vip/edit", data={"label": "至尊", "color": "red"})).status_code == 303
    assert "至尊" in (await page.get(LEVELS)).text
    assert (await page.post(f"{LEVELS}/diamond/off")).status_code == 303
    assert "diamond" not in await offered(kernel, admin)
    assert (await page.post(f"{LEVELS}/vip/edit", data={"label": "", "color": ""})).status_code == 303
    assert "VIP" in (await page.get(LEVELS)).text


async def test_entries_change_their_order(page, kernel, admin) -> None:
    before = await offered(kernel, admin)
    assert (await page.post(f"{LEVELS}/{before[0]}/down")).status_code == 303
    assert await offered(kernel, admin) == [before[1], before[0], *before[2:]]
    assert (await page.post(f"{LEVELS}/{before[0]}/up")).status_code == 303
    assert await offered(kernel, admin) == before
    assert (await page.post(f"{LEVELS}/nothing/up")).status_code == 404
    assert (await page.get("/admin/dictionaries/nothing")).status_code == 404


async def test_tags_are_added_coloured_and_taken_out_of_use(page: httpx.AsyncClient, kernel, admin) -> None:
    assert (await page.post("/admin/tags/new", data={"name": "大,客户"})).status_code == 422
    assert (await page.post("/admin/tags/new", data={"name": "大客户", "color": "red"})).status_code == 303
    assert (await page.post("/admin/tags/new", data={"name": "大客户"})).status_code == 422
    assert (await page.post("/admin/tags/edit?name=大客户", data={"color": "blue"})).status_code == 303
    assert (await page.post("/admin/tags/switch?name=大客户")).status_code == 303
    tag = (await kernel.service("tags").list(admin))[0]
    assert (tag.name, tag.color, tag.active) == ("大客户", "blue", False)
    assert (await page.post("/admin/tags/switch?name=没有")).status_code == 404


async def test_a_choice_of_ones_own_is_defined_changed_and_moved(page, kernel, admin) -> None:
    field = {"entity": "customer", "kind": "choice", "label": "咖啡", "options": "美式\nlatte=拿铁"}
    empty = await page.post("/admin/custom-fields/new", data={**field, "options": ""})
    assert empty.status_code == 422
    assert 'value="咖啡"' in empty.text
    assert (await page.post("/admin/custom-fields/new", data=field)).status_code == 303
    second = {"entity": "customer", "kind": "text", "label": "车友会", "required": "true"}
    assert (await page.post("/admin/custom-fields/new", data=second)).status_code == 303
    coffee, club = await kernel.service("custom_fields").list(admin, "customer")
    assert coffee.options[1] == {"code": "latte", "label": "拿铁"}
    assert club.required
    where = f"/admin/custom-fields/{coffee.id}"
    assert "latte=拿铁" in (await page.get(f"{where}/edit")).text
    assert (await page.post(f"{where}/down")).status_code == 303
    assert [f.label for f in await kernel.service("custom_fields").list(admin, "customer")] == [
        "车友会",
        "咖啡",
    ]
    assert (await page.post(f"{where}/off")).status_code == 303
    assert "咖啡" not in (await page.get("/customers/new")).text
    assert "车友会" in (await page.get("/customers/new")).text
