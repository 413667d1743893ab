"""Nothing jumps, nothing is heavy, nothing moves that should not, and paper gets what is on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import sample
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.places import record_place

FIRST_LOAD_BYTES = 200_000
STEADY = 0.1
"""Google's limit for a page that feels steady."""
JUMPS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""
SMALL = """([least, scope]) => [...document.querySelectorAll(scope)]
  .flatMap((part) => [...part.querySelectorAll("a, button, select, input:not([type=hidden])")])
  .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .filter((one) => !one.closest("p, td, th, li, dd, label, .visually-hidden, .crm-skip, .ts-wrapper"))
  .filter((one) => !one.matches(".ts-hidden-accessible"))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < least || box.height < least))
  .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${box.width}x${box.height}`)"""


def settled(page: Page, place: str) -> None:
    """Open a page and wait until every part of it that can be seen has come."""
    page.goto(place)
    page.wait_for_load_state("networkidle")
    expect(page.locator("main .htmx-request")).to_have_count(0)


def test_the_first_visit_loads_less_than_two_hundred_kilobytes(open_page: OpenPage) -> None:
    page = open_page(storage_state=None)
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto("/login")
    page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) <= FIRST_LOAD_BYTES


def test_no_page_jumps_while_it_comes(open_page: OpenPage) -> None:
    page = open_page()
    record = record_place(page, "customers")
    jumps = {}
    for place in ("/", "/customers", record, "/customers/new", "/tasks"):
        settled(page, place)
        if (moved := page.evaluate(JUMPS)) > STEADY:
            jumps[place] = moved
    assert not jumps


@pytest.mark.parametrize(("size", "least"), [(PHONE, 44), (None, 24)], ids=["phone", "desk"])
def test_everything_is_large_enough_to_be_hit(
    open_page: OpenPage, size: dict[str, int] | None, least: int
) -> None:
    page = open_page(viewport=size, has_touch=True, is_mobile=True) if size else open_page()
    record = record_place(page, "customers")
    small = []
    for place in ("/", "/customers", record, "/customers/new"):
        settled(page, place)
        small += page.evaluate(SMALL, [least, "header, nav, main"])
    assert not small, "\n".join(small)


def test_nothing_moves_for_those_who_asked_for_calm(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    settled(page, "/customers")
    slow = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((one) => {
        const style = getComputedStyle(one);
        return [style.animationDuration, style.transitionDuration].some((time) => parseFloat(time) > 0.01);
        }).length"""
    )
    assert slow == 0


def test_a_printed_record_has_its_facts_and_none_of_the_furniture(page: Page) -> None:
    record = record_place(page, "customers")
    settled(page, record)
    page.emulate_media(media="print")
    for part in ("#crm-sidebar", ".crm-topbar", "#composer", ".crm-page-actions"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator("#facts")).to_be_visible()
    expect(page.locator("#part-work")).to_be_visible()


def test_an_import_goes_on_behind_a_reloaded_page(page: Page, tmp_path: Path) -> None:
    rows = [f"LD{n:05d},诸葛{n}号,男,,1375555{n:04d},,普通,网络,2025-01-01,," for n in range(600)]
    file = sample.write(tmp_path, "客户.csv", sample.CUSTOMER_HEADS, rows)
    page.goto("/imports/new?kind=customers")
    page.locator("[name=file]").set_input_files(file)
    page.locator("main form button[type=submit]").click()
    page.locator("select[name=column-0]").wait_for()
    page.locator("main form button.btn-primary").click()
    expect(page.locator("select[name=column-0]")).to_have_count(0)
    page.reload()
    figures = page.locator(".crm-figures .crm-stat-value")
    expect(figures.first).to_have_text("600", timeout=120_000)
    expect(page.get_by_role("progressbar")).to_have_count(0)
