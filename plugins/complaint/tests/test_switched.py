"""Where complaints are switched off, or not installed, nothing of them is left; their data stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import inspect

import crm_kernel
from crm_kernel.actor import Actor
from crm_kernel.administration.presets import seed_presets
from crm_kernel.assembly import assemble
from crm_kernel.contributions import Dictionary, Flow, MenuItem, Panel, Slot
from crm_kernel.kernel import Kernel
from crm_kernel.settings import Settings
from crm_kernel.testing.databases import TestDatabase, database_for
from crm_kernel.testing.gatekeeper import Gatekeeper
from crm_kernel.ui.site import Site
from crm_kernel.web.app import create_app

from .conftest import NewCase

TRACES = ("complaint", "投诉", "共性问题")
PAGES = (
    "/", "/customers", "/tasks", "/admin/flows", "/admin/approval-limits", "/admin/dictionaries",
    "/admin/custom-fields", "/admin/sync", "/palette?q=刹车", "/approvals",
    "/api/v1/flows", "/api/v1/approvals",
)  # fmt: skip
CLOSED = (
    "/complaints", "/complaints/board", "/complaints/new", "/problems", "/suggestions",
    "/admin/flows/complaint",
    "/api/v1/complaints", "/api/v1/complaints/callers?mobile=13800138000", "/api/v1/flows/complaint",
    "/admin/dictionaries/complaint.level",
)  # fmt: skip


@pytest.fixture
async def database(tmp_path: Path) -> TestDatabase:
    return await database_for("sqlite", tmp_path)


@pytest.fixture
def doorman() -> Gatekeeper:
    return Gatekeeper()


@pytest.fixture
def kernel_overrides(doorman: Gatekeeper) -> dict[str, Any]:
    return {"identity": doorman}


async def test_switched_off_nothing_of_it_is_left_and_switched_on_its_data_is_there(
    kernel: Kernel, doorman: Gatekeeper, admin: Actor, new_case: NewCase
) -> None:
    await seed_presets(kernel)
    records = kernel.service("records")
    customer = await records.create(admin, "customer", {"name": "张伟", "kind": "person"})
    case = await new_case(customer_id=str(customer.id))
    off = replace(admin.grants, modules_off=frozenset({"complaint"}))
    doorman.known["on"] = replace(admin, via="token", locale="zh-CN", _accesses={})
    doorman.known["off"] = replace(admin, via="token", locale="zh-CN", grants=off, _accesses={})
    site = Site(kernel)
    app = create_app(kernel, run_kernel=False, handlers=site.handlers(), error_page=site.error_page)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://crm.test") as client:

        async def read(path: str, who: str) -> httpx.Response:
            accept = "application/json" if path.startswith("/api") else "text/html"
            return await client.get(path, headers={"authorization": f"Bearer {who}", "accept": accept})

        here = (*PAGES, f"/customers/{customer.id}")
        left = {path: [t for t in TRACES if t in (await read(path, "off")).text] for path in here}
        assert {path: found for path, found in left.items() if found} == {}
        shut = (
            *CLOSED,
            f"/complaints/{case}",
            f"/api/v1/complaints/{case}/flow",
            f"/complaints/{case}/steps",
        )
        assert {path: (await read(path, "off")).status_code for path in shut} == dict.fromkeys(shut, 404)
        assert (await read(f"/complaints/{case}", "on")).status_code == 200
        assert "刹车异响" in (await read("/complaints/board", "on")).text
        assert "投诉" in (await read("/", "on")).text


async def test_not_installed_it_leaves_neither_right_nor_table_nor_address(tmp_path: Path) -> None:
    kernel = assemble(Settings.load({}, home=tmp_path), discover=False)
    ours = ("complaint.", "problem.", "suggestion.")
    assert not [name for name in kernel.registry.permissions if name.startswith(ours)]
    for kind in (Flow, MenuItem, Panel, Slot, Dictionary):
        assert not [one for one in kernel.registry.of(kind) if "complaint" in repr(one)]
    app = create_app(kernel, run_kernel=False, handlers=Site(kernel).handlers())
    assert not [route.path for route in app.routes if "complaint" in route.path]
    await kernel.upgrade()
    async with kernel.running(), kernel.db.engine.connect() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert "crm_flow_draft" in tables
    assert not [table for table in tables if "complaint" in table]


def test_the_kernel_holds_no_word_of_it() -> None:
    kinds = {".py", ".html", ".po", ".js", ".css", ".toml"}
    (home,) = crm_kernel.__path__
    files = [path for path in Path(home).rglob("*") if path.suffix in kinds]
    assert len(files) > 300
    told = {path: path.read_text(encoding="utf-8").lower() for path in files}
    assert [path for path, text in told.items() if any(trace in text for trace in TRACES)] == []
