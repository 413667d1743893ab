"""Figures where people and programs meet them: the page, its paper, its addresses."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from crm_kernel.actor import Actor, Scope
from crm_kernel.audit.models import AuditAccess
from crm_kernel.dal.scoped import trusted
from crm_kernel.kernel import Kernel
from crm_kernel.testing.browser import accessibility_faults
from crm_kernel.testing.doorman import served

SEEN = ("complaint.view", "complaint.figures", "complaint.export", "complaint.print")
PAGE = "/reports/complaint"
API = "/api/v1/reports"


pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What is shown does not depend on the database; one is enough."""


@pytest.fixture
async def chief(make_actor) -> Actor:
    return await make_actor(dict.fromkeys(SEEN, Scope.DEALERSHIP), name="周店总")


@pytest.fixture
async def web(kernel: Kernel) -> AsyncIterator[Any]:
    """Opens a client as somebody."""
    app, doorman = served(kernel)
    opened: list[httpx.AsyncClient] = []

    def connect(actor: Actor, accept: str = "text/html") -> httpx.AsyncClient:
        headers = {**doorman.knows(actor), "accept": accept, "accept-language": "zh-CN"}
        transport = httpx.ASGITransport(app=app)
        opened.append(httpx.AsyncClient(transport=transport, base_url="http://crm.test", headers=headers))
        return opened[-1]

    yield connect
    for one in opened:
        await one.aclose()


async def test_the_page_has_a_place_for_each_report_and_says_which_time_is_compared(
    web, chief: Actor, new_case
) -> None:
    await new_case(complaint_type="repair")
    page = web(chief)
    shown = (await page.get(PAGE)).text
    assert "投诉报表" in shown
    assert "本月" in shown
    assert "2026年11月1日 至 2026年11月23日" in shown
    assert "2026年10月1日 至 2026年10月23日" in shown
    places = re.findall(r'hx-get="([^"]+figures[^"]+)"', shown)
    assert len(places) == 12
    for place in places:
        card = await page.get(place.replace("&amp;", "&"))
        assert card.status_code == 200, place
    card = (await page.get(f"{PAGE}/figures/complaint.types?period=month")).text
    assert "维修质量" in card
    assert "complaint_type=repair" in card
    assert "format=xlsx" in card


async def test_wrong_days_are_said_and_the_usual_period_is_shown(web, chief: Actor) -> None:
    answer = await web(chief).get(f"{PAGE}?from=2026-12-01&to=2026-11-01")
    assert answer.status_code == 422
    assert "截止日早于起始日" in answer.text


async def test_on_paper_every_table_is_open_and_the_printing_is_noted(
    kernel: Kernel, web, chief: Actor, new_case
) -> None:
    await new_case(complaint_type="repair")
    paper = await web(chief).get(f"{PAGE}/print?period=year")
    assert paper.status_code == 200
    assert paper.text.count("<details open>") >= 3
    assert "周店总" in paper.text
    log = trusted(select(AuditAccess.entity).where(AuditAccess.verb == "printed"))
    assert await kernel.db.rows(log) == ["complaint"]


async def test_whoever_lacks_the_right_finds_neither_page_nor_figures(web, agent: Actor) -> None:
    assert (await web(agent).get(PAGE)).status_code == 404
    program = web(agent, "application/json")
    assert (await program.get(f"{API}/complaint.types")).status_code == 403
    assert (await program.get(API)).json() == {"items": []}


async def test_programs_get_rows_numbers_and_where_they_lead(web, chief: Actor, new_case) -> None:
    await new_case(complaint_type="repair")
    program = web(chief, "application/json")
    names = [one["name"] for one in (await program.get(API)).json()["items"]]
    assert names[0] == "complaint.numbers"
    assert "complaint.stores" not in names
    found = (await program.get(f"{API}/complaint.types?period=month")).json()
    assert found["period"] == {"key": "month", "first": "2026-11-01", "last": "2026-11-23"}
    (row,) = found["rows"]
    assert (row["key"], row["label"], row["cells"][0]["value"]) == ("repair", "维修质量", 1)
    listed = await program.get("/api/v1" + row["cells"][0]["path"])
    assert len(listed.json()["items"]) == 1
    assert (await program.get(f"{API}/complaint.types?period=decade")).status_code == 422
    assert (await program.get(f"{API}/complaint.nothing")).status_code == 404
    file = await program.get(f"{API}/complaint.types/file?format=csv")
    assert file.headers["content-disposition"].startswith("attachment")
    assert "维修质量" in file.text


@pytest.mark.browser
async def test_in_the_browser_the_numbers_are_those_of_the_cases_and_open_them(
    kernel: Kernel, open_plugin_page, chief: Actor, agent: Actor, handler: Actor, new_case, step
) -> None:
    for _case in range(3):
        await new_case(complaint_type="repair")
    done = await new_case(complaint_type="quality")
    await step(agent, done, "assign")
    await step(handler, done, "investigate", "reject", "explain")
    page = await open_plugin_page(chief, f"{PAGE}?period=year")
    numbers = page.locator("#report-complaint-numbers .crm-stat-value")
    await numbers.first.wait_for()
    assert (await numbers.all_inner_texts())[:5] == ["4", "1", "0", "1", "0"]
    types = page.locator("#report-complaint-types")
    await types.scroll_into_view_if_needed()
    await types.locator("svg").first.wait_for()
    await types.get_by_text("数据表").click()
    assert await accessibility_faults(page) == []
    await types.get_by_role("row", name=re.compile("^维修质量")).get_by_role("link").first.click()
    await page.wait_for_url(re.compile(r"/complaints\?"))
    await page.locator("#list tbody tr").first.wait_for()
    assert await page.locator("#list tbody tr").count() == 3
