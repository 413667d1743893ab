"""A list is bent to what one is looking for, kept under a name, and worked on in one go."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import sample
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.steps import row, search


def test_a_filter_stands_in_the_address_and_is_kept_as_a_view_with_its_number(page: Page) -> None:
    page.goto(f"/customers?q={sample.NAME}")
    page.locator("[data-open-dialog=filter]").click()
    builder = page.locator("dialog#filter")
    builder.get_by_label("字段").select_option("level")
    builder.get_by_label("条件", exact=True).select_option("eq")
    builder.get_by_label("值", exact=True).select_option("vip")
    builder.get_by_role("button", name="应用").click()
    page.wait_for_url(re.compile("level=vip"))
    expect(page.locator(".crm-chip")).to_contain_text("VIP")
    expect(row(page, sample.NAME)).to_have_count(1)

    page.locator("[aria-controls=list-menu]").click()
    page.get_by_role("menuitem", name="保存此视图").click()
    page.locator("[name=name]").fill("贵宾")
    page.locator(".crm-form-foot button[type=submit]").click()
    tab = page.get_by_role("link", name=re.compile("^贵宾"))
    expect(tab).to_have_attribute("aria-current", "true")
    expect(tab.locator(".crm-count")).to_have_text("1")

    page.locator(".crm-chip a").click()
    expect(page.locator(".crm-chip")).to_have_count(0)
    tab.click()
    expect(row(page, sample.NAME)).to_have_count(1)


def test_columns_are_chosen_and_put_in_order(page: Page) -> None:
    page.goto("/vehicles")
    page.locator("[data-open-dialog=columns]").click()
    chooser = page.locator("dialog#columns")
    chooser.get_by_label("颜色", exact=True).check()
    for _step in range(2):
        chooser.get_by_role("button", name="将“里程”前移").click()
    chooser.get_by_role("button", name="应用").click()
    page.wait_for_url(re.compile("columns="))
    expect(page.get_by_role("columnheader", name="颜色")).to_be_visible()
    heads = page.get_by_role("columnheader").all_inner_texts()
    assert heads.index("里程") < heads.index("客户")
    expect(page.get_by_role("columnheader", name="里程")).to_have_class(re.compile("crm-num"))


def test_all_that_match_are_chosen_page_after_page(page: Page) -> None:
    page.goto("/customers?q=%E5%91%A8&limit=20")
    page.locator("[data-select-page]").check()
    bar = page.locator("[data-bulk]")
    expect(bar).to_contain_text("20")
    bar.get_by_role("button", name="选择全部符合条件的").click()
    expect(bar.get_by_role("button", name="标签")).to_be_visible()
    expect(bar).to_contain_text("全部")
    bar.get_by_role("button", name="取消选择").click()
    expect(bar).to_be_hidden()


def test_a_long_list_goes_on_and_back_without_page_numbers(page: Page) -> None:
    page.goto("/customers?limit=20")
    first = page.locator("#list tbody tr").first.get_attribute("data-id")
    page.locator("#list [rel=next]").click()
    page.wait_for_url(re.compile("cursor="))
    expect(page.locator("#list tbody tr").first).not_to_have_attribute("data-id", first or "")
    page.locator("#list [rel=prev]").click()
    expect(page.locator("#list tbody tr").first).to_have_attribute("data-id", first or "")


def test_days_are_told_by_their_distance_and_exactly_on_hover(page: Page) -> None:
    search(page, sample.NAME)
    day = row(page, sample.NAME).locator("time").first
    expect(day).to_have_attribute("title", "2024-05-06")
    expect(day).to_have_text(re.compile("前$"))


def test_an_empty_list_says_why_and_what_to_do(page: Page) -> None:
    page.goto("/customers?q=%E6%9F%A5%E6%97%A0%E6%AD%A4%E4%BA%BA")
    expect(page.locator(".crm-empty")).to_contain_text("没有符合条件的")
    page.locator(".crm-empty").get_by_role("link").click()
    expect(page.locator("#list tbody tr").first).to_be_visible()


def test_on_a_phone_a_row_is_a_card_that_leads_with_the_name(open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    search(page, sample.NAME)
    card = row(page, sample.NAME)
    expect(card.locator("td.crm-cell-main")).to_have_text(sample.NAME)
    texts = card.locator("td:visible").all_inner_texts()
    assert any("199****2717" in text for text in texts)
    top = card.locator("td.crm-cell-main").bounding_box()
    phone = card.locator("td.crm-cell-tel").bounding_box()
    assert top is not None
    assert phone is not None
    assert top["y"] < phone["y"]
    card.locator("td.crm-cell-main a").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(sample.NAME)


def test_work_can_be_divided_among_colleagues_from_the_start_page(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("group", name="数据概览")).to_contain_text("全员逾期任务")
    page.get_by_role("link", name=re.compile("全员待办任务")).click()
    expect(page.get_by_role("navigation", name="视图").locator("[aria-current]")).to_have_text("全部人员")
