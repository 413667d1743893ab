"""A complaint on its way through three people's hands, and a dealership that handles it its own way."""

from __future__ import annotations

import re

from playwright.sync_api import Page, StorageState, expect
from pypdf import PdfReader

from tests.browser.conftest import OpenPage
from tests.browser.steps import choose, take_step

SAVE = ".crm-form-foot button[type=submit]"


def take_down(page: Page, subject: str, mobile: str) -> str:
    """Take a complaint down; its address."""
    page.goto("/complaints/new")
    page.locator("[name=contact]").fill("公孙先生")
    page.locator("[name=mobile]").fill(mobile)
    page.locator("[name=subject]").fill(subject)
    page.locator("[name=description]").fill("昨天取车后刹车一直有异响，要求今天处理")
    page.locator(SAVE).click()
    page.wait_for_url(re.compile(r"/complaints/[0-9a-f-]{36}$"))
    return page.url


def text_of_the_file(page: Page) -> str:
    """What the PDF of the record says that stands open."""
    page.locator("[aria-controls=record-menu]").click()
    with page.expect_download() as coming:
        page.locator("a[role=menuitem][href$='/print']").click()
    pages = PdfReader(coming.value.path()).pages
    return "".join("".join(one.extract_text().split()) for one in pages)


def stands_at(page: Page, state: str) -> None:
    expect(page.locator("#standing .card-header .crm-badge")).to_have_text(state)


def test_three_people_lead_a_case_through_an_unsatisfied_round_to_satisfaction(
    open_page: OpenPage, second: StorageState, agent: StorageState, advisor: StorageState
) -> None:
    desk, chief, workshop = (open_page(storage_state=who) for who in (agent, second, advisor))
    case = take_down(desk, "刹车异响，修后更响", "13911260001")
    stands_at(desk, "已受理")

    chief.goto(case)
    take_step(chief, "分派", handler="赵磊")
    stands_at(chief, "已分派")

    workshop.goto("/complaints")
    workshop.locator("#list tbody tr", has_text="刹车异响，修后更响").locator("td").nth(2).dblclick()
    workshop.wait_for_url(case)
    take_step(workshop, "已调查", finding="刹车片装反", cause="work")
    take_step(workshop, "提出方案", solution="免费重装并检查制动盘")
    take_step(workshop, "客户同意", agreement="今天下午三点到店")
    take_step(workshop, "已执行", done="已重装刹车片")
    expect(workshop.locator("#standing").get_by_role("button", name="已回访")).to_have_count(0)

    desk.reload()
    take_step(desk, "已回访", said="仍有轻微异响")
    take_step(desk, "不满意", reason="低速时仍响")
    stands_at(desk, "不满意")

    workshop.reload()
    take_step(workshop, "提出方案", solution="更换制动盘")
    take_step(workshop, "客户同意", agreement="周六上午到店")
    take_step(workshop, "已执行", done="已更换制动盘并路试")

    desk.reload()
    take_step(desk, "已回访", said="没有异响了")
    take_step(desk, "满意", score="9")
    stands_at(desk, "已结案")
    desk.get_by_role("tab", name="流转记录").click()
    told = ("刹车片装反", "低速时仍响", "更换制动盘", "没有异响了")
    for said in told:
        expect(desk.locator("main")).to_contain_text(said)

    chief.goto(case)
    file = text_of_the_file(chief)
    for said in ("刹车异响，修后更响", "要求今天处理", "赵磊", *told):
        assert said in file, said
    assert "13911260001" not in file


def test_a_dealership_adds_a_step_and_a_running_case_takes_it(
    page: Page, open_page: OpenPage, agent: StorageState
) -> None:
    desk = open_page(storage_state=agent)
    case = take_down(desk, "空调不制冷", "13911260002")
    expect(desk.locator("#standing").get_by_role("button", name="先行安抚")).to_have_count(0)

    page.goto("/admin/flows/complaint")
    page.locator("[hx-get*='/steps/new']").click()
    dialog = page.locator("#crm-dialog")
    dialog.locator("[name='label_zh-CN']").fill("先行安抚")
    choose(page, "sources", "已受理")
    dialog.locator("[name=target]").select_option("received")
    choose(page, "permission", "处理")
    dialog.locator("[name=weight]").select_option("usual")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
    page.locator("[hx-get*='/publish']").click()
    dialog.locator("[name=remark]").fill("先安抚再分派")
    dialog.locator("button[type=submit]").click()
    page.wait_for_load_state()
    desk.reload()
    expect(desk.locator("#standing").get_by_role("button", name="先行安抚")).to_have_count(0)

    page.goto("/admin/flows/complaint/versions")
    page.locator("a[href$='/move']").first.click()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda url: not url.endswith("/move"))
    desk.reload()
    desk.locator("#standing").get_by_role("button", name="先行安抚").click()
    expect(desk.locator("#crm-toasts")).to_contain_text("先行安抚")
    assert desk.url == case
