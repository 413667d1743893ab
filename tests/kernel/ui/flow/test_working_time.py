"""Hours of the dealership, by page."""

from __future__ import annotations

from crm_kernel.actor import Actor
from crm_kernel.kernel import Kernel

PATH = "/admin/working-time"
WEEK = {f"week-{day}-{n}-{end}": "" for day in range(7) for n in (0, 1) for end in ("opens", "closes")}


async def test_a_week_with_a_midday_break_is_kept_and_shown(page, kernel: Kernel, advisor: Actor) -> None:
    assert 'value="08:30"' in (await page.get(PATH)).text
    sent = {
        **WEEK,
        "week-5-0-opens": "09:00",
        "week-5-0-closes": "12:00",
        "week-5-1-opens": "13:30",
        "week-5-1-closes": "00:00",
    }
    assert (await page.post(PATH, data=sent)).status_code == 303
    kept = await kernel.service("working_time").hours(advisor)
    assert [list(map(tuple, day)) for day in kept.week][5] == [(540, 720), (810, 1440)]
    assert not kept.national
    assert 'value="13:30"' in (await page.get(PATH)).text


async def test_hours_that_make_no_sense_are_told_at_their_day(page, kernel: Kernel, advisor: Actor) -> None:
    wrong = await page.post(PATH, data={**WEEK, "week-1-0-opens": "18:00", "week-1-0-closes": "09:00"})
    assert wrong.status_code == 422
    assert 'id="hours-1-error"' in wrong.text
    assert 'value="18:00"' in wrong.text
    half = await page.post(PATH, data={**WEEK, "week-2-0-opens": "", "week-2-0-closes": "09:00"})
    assert 'id="hours-2-error"' in half.text
    assert (await page.post(PATH, data=WEEK)).status_code == 422
    assert not (await kernel.service("working_time").hours(advisor)).own


async def test_days_of_ones_own_are_added_and_removed(page, kernel: Kernel, advisor: Actor) -> None:
    closed = {"day": "2026-12-31", "day-0-opens": "", "day-0-closes": ""}
    assert (await page.post(f"{PATH}/days/new", data=closed)).status_code == 303
    longer = {"day": "2026-11-29", "day-0-opens": "09:00", "day-0-closes": "15:00"}
    assert (await page.post(f"{PATH}/days/new", data=longer)).status_code == 303
    assert (await page.post(f"{PATH}/days/new", data={"day": "bald"})).status_code == 422
    shown = (await page.get(PATH)).text
    assert "09:00-15:00" in shown
    assert (await page.post(f"{PATH}/days/2026-12-31/remove")).status_code == 303
    kept = await kernel.service("working_time").hours(advisor)
    assert {day: list(map(tuple, hours)) for day, hours in kept.exceptions.items()} == {
        "2026-11-29": [(540, 900)]
    }
