"""A dealer's first day: the old system's export goes in, and the right customer is found and worked on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import sample
from tests.browser.conftest import OpenPage
from tests.browser.steps import add_customer, open_record, search

EXPORT = Path(__file__).parents[3] / "shared" / "data" / "dms"
ROWS, ADDED, REPEATED, CHANGED, REFUSED = range(5)


def take_in(page: Page, kind: str, file: Path) -> list[int]:
    """Import a file as the page offers it; gives rows, added, repeated, changed and refused."""
    page.goto(f"/imports/new?kind={kind}")
    page.locator("[name=file]").set_input_files(file)
    page.locator("main form button[type=submit]").click()
    page.locator("select[name=column-0]").wait_for()
    page.get_by_role("button", name=re.compile("^导入")).click()
    figures = page.locator(".crm-figures .crm-stat-value")
    expect(figures).to_have_count(5, timeout=120_000)
    return [int(text.replace(",", "")) for text in figures.all_inner_texts()]


def test_the_old_systems_files_go_in_and_refused_rows_are_mended_on_the_page(
    page: Page, tmp_path: Path
) -> None:
    customers = sample.write(tmp_path, "客户.csv", sample.CUSTOMER_HEADS, sample.ARRIVING)
    assert take_in(page, "customers", customers) == [5, 2, 1, 1, 2]

    expect(page.locator("[name^=cell-].is-invalid")).to_have_count(2)
    page.locator("input[aria-label^='客户名称'].is-invalid").fill("轩辕志")
    page.locator("input[aria-label^='手机'].is-invalid").fill("13355201888")
    page.get_by_role("button", name="导入已更正的行").click()
    expect(page.locator("[name^=cell-]")).to_have_count(0)

    vehicles = sample.write(tmp_path, "车辆.csv", sample.VEHICLE_HEADS, sample.ARRIVING_CARS)
    assert take_in(page, "vehicles", vehicles) == [2, 1, 0, 0, 1]
    for name in ("司徒静怡", "轩辕志", "上官宏"):
        search(page, name)
        expect(page.locator("#list tbody tr", has_text=name)).to_have_count(1)


def test_trying_an_import_writes_nothing(page: Page, tmp_path: Path) -> None:
    file = sample.write(
        tmp_path, "试.csv", sample.CUSTOMER_HEADS, [sample.STOCK[0].replace("SH0001", "TR0001")]
    )
    page.goto("/imports/new?kind=customers")
    page.locator("[name=file]").set_input_files(file)
    page.locator("main form button[type=submit]").click()
    page.locator("button[name=dry_run]").click()
    expect(page.locator(".crm-figures .crm-stat-value").first).to_have_text("1")
    search(page, "TR0001")
    expect(page.locator("#list tbody tr")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.skipif(not EXPORT.is_dir(), reason="the dealer system's sample export is not beside the project")
def test_the_whole_export_gives_the_expected_figures(page: Page) -> None:
    expected = json.loads((EXPORT / "expected.json").read_text())
    for kind, name in (("customers", "客户.csv"), ("vehicles", "车辆.csv")):
        want = expected[kind]
        refused = sum(want["rejected"].values())
        figures = [want[key] for key in ("rows", "created", "repeated", "changed")]
        assert take_in(page, kind, EXPORT / name) == [*figures, refused]


@pytest.mark.parametrize(
    "typed",
    [sample.MOBILE[3:9], sample.PLATE, sample.VIN[-6:], sample.NAME[:2], sample.NAME],
    ids=["part of the mobile", "plate", "last six of the VIN", "two characters", "name"],
)
def test_a_customer_is_found_in_the_list_and_in_the_box_over_everything(page: Page, typed: str) -> None:
    search(page, typed)
    expect(page.locator("#list tbody tr", has_text=sample.NAME)).to_have_count(1)

    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="搜索")
    palette.get_by_role("combobox").fill(typed)
    known_by = sample.NAME if typed in (sample.NAME, sample.NAME[:2], sample.MOBILE[3:9]) else sample.VIN
    expect(palette.get_by_role("option").filter(has_text=known_by).first).to_be_visible()


def test_double_click_opens_and_a_right_click_edits_after_asking(page: Page) -> None:
    add_customer(page, "公孙立", "13911230001")
    open_record(page, "公孙立")

    search(page, "公孙立")
    page.locator("#list tbody tr", has_text="公孙立").locator("td").nth(2).click(button="right")
    page.get_by_role("menuitem", name="编辑").click()
    page.locator("#crm-confirm").get_by_role("button", name="编辑").click()
    page.locator("[name=remark]").fill("周末看车")
    page.locator("#record-form .crm-form-foot button[type=submit]").click()
    expect(page.locator("#facts")).to_contain_text("周末看车")


def test_the_menu_of_a_row_opens_by_its_button_too(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    search(page, sample.NAME)
    page.locator("#list tbody tr", has_text=sample.NAME).locator("[data-row-menu]").tap()
    expect(page.get_by_role("menuitem", name="编辑")).to_be_visible()


def test_one_fact_is_edited_where_it_stands(page: Page) -> None:
    add_customer(page, "长孙宁", "13911230002")
    fact = page.locator(".crm-fact", has=page.locator("dt", has_text=re.compile("^备注$")))
    fact.locator("[data-inline-edit]").click()
    fact.locator("textarea, input:not([type=hidden])").fill("只在上午接电话")
    fact.get_by_role("button", name="保存").click()
    expect(fact.locator("[data-inline-edit]")).to_contain_text("只在上午接电话")
    page.reload()
    expect(page.locator("#facts")).to_contain_text("只在上午接电话")


def test_a_mobile_is_masked_until_somebody_asks_for_it(page: Page) -> None:
    open_record(page, sample.NAME)
    assert sample.MOBILE not in page.content()
    fact = page.locator(".crm-fact", has=page.locator("[data-reveal-field=mobile]"))
    fact.locator("[data-reveal-field=mobile]").click()
    expect(fact.locator("[data-masked-value]")).to_have_text(re.compile(r"199\s?5530\s?2717"))


def test_what_was_said_stands_in_the_timeline_at_once(page: Page) -> None:
    add_customer(page, "宇文清", "13911230003")
    page.locator("#composer-body").fill("想周六试驾")
    page.locator("#composer button[type=submit]").click()
    expect(page.locator("#timeline-entries")).to_contain_text("想周六试驾")
    expect(page.locator("#composer-body")).to_have_value("")


def test_a_task_is_planned_on_the_record_and_done(page: Page) -> None:
    add_customer(page, "慕容远", "13911230004")
    page.locator("#next-steps header button").click()
    dialog = page.locator("#crm-dialog")
    dialog.locator("[name=title]").fill("周五回电话")
    dialog.locator("[name=due_at]").fill("2026-12-04T10:00")
    dialog.locator("button[type=submit]").click()
    steps = page.locator("#next-steps")
    expect(steps).to_contain_text("周五回电话")
    steps.locator(".crm-task button").click()
    expect(steps).not_to_contain_text("周五回电话")


def test_deleting_asks_for_a_reason_and_can_be_undone(page: Page) -> None:
    add_customer(page, "令狐安", "13911230005")
    search(page, "令狐安")
    page.locator("#list tbody tr", has_text="令狐安").locator("[data-row-menu]").click()
    page.get_by_role("menuitem", name="删除").click()
    confirm = page.locator("#crm-confirm")
    confirm.locator("[data-part=go]").click()
    expect(confirm).to_be_visible()
    confirm.locator("#crm-confirm-reason").fill("重复录入")
    confirm.locator("[data-part=go]").click()
    expect(page.locator("#list tbody tr", has_text="令狐安")).to_have_count(0)
    page.locator("#crm-toasts").get_by_role("button", name="撤销").click()
    expect(page.locator("#list tbody tr", has_text="令狐安")).to_have_count(1)


def test_a_deleted_customer_is_restored_from_the_list_of_deleted_ones(page: Page) -> None:
    add_customer(page, "东方朗", "13911230006")
    page.locator("[aria-controls=record-menu]").click()
    page.get_by_role("menuitem", name="删除").click()
    page.locator("#crm-confirm-reason").fill("登记错了")
    page.locator("#crm-confirm [data-part=go]").click()
    page.wait_for_url(re.compile("/customers/?$"))

    page.goto("/customers?deleted=true")
    page.locator("#list tbody tr", has_text="东方朗").locator("[data-row-menu]").click()
    page.get_by_role("menuitem", name="恢复").click()
    expect(page.locator("#list tbody tr", has_text="东方朗")).to_have_count(0)
    open_record(page, "东方朗")
