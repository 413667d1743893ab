"""The administrator sees what other systems delivered and what they are told, and mends it from the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.events.dispatcher import Dispatcher
from crm_kernel.kernel import Kernel
from crm_kernel.outbound.addresses import Allowed
from crm_kernel.outbound.client import Outbound
from tests.kernel.webhooks.receiver import Receiver

CAR = {"external_id": "V-1", "vin": "LGXCE4CB9P0123456", "customer_id": "C-1"}


@pytest.fixture
def kernel_overrides(doorman: Any) -> dict[str, Any]:
    return {"identity": doorman, "outbound": Outbound(Allowed.parse("127.0.0.1"))}


async def test_refused_rows_are_shown_with_their_reason_and_taken_again(
    page: httpx.AsyncClient, kernel: Kernel, admin: Actor
) -> None:
    sync = kernel.service("sync")
    assert "还没有同步数据" in (await page.get("/admin/sync")).text
    batch = await sync.push(admin, "vehicles", [CAR], source="erp")
    listed = (await page.get("/admin/sync")).text
    assert "部分被拒" in listed
    assert f"/admin/sync/{batch.id}" in listed
    shown = (await page.get(f"/admin/sync/{batch.id}")).text
    assert "V-1" in shown
    assert "customer_id" in shown
    assert "LGXCE4CB9P0123456" not in shown, "the values are nobody's business here"
    await sync.push(admin, "customers", [{"external_id": "C-1", "name": "张伟"}], source="erp")
    done = await page.post(f"/admin/sync/{batch.id}/again", headers={"hx-request": "true"})
    following = done.headers["hx-redirect"] if "hx-redirect" in done.headers else done.headers["location"]
    assert "没有被拒绝的行" in (await page.get(following)).text


async def test_a_source_is_added_changed_and_removed(
    page: httpx.AsyncClient, kernel: Kernel, admin: Actor, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    form = {"name": "每日导出", "source": "dms", "kind": "customers", "minutes": "60", "path": str(inbox)}
    refused = await page.post("/admin/sync/sources/new/folder", data=form)
    assert refused.status_code == 422
    assert "CRM_SYNC_FOLDERS" in refused.text
    kernel.settings.extra["CRM_SYNC_FOLDERS"] = str(inbox)  # type: ignore[index]
    await page.post("/admin/sync/sources/new/folder", data={**form, "mapping": "姓名=name"})
    (view,) = await kernel.service("sync_sources").list(admin)
    assert (view.mapping, view.minutes) == ({"姓名": "name"}, 60)
    assert "每日导出" in (await page.get("/admin/sync/sources")).text
    wrong = await page.post(f"/admin/sync/sources/{view.id}/edit", data={**form, "minutes": "bald"})
    assert wrong.status_code == 422
    await page.post(f"/admin/sync/sources/{view.id}/edit", data={**form, "minutes": "30"})
    for act in ("read", "off", "on", "anew", "delete"):
        assert (await page.post(f"/admin/sync/sources/{view.id}/{act}")).status_code < 400, act
    assert await kernel.service("sync_sources").list(admin) == []
    assert (await page.get("/admin/sync/sources/new/magic")).status_code == 404


async def test_an_endpoint_shows_its_secret_once_and_what_it_was_told(
    page: httpx.AsyncClient, kernel: Kernel, admin: Actor
) -> None:
    receiver = Receiver()
    await receiver.open()
    refused = await page.post("/admin/webhooks/new", data={"url": "http://10.0.0.1/", "events": "*"})
    assert refused.status_code == 422
    made = await page.post(
        "/admin/webhooks/new",
        data={"label": "ERP", "url": receiver.url, "events": ["customer.*", "vehicle.created"]},
    )
    assert re.search(r"whsec_[A-Za-z0-9+/=]+", made.text)
    (view,) = await kernel.service("webhooks").list(admin)
    assert list(view.events) == ["customer.*", "vehicle.created"]
    receiver.status = 500
    await kernel.service("records").create(admin, "customer", {"name": "张伟"})
    await Dispatcher(kernel).drain()
    shown = (await page.get(f"/admin/webhooks/{view.id}")).text
    assert "customer.created" in shown
    assert "HTTP 500" in shown
    assert "whsec_" not in shown
    receiver.status = 200
    for act in ("test", "replay", "off", "on"):
        assert (await page.post(f"/admin/webhooks/{view.id}/{act}")).status_code < 400, act
    await Dispatcher(kernel).drain()
    assert {one["type"] for one in receiver.messages} == {"customer.created", "webhook.tested"}
    (done, *_rest) = (await kernel.service("webhooks").deliveries(admin, view.id, state="delivered")).items
    assert (await page.post(f"/admin/webhooks/{view.id}/deliveries/{done.id}/again")).status_code < 400
    assert "whsec_" in (await page.post(f"/admin/webhooks/{view.id}/rotate")).text
    await page.post(f"/admin/webhooks/{view.id}/delete")
    assert "还没有系统接收事件" in (await page.get("/admin/webhooks")).text
    await receiver.close()


async def test_the_pages_are_for_those_with_the_right(open_as: Any, make_actor: Any) -> None:
    somebody = open_as(await make_actor({"sync.manage": Scope.DEALERSHIP}))
    assert (await somebody.get("/admin/sync")).status_code == 200
    for path in ("/admin/sync/sources", "/admin/webhooks"):
        assert (await somebody.get(path)).status_code == 403
