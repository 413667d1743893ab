"""Forms keep what was typed, say what is wrong where it is wrong, and fetch what is missing."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import sample
from tests.browser.conftest import PASSWORD, PHONE, OpenPage
from tests.browser.site import ADMIN
from tests.browser.steps import add_customer, search

SAVE = ".crm-form-foot button[type=submit]"


def test_the_first_wrong_field_says_what_is_wrong_and_has_the_focus(page: Page) -> None:
    page.goto("/customers/new")
    page.locator("[name=mobile]").fill("133")
    page.locator(SAVE).click()
    expect(page.locator("[name=name]")).to_be_focused()
    expect(page.locator("#f-name-error")).to_be_visible()
    expect(page.locator("#f-mobile-error")).to_be_visible()
    expect(page.locator("[name=mobile]")).to_have_value("133")


def test_a_known_mobile_is_noticed_while_it_is_typed(page: Page) -> None:
    page.goto("/customers/new")
    page.locator("[name=name]").fill("欧阳小雯")
    page.locator("[name=mobile]").press_sequentially(sample.MOBILE)
    expect(page.locator("#duplicates")).to_contain_text(sample.NAME)
    expect(page.locator("#duplicates")).to_be_in_viewport()


def test_what_was_typed_outlives_the_session(open_page: OpenPage) -> None:
    page = open_page(storage_state=None)
    sign_in(page)
    page.goto("/customers/new")
    page.locator("[name=name]").fill("拓跋宁")
    page.locator("[name=wechat]").fill("tuoba66")
    page.context.clear_cookies()
    # Not by a click: what the page asks by itself may have met the locked door already.
    page.locator("#record-form").evaluate("form => form.requestSubmit()")
    lost = page.locator("#crm-session-lost")
    expect(lost).to_be_visible()
    lost.get_by_role("link", name="登录").click()
    fill_door(page)
    page.wait_for_url("**/customers/new")
    expect(page.locator("[name=name]")).to_have_value("拓跋宁")
    expect(page.locator("[name=wechat]")).to_have_value("tuoba66")
    page.get_by_role("button", name="放弃恢复").click()
    expect(page.locator("[name=name]")).to_have_value("")


def sign_in(page: Page) -> None:
    page.goto("/login")
    fill_door(page)


def fill_door(page: Page) -> None:
    page.locator("[name=login]").fill(ADMIN)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    page.wait_for_url(lambda url: "/login" not in url)


def test_a_car_gets_a_customer_who_was_not_there_before(page: Page) -> None:
    page.goto("/vehicles/new")
    page.locator("[name=vin]").fill("LFV3A23C5C3000017")
    box = page.get_by_role("combobox", name="客户")
    box.fill("澹台明")
    page.locator(".ts-dropdown .create").click()
    dialog = page.locator("#crm-dialog")
    expect(dialog.locator("[name=name]")).to_have_value("澹台明")
    dialog.locator("[name=mobile]").fill("13911250001")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".ts-control .item")).to_have_text("澹台明")
    page.locator(SAVE).click()
    expect(page.locator("#facts")).to_contain_text("澹台明")
    search(page, "澹台明")
    expect(page.locator("#list tbody tr")).to_have_count(1)


def test_a_form_has_two_columns_on_a_desk_and_one_on_a_phone(page: Page, open_page: OpenPage) -> None:
    columns = (
        "getComputedStyle(document.querySelector('.crm-form-grid')).gridTemplateColumns.split(' ').length"
    )
    page.goto("/customers/new")
    assert page.evaluate(columns) == 2
    phone = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    phone.goto("/customers/new")
    assert phone.evaluate(columns) == 1


def test_a_call_with_its_outcome_and_a_task_come_from_one_box(page: Page) -> None:
    add_customer(page, "第五琪", "13911250002")
    composer = page.locator("#composer")
    composer.get_by_role("radio", name="电话").check()
    page.locator("#composer-body").fill("问了置换价")
    composer.get_by_label("结果").select_option("call_back")
    composer.get_by_role("button", name="保存").click()
    expect(page.locator("#timeline-entries")).to_contain_text("问了置换价")

    composer.get_by_role("radio", name="任务").check()
    page.locator("#composer-body").fill("周六回电")
    composer.get_by_role("button", name="保存").click()
    expect(page.locator("#next-steps")).to_contain_text("周六回电")
    page.get_by_role("radiogroup", name="条目类型").get_by_role("radio", name="通话").check()
    expect(page.locator("#timeline-entries .crm-timeline-item")).to_have_count(1)


def test_a_file_is_kept_with_the_record(page: Page) -> None:
    add_customer(page, "南宫越", "13911250003")
    page.get_by_role("tab", name="附件").click()
    page.locator("#record-file").set_input_files(
        {"name": "购车合同.txt", "mimeType": "text/plain", "buffer": "合同正文".encode()}
    )
    files = page.locator("#file-list")
    expect(files).to_contain_text("购车合同.txt")
    with page.expect_download() as download:
        files.get_by_role("link", name="购车合同.txt").click()
    assert download.value.suggested_filename == "购车合同.txt", download.value.suggested_filename
    files.get_by_role("button", name=re.compile("^移除")).click()
    page.locator("#crm-confirm [data-part=go]").click()
    expect(files).not_to_contain_text("购车合同.txt")
