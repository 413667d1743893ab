"""A record that follows a flow, on its page and in the list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.kernel import Kernel


def flash(answer: httpx.Response) -> str:
    """The passing message that waits on the next page."""
    return unquote(answer.cookies["crm_flash"]).encode().decode("unicode_escape")


async def test_the_page_says_where_it_stands_what_is_next_and_by_when(page, new_case) -> None:
    case = await new_case()
    html = (await page.get(f"/cases/{case}")).text
    assert '<span class="crm-badge crm-badge--blue">Reported</span>' in html
    assert f'hx-get="/cases/{case}/steps/assess"' in html
    assert 'class="btn btn-primary"' in html
    assert "/steps/close" not in html
    assert "Accept" in html
    assert "计时中" in html


async def test_a_step_asks_for_its_facts_and_says_at_the_field_what_is_missing(
    page, new_case, manager
) -> None:
    case = await new_case()
    asked = (await page.get(f"/cases/{case}/steps/assess")).text
    assert 'data-combobox-url="/lookup/staff"' in asked
    missing = await page.post(f"/cases/{case}/steps/assess", data={"handler": ""})
    assert missing.status_code == 422
    assert 'id="dialog-handler-error"' in missing.text
    taken = await page.post(f"/cases/{case}/steps/assess", data={"handler": str(manager.id)})
    assert taken.status_code == 303
    assert taken.headers["location"] == f"/cases/{case}"
    assert "Assessed" in (await page.get(f"/cases/{case}")).text


async def test_every_kind_of_fact_has_its_control_and_what_was_said_is_shown(page, new_case, manager) -> None:
    case = await new_case()
    await page.post(f"/cases/{case}/steps/assess", data={"handler": str(manager.id)})
    asked = (await page.get(f"/cases/{case}/steps/repair")).text
    assert 'inputmode="decimal"' in asked
    assert "<span>CNY</span>" in asked
    assert 'type="date"' in asked
    assert '<option value="10">10</option>' in asked
    wrong = await page.post(f"/cases/{case}/steps/repair", data={"cost": "很贵", "done_on": "2026-11-24"})
    assert wrong.status_code == 422
    assert 'value="很贵"' in wrong.text
    facts = {"cost": "1200", "done_on": "2026-11-24", "score": "9"}
    assert (await page.post(f"/cases/{case}/steps/repair", data=facts)).status_code == 303
    steps = (await page.get(f"/cases/{case}/steps")).text
    assert "1,200.00" in steps
    assert "刘经理" in steps
    assert steps.index("1,200.00") < steps.index("刘经理")


async def test_whoever_is_too_late_hears_what_is_possible_instead(page, new_case, manager) -> None:
    case = await new_case()
    await page.post(f"/cases/{case}/steps/assess", data={"handler": str(manager.id)})
    for late in (
        await page.get(f"/cases/{case}/steps/assess"),
        await page.post(f"/cases/{case}/steps/assess", data={"handler": str(manager.id)}),
    ):
        assert late.status_code == 303
        assert "Ask the customer / Repair" in flash(late)


async def test_a_record_that_changed_meanwhile_is_told_and_the_second_try_goes_through(
    page, kernel: Kernel, advisor: Actor, new_case, manager
) -> None:
    case = await new_case()
    seen = (await kernel.service("records").get(advisor, "case", case)).version
    await kernel.service("records").change(advisor, "case", case, {"name": "前杠"}, seen)
    where = f"/cases/{case}/steps/assess"
    told = await page.post(f"{where}?version={seen}", data={"handler": str(manager.id)})
    assert told.status_code == 409
    assert f"{where}?version={seen + 1}" in told.text
    assert "刘经理" in told.text
    again = await page.post(f"{where}?version={seen + 1}", data={"handler": str(manager.id)})
    assert again.status_code == 303


async def test_grave_steps_lie_in_the_menu_and_ask_for_a_second_thought(page, manager, new_case) -> None:
    case = await new_case()
    await page.post(f"/cases/{case}/steps/assess", data={"handler": str(manager.id)})
    await page.post(f"/cases/{case}/steps/repair", data={"cost": "1", "done_on": "2026-11-24"})
    await page.post(f"/cases/{case}/steps/close")
    html = (await page.get(f"/cases/{case}")).text
    menu = html[html.index('id="step-menu"') :]
    assert f'hx-post="/cases/{case}/steps/reopen"' in menu
    assert "data-confirm-danger" in menu[: menu.index("</div>")]


async def test_whoever_may_only_look_sees_no_steps(open_as, make_actor, new_case) -> None:
    case = await new_case()
    onlooker = open_as(await make_actor({"case.view": Scope.DEALERSHIP}))
    html = (await onlooker.get(f"/cases/{case}")).text
    assert "/steps/assess" not in html
    assert (await onlooker.post(f"/cases/{case}/steps/assess", data={"handler": "x"})).status_code == 303
    assert (await onlooker.post(f"/cases/{case}/steps/nothing")).status_code == 303


async def test_deadlines_turn_red_and_have_tabs_of_their_own(page, new_case, clock: Any) -> None:
    late = await new_case("后杠")
    clock.advance(timedelta(days=30))
    fresh = await new_case("前杠", level="urgent")
    html = (await page.get(f"/cases/{late}")).text
    assert "已超时" in html
    shown = (await page.get("/cases?columns=name,status,next_due_at")).text
    assert '<span class="crm-badge crm-badge--blue">Reported</span>' in shown
    assert shown.count('class="crm-late"') == 1
    start = shown.index("next_due_at%5Blt%5D")
    address = "/cases?" + shown[start : shown.index('"', start)].replace("&amp;", "&")
    overdue = (await page.get(address)).text
    assert str(late) in overdue
    assert str(fresh) not in overdue


@pytest.mark.parametrize("address", ["/cases/{}/steps", "/cases/{}/steps/assess"])
async def test_other_dealerships_records_are_not_there(
    address, open_as, make_dealership, make_actor, new_case
) -> None:
    case = await new_case()
    elsewhere = await make_dealership("east")
    rights = {"case.view": Scope.DEALERSHIP, "case.change": Scope.DEALERSHIP}
    other = open_as(await make_actor(rights, at=elsewhere.id))
    assert (await other.get(address.format(case))).status_code == 404
