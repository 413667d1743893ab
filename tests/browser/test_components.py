"""A module's own pages are made of the kernel's board, calendar and figures."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, OpenPage


def lane(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def open_board(page: Page) -> None:
    page.goto("/showcase/board")
    expect(page.locator("[data-board]")).to_have_attribute("data-ready", "")


def drag(page: Page, what: Locator, to: Locator) -> None:
    """With the mouse, as slowly as a hand does it."""
    what.hover()
    page.mouse.down()
    goal = to.bounding_box()
    assert goal is not None
    page.mouse.move(goal["x"] + goal["width"] / 2, goal["y"] + goal["height"] / 2, steps=12)
    page.mouse.move(goal["x"] + goal["width"] / 2, goal["y"] + 6, steps=6)
    page.mouse.up()


def move(page: Page, card: str, to: str) -> None:
    """By the card's menu, with the keys alone."""
    page.get_by_role("button", name=f"移动 {card}").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name=to).focus()
    page.keyboard.press("Enter")


def test_a_deal_moves_by_its_menu_and_the_move_is_taken_back(page: Page) -> None:
    open_board(page)
    expect(lane(page, "新线索").locator(".crm-lane-sum")).to_have_text("¥420,000")
    move(page, "端木磊", "报价")
    expect(lane(page, "报价")).to_contain_text("端木磊")
    expect(lane(page, "报价").locator(".crm-lane-sum")).to_have_text("¥240,000")
    expect(lane(page, "新线索").locator(".crm-lane-sum")).to_have_text("¥180,000")
    page.locator("#crm-toasts").get_by_role("button", name="撤销").click()
    expect(lane(page, "新线索")).to_contain_text("端木磊")
    expect(lane(page, "报价")).not_to_contain_text("端木磊")


def test_a_deal_moves_by_drag(page: Page) -> None:
    open_board(page)
    card = page.locator("[data-card]", has_text="上官宏")
    drag(page, card.locator(".crm-card-foot"), lane(page, "新线索").locator("[data-card]").first)
    expect(lane(page, "新线索")).to_contain_text("上官宏")
    expect(lane(page, "新线索").locator(".crm-count")).to_have_text("3")
    move(page, "上官宏", "试驾")
    expect(lane(page, "试驾").locator(".crm-count")).to_have_text("1")


def test_a_move_the_server_refuses_goes_back_and_says_why(page: Page) -> None:
    open_board(page)
    with page.expect_response(lambda answer: answer.status == 409):
        move(page, "欧阳晓雯", "成交")
    expect(page.locator("#crm-toasts")).to_contain_text("先报价，再成交")
    expect(lane(page, "新线索")).to_contain_text("欧阳晓雯")
    expect(lane(page, "成交")).not_to_contain_text("欧阳晓雯")


def test_the_calendar_shows_the_cars_one_ticks_and_the_day_stands_as_a_table(page: Page) -> None:
    page.goto("/showcase/calendar")
    booked = page.locator(".fc-event", has_text="端木磊")
    expect(booked).to_be_visible()
    page.get_by_role("checkbox", name="途观L").uncheck()
    expect(booked).to_have_count(0)
    table = page.get_by_role("table", name="今天的试驾车")
    expect(table.get_by_role("row", name=re.compile("09:00"))).to_contain_text("欧阳晓雯")


def test_figures_have_their_numbers_as_a_table_that_leads_to_the_list(page: Page) -> None:
    page.goto("/showcase/figures")
    expect(page.locator("[data-chart-canvas] svg")).to_have_count(4)
    figure = page.locator("figure").first
    figure.get_by_text("数据表").click()
    expect(figure.get_by_role("row", name=re.compile("^11月"))).to_contain_text("66")
    figure.get_by_role("link", name="66").click()
    page.wait_for_url(re.compile("/customers"))


def test_figures_change_their_colours_with_the_theme(page: Page) -> None:
    page.goto("/showcase/figures")
    bar = page.locator("[data-chart-canvas] svg path[fill^='#']").first
    light = bar.get_attribute("fill")
    page.locator(".crm-profile").click()
    page.get_by_role("menuitemradio", name="深色").click()
    expect(bar).not_to_have_attribute("fill", light or "")
    page.locator(".crm-profile").click()
    page.get_by_role("menuitemradio", name="跟随系统").click()


def test_on_a_phone_the_calendar_is_a_list(open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto("/showcase/calendar")
    expect(page.locator(".fc-list")).to_be_visible()
    expect(page.locator(".fc-list-event", has_text="欧阳晓雯")).to_be_visible()
