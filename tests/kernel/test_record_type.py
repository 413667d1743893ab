"""The module in docs/a-record-type.md does what the page promises, in at most sixty lines."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from crm_kernel import Kernel
from crm_kernel.actor import Actor
from crm_kernel.testing.databases import TestDatabase
from crm_kernel.testing.gatekeeper import Gatekeeper
from crm_kernel.ui.site import Site
from crm_kernel.web.app import create_app

PAGE = Path(__file__).parents[2] / "docs/a-record-type.md"


def block() -> str:
    found = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)


_module: list[ModuleType] = []


def module() -> ModuleType:
    """The page's module; made once, since a table can be declared only once."""
    if not _module:
        made = ModuleType("loan_cars_of_the_page")
        sys.modules[made.__name__] = made
        exec(compile(block(), str(PAGE), "exec"), made.__dict__)
        _module.append(made)
    return _module[0]


@pytest.fixture
def database(tmp_path) -> TestDatabase:
    return TestDatabase("sqlite", f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")


@pytest.fixture
def doorman() -> Gatekeeper:
    return Gatekeeper()


@pytest.fixture
def kernel_overrides(doorman: Gatekeeper) -> dict[str, Any]:
    return {"identity": doorman}


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [module()]


@pytest.fixture
async def car(kernel: Kernel, admin: Actor) -> Any:
    values = {"code": "L1", "model": "高尔夫", "inspected_on": "2026-05-01"}
    return await kernel.service("records").create(admin, "loan_car", values)


@pytest.fixture
def browser(kernel: Kernel, admin: Actor, doorman: Gatekeeper) -> httpx.AsyncClient:
    doorman.actor = admin
    site = Site(kernel)
    app = create_app(kernel, run_kernel=False, handlers=site.handlers(), error_page=site.error_page)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://crm.test")


def test_it_is_short() -> None:
    code = [line for line in block().splitlines() if line.strip()]
    assert len(code) <= 60


async def test_it_has_a_list_a_record_page_a_form_and_a_menu_entry(browser, car) -> None:
    async with browser:
        listed = await browser.get("/loan-cars")
        shown = await browser.get(f"/loan-cars/{car.id}")
        form = await browser.get("/loan-cars/new")
    assert [answer.status_code for answer in (listed, shown, form)] == [200, 200, 200]
    assert "高尔夫" in listed.text
    assert 'href="/loan-cars"' in listed.text
    assert "2026-05-01" in shown.text
    assert 'name="inspected_on"' in form.text


async def test_it_has_an_http_interface_with_filters(browser, car) -> None:
    async with browser:
        found = (await browser.get("/api/v1/loan-cars?code=L1&count=exact")).json()
        none = (await browser.get("/api/v1/loan-cars?inspected_on[gte]=2026-06-01")).json()
    assert (found["items"][0]["model"], found["count"]) == ("高尔夫", 1)
    assert none["items"] == []


async def test_it_is_found_by_a_part_of_its_name(kernel: Kernel, admin: Actor, car) -> None:
    hits = await kernel.service("search").search(admin, "尔夫")
    assert [hit.id for hit in hits] == [car.id]


async def test_it_is_imported_and_exported(kernel: Kernel, admin: Actor, tmp_path, car) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("编号,车型,年检\nL1,高尔夫 2,2026/6/1\nL2,朗逸,不知道\n", encoding="gb18030")
    counts = await kernel.service("imports").import_file(admin, "loan_cars", source)
    assert (counts["changed"], counts["rejected"]) == (1, {"date": 1})
    await kernel.service("exports").to_file(admin, "loan-cars", target, format="csv")
    assert "高尔夫 2" in target.read_text("utf-8-sig")


async def test_a_dealership_adds_a_field_of_its_own(kernel: Kernel, admin: Actor, browser, car) -> None:
    await kernel.service("custom_fields").define(admin, "loan_car", "座位", "number", key="seats")
    await kernel.service("records").change(admin, "loan_car", car.id, {"custom": {"seats": 5}}, car.version)
    async with browser:
        five = (await browser.get("/api/v1/loan-cars?custom.seats=5")).json()
        seven = (await browser.get("/api/v1/loan-cars?custom.seats=7")).json()
    assert [row["id"] for row in five["items"]] == [str(car.id)]
    assert seven["items"] == []


async def test_every_change_is_in_its_history_and_deletion_can_be_undone(kernel, admin, car) -> None:
    records = kernel.service("records")
    await records.delete(admin, "loan_car", car.id, "报废", car.version)
    back = await records.restore(admin, "loan_car", car.id)
    assert back.id == car.id
    verbs = [entry.verb for entry in (await records.history(admin, "loan_car", car.id)).items]
    assert verbs == ["restore", "delete", "create"]
