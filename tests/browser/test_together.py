"""Two people at two desks with one customer between them."""

from __future__ import annotations

import re

from playwright.sync_api import Page, StorageState, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import add_customer


def colleague(open_page: OpenPage, second: StorageState) -> Page:
    """A window of the second person."""
    return open_page(storage_state=second)


def test_two_people_on_one_record_see_each_other(
    page: Page, open_page: OpenPage, second: StorageState
) -> None:
    add_customer(page, "尉迟远", "13911240001")
    other = colleague(open_page, second)
    other.goto(page.url)
    expect(other.locator("[data-presence]")).to_contain_text("陈静 也在查看")
    page.reload()
    expect(page.locator("[data-presence]")).to_contain_text("李强 也在查看")

    other.goto(f"{page.url}/edit")
    expect(other.locator("[data-presence]")).to_contain_text("陈静")
    page.reload()
    expect(page.locator("[data-presence]")).to_contain_text("李强 正在编辑")


def test_nobody_overwrites_what_a_colleague_has_just_saved(
    page: Page, open_page: OpenPage, second: StorageState
) -> None:
    add_customer(page, "公冶成", "13911240002")
    other = colleague(open_page, second)
    other.goto(f"{page.url}/edit")
    page.goto(f"{page.url}/edit")

    other.locator("[name=remark]").fill("周三来店")
    other.locator(".crm-form-foot button[type=submit]").click()
    expect(other.locator("#facts")).to_contain_text("周三来店")

    page.locator("[name=remark]").fill("周四来店")
    page.locator(".crm-form-foot button[type=submit]").click()
    refused = page.locator(".crm-form-fault")
    expect(refused).to_contain_text("周三来店")
    expect(refused).to_contain_text("周四来店")
    expect(page.locator("[name=remark]")).to_have_value("周四来店")


def test_an_open_page_says_that_the_record_has_changed(
    page: Page, open_page: OpenPage, second: StorageState
) -> None:
    add_customer(page, "闻人静", "13911240003")
    address = page.url
    other = colleague(open_page, second)
    other.goto(f"{address}/edit")
    other.locator("[name=remark]").fill("改约周五")
    other.locator(".crm-form-foot button[type=submit]").click()
    expect(other.locator("#facts")).to_contain_text("改约周五")

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    news = page.get_by_role("link", name=re.compile("点此刷新"))
    expect(news).to_be_visible()
    news.click()
    expect(page.locator("#facts")).to_contain_text("改约周五")
    expect(news).to_be_hidden()
