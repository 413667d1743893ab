"""No page keeps anybody out: axe finds nothing, in light or dark; a phone never scrolls sideways."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import sample
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.places import DOOR, menu_places, record_place

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SETTLED = """async () => {
  await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
  const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(moving.map((one) => one.finished));
}"""
COLOURS = ["color-contrast", "link-in-text-block"]


def findings(page: Page) -> list[str]:
    """Everything in the light, and what depends on colours in the dark too."""
    page.wait_for_load_state("load")
    expect(page.locator("main .htmx-request")).to_have_count(0)
    found = []
    for scheme, kind, wanted in (("light", "tag", STANDARDS), ("dark", "rule", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLED)
        options = {"runOnly": {"type": kind, "values": wanted}, "resultTypes": ["violations"]}
        found += [
            f"{scheme} {page.url} {one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for one in Axe().run(page, options=options).response["violations"]
            for node in one["nodes"][:2]
        ]
    page.emulate_media(color_scheme="light")
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_axe_finds_nothing_on_any_page(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    record = record_place(page, "customers")
    found = []
    for place in [*menu_places(page), record, f"{record}/edit", f"{record}/history"]:
        answer = page.goto(place)
        assert answer is not None
        assert answer.ok, place
        found += findings(page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_at_the_door(open_page: OpenPage) -> None:
    page = open_page(storage_state=None, reduced_motion="reduce")
    found = []
    for place in DOOR:
        page.goto(place)
        found += findings(page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_while_a_file_goes_in(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(reduced_motion="reduce")
    file = sample.write(tmp_path, "客户.csv", sample.CUSTOMER_HEADS, sample.OTHERS_ARRIVING)
    page.goto("/imports/new?kind=customers")
    page.locator("[name=file]").set_input_files(file)
    page.locator("main form button[type=submit]").click()
    page.locator("select[name=column-0]").wait_for()
    found = findings(page)
    page.locator("main form button.btn-primary").click()
    expect(page.locator(".crm-figures .crm-stat-value")).to_have_count(5)
    found += findings(page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_in_dialogs_and_menus(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    page.goto("/customers")
    found = []
    page.locator("#list [data-row-menu]").first.click()
    page.get_by_role("menuitem").first.wait_for()
    found += findings(page)
    page.keyboard.press("Escape")
    for opener in ("[data-open-dialog=filter]", "[data-open-dialog=columns]", "[data-palette-open]"):
        page.locator(opener).click()
        page.locator("dialog[open]").wait_for()
        found += findings(page)
        page.keyboard.press("Escape")
    assert not found, "\n".join(found)


def test_a_phone_never_scrolls_sideways_and_its_bar_leads_everywhere(open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    record = record_place(page, "customers")
    wide = []
    for place in [*menu_places(page), record, f"{record}/edit"]:
        page.goto(place)
        room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        if room[0] > room[1]:
            wide.append(f"{place}: {room[0]} in {room[1]}")
    assert not wide, wide

    page.goto("/")
    bar = page.locator(".crm-bottombar")
    expect(bar).to_be_visible()
    bar.locator("a[href='/customers']").tap()
    page.wait_for_url("**/customers")
    page.locator("[data-sidebar-sheet]").tap()
    page.locator("#crm-sidebar").get_by_role("link", name="维修工单").tap()
    page.wait_for_url("**/repair-orders")
