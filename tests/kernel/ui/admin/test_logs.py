"""Both logs, background work, and one's own notifications, by page."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import text

from crm_kernel.actor import Scope
from crm_kernel.contributions import NotificationType
from crm_kernel.dal.types import uuid7
from crm_kernel.jobs.models import QueuedJob
from crm_kernel.jobs.worker import Worker
from crm_kernel.text import Text


@pytest.fixture
async def customer(kernel, admin):
    return await kernel.service("records").create(admin, "customer", {"kind": "person", "name": "张伟"})


async def test_the_change_log_is_narrowed_and_read_page_by_page(page, kernel, admin, customer) -> None:
    records = kernel.service("records")
    for number in range(55):
        current = await records.get(admin, "customer", customer.id)
        await records.change(admin, "customer", customer.id, {"remark": f"第{number}次"}, current.version)
    first = (await page.get("/admin/audit?entity=customer&verb=change")).text
    assert first.count("crm-log-entry") == 50
    assert "第54次" in first
    following = first.split('rel="next"', maxsplit=1)[0].rpartition('href="')[2].partition('"')[0]
    second = (await page.get(following.replace("&amp;", "&"))).text
    assert second.count("crm-log-entry") == 5
    assert "第0次" in second
    assert "crm-log-entry" not in (await page.get("/admin/audit?until=2001-01-01")).text


async def test_an_unreadable_filter_is_told_and_kept(page: httpx.AsyncClient) -> None:
    refused = await page.get("/admin/audit?since=gestern")
    assert refused.status_code == 422
    assert 'value="gestern"' in refused.text


async def test_who_opened_a_record_stands_in_the_access_log(page, kernel, admin, customer) -> None:
    await kernel.service("audit").accessed(admin, "revealed", "customer", customer.id, {"field": "mobile"})
    html = (await page.get(f"/admin/audit/accesses?record_id={customer.id}")).text
    assert "张伟" in html
    assert "mobile" in html


async def test_a_given_role_stands_in_the_change_log_in_words(page, kernel, admin, make_actor, dealership):
    person = await make_actor({}, name="周主管")
    await kernel.service("policy").grant(admin, person.id, "marketing", dealership.id)
    html = (await page.get("/admin/audit?entity=staff&verb=granted")).text
    assert "周主管" in html
    assert "默认门店" in html
    assert "市场" in html


async def test_whether_the_logs_are_whole_is_shown_and_the_head_can_be_kept(page, kernel, admin, customer):
    chain = kernel.service("audit_chain")
    assert "首次核验在今晚进行" in (await page.get("/admin/audit/chain")).text
    kept = await chain.head()
    await chain.verify()
    html = (await page.get("/admin/audit/chain")).text
    assert kept.change.hash in html
    assert "所有记录都与写入时一致" in html
    offered = await page.get("/admin/audit/chain/head")
    assert "attachment" in offered.headers["content-disposition"]
    assert offered.json()["change"] == {"number": kept.change.number, "hash": kept.change.hash}
    async with kernel.db.work(None) as work:
        await work.execute(text("UPDATE crm_audit_change SET verb = 'delete' WHERE number = 1"))
    await page.post("/admin/audit/chain/verify", headers={"HX-Request": "true"})
    await Worker(kernel).drain()
    assert "第 1 条在封存后被修改" in (await page.get("/admin/audit/chain")).text


@pytest.fixture
async def failed(kernel, dealership):
    """A job that has failed for good."""
    job = QueuedJob(
        id=uuid7(),
        queue="default",
        name="search.tidy",
        arguments="{}",
        state="dead",
        attempts=5,
        max_attempts=5,
        cancelled=False,
        fault="OSError: disk full",
        dealership_id=dealership.id,
        request_id="-",
        created_at=kernel.clock.now(),
    )
    async with kernel.db.work(None) as work:
        work.add(job)
    return job


async def test_a_failed_job_is_tried_again_and_then_removed(page, kernel, admin, failed) -> None:
    assert "disk full" in (await page.get("/admin/jobs?state=dead")).text
    assert (await page.post(f"/admin/jobs/{failed.id}/retry")).status_code == 303
    assert (await kernel.service("jobs").counts(admin)) == {"waiting": 1}
    assert (await page.post(f"/admin/jobs/{failed.id}/retry")).status_code == 409
    assert (await page.post(f"/admin/jobs/{failed.id}/cancel")).status_code == 303
    assert (await page.post(f"/admin/jobs/{failed.id}/cancel")).status_code == 404


async def test_another_dealership_sees_and_mends_no_jobs_of_ours(
    open_as, make_actor, make_dealership, failed
) -> None:
    east = await make_dealership("east")
    other = open_as(await make_actor({"jobs.manage": Scope.DEALERSHIP}, at=east.id))
    assert "disk full" not in (await other.get("/admin/jobs")).text
    assert (await other.post(f"/admin/jobs/{failed.id}/cancel")).status_code == 404
    assert (await other.get("/admin/jobs/subscribers")).status_code == 403


async def test_schedules_and_subscribers_are_listed(page: httpx.AsyncClient) -> None:
    assert "50 18 * * *" in (await page.get("/admin/jobs/schedules")).text
    assert (await page.get("/admin/jobs/subscribers")).status_code == 200
    skipped = await page.post("/admin/jobs/subscribers/nobody/skip", data={"reason": ""})
    assert skipped.status_code == 422
    assert (await page.post("/admin/jobs/subscribers/nobody/resume")).status_code == 404


async def test_a_notification_is_read_when_its_page_is_opened(page, open_as, kernel, admin, make_actor):
    kind = kernel.registry.of(NotificationType)[0].name
    async with kernel.db.work(None) as work:
        await kernel.service("notifications").notify(work, [admin.id], kind, Text("回访张伟"), "/tasks")
    one = (await kernel.service("notifications").inbox(admin)).items[0]
    assert "回访张伟" in (await page.get("/notifications?show=unread")).text
    stranger = open_as(await make_actor({}))
    assert (await stranger.post(f"/notifications/{one.id}/open")).status_code == 404
    opened = await page.post(f"/notifications/{one.id}/open")
    assert (opened.status_code, opened.headers["location"]) == (303, "/tasks")
    assert await kernel.service("notifications").unread(admin) == 0
    assert "回访张伟" not in (await page.get("/notifications?show=unread")).text


async def test_everybody_chooses_what_he_hears_of(page, kernel, admin) -> None:
    first, *others = [one.type for one in await kernel.service("notifications").preferences(admin)]
    wanted = [f"{name}:product" for name in others]
    assert (await page.post("/notifications/preferences", data={"wanted": wanted})).status_code == 303
    chosen = {
        one.type: one.channels["product"] for one in await kernel.service("notifications").preferences(admin)
    }
    assert chosen == {first: False, **dict.fromkeys(others, True)}
