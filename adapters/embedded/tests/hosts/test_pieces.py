"""Pieces of ours on the host's own page, in a real browser: the host's people sign in at the host only."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from crm_kernel.testing.chromium import QUIET, find_browser
from crm_kernel.testing.databases import absent

from .houses import House, Street

PATIENCE_MS = 60_000
"""Signing in at Django alone hashes a password for a second, on a machine that has nothing else to do."""
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AT_ONCE_MS = 2_000
QUESTIONS = "**/pieces/calls?seen=*"
ERPS = ("fastapi", "django-asgi", "django-wsgi", "flask")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if find_browser() is None:
        absent("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(params=ERPS)
def house(request: pytest.FixtureRequest, street: Street) -> House:
    return street.house(request.param)


@pytest.fixture
def page(house: House, chromium: Browser) -> Iterator[Page]:
    """A window of an advisor who signed in at the host."""
    expect.set_options(timeout=PATIENCE_MS)
    context = chromium.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(house.erp + "/login")
    page.get_by_label("用户名").fill("wang")
    page.get_by_label("密码").fill("demo")
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name="退出").wait_for()
    yield page
    context.close()
    assert faults == []


def test_the_hosts_customer_page_shows_our_card_and_a_note_is_changed_there(house: House, page: Page) -> None:
    page.get_by_role("link", name="K1001").click()
    card = page.locator("forecourt-customer-card")
    expect(card.get_by_role("link", name="陈志远")).to_be_visible()
    card.get_by_label("新备注").fill("下周来看新车")
    card.get_by_role("button", name="添加备注").click()
    expect(card.locator("[data-said]").first).to_have_text("下周来看新车")
    card.get_by_role("button", name="修改").first.click()
    card.get_by_label("备注", exact=True).first.fill("周三来看新车")
    card.get_by_role("button", name="保存").first.click()
    expect(card.locator("[data-said]").first).to_have_text("周三来看新车")
    expect(page.locator("forecourt-timeline").get_by_text("周三来看新车")).to_be_visible()
    card.get_by_role("link", name="陈志远").click()
    page.wait_for_url(f"{house.url}/customers/*")
    expect(page.get_by_text("周三来看新车").first).to_be_visible()


def test_neither_side_restyles_the_other(house: House, page: Page) -> None:
    page.goto(house.erp + "/customers/K1002")
    card = page.locator("forecourt-customer-card")
    expect(card.get_by_role("heading", name="周雨桐")).to_be_visible()
    host = page.get_by_role("heading", name="周雨桐", level=1)
    ours = card.get_by_role("heading", name="周雨桐")
    size = "node => getComputedStyle(node).fontSize"
    family = "node => getComputedStyle(node).fontFamily"
    assert ours.evaluate(size) == "15px"
    assert host.evaluate(family) != ours.evaluate(family)


def ring(house: House, page: Page, mobile: str) -> None:
    """The person's softphone says who is calling."""
    page.evaluate(
        """async ([base, mobile]) => {
          const token = document.querySelector("forecourt-customer-card").shadowRoot
            .querySelector("[data-csrf]").dataset.csrf;
          const body = new URLSearchParams({mobile});
          await fetch(base + "/pieces/calls", {method: "POST", headers: {"x-csrf-token": token}, body});
        }""",
        [house.url, mobile],
    )


def test_axe_finds_nothing_on_the_pieces_whatever_the_colours_and_the_width(house: House, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(house.erp + "/customers/K1001")
    card = page.locator("forecourt-customer-card")
    card.get_by_role("link", name="陈志远").wait_for()
    page.locator("forecourt-tasks").get_by_role("heading").wait_for()
    page.locator("forecourt-timeline").get_by_role("heading").wait_for()
    ring(house, page, "13912345604")
    page.locator("forecourt-call").get_by_role("alertdialog").wait_for()
    surfaces = set()
    for scheme, width in (("light", 1440), ("dark", 1440), ("dark", 390), ("light", 390)):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
        found = Axe().run(page, options=options).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == [], (scheme, width)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (scheme, width)
        surfaces.add(card.locator(".piece").evaluate("node => getComputedStyle(node).backgroundColor"))
        if shots := os.environ.get("CRM_SHOTS"):
            page.screenshot(path=f"{shots}/{house.name}-{scheme}-{width}.png", full_page=True)
    follows = house.name == "fastapi"  # the others keep to one colour scheme, and the pieces with them
    assert len(surfaces) == (2 if follows else 1)


def test_a_telephone_rings_and_the_caller_comes_up(house: House, page: Page) -> None:
    page.goto(house.erp + "/customers/K1003")
    card = page.locator("forecourt-customer-card")
    card.get_by_role("heading", name="欧阳文博").wait_for()
    ring(house, page, "13912345602")
    call = page.locator("forecourt-call").get_by_role("alertdialog")
    expect(call).to_contain_text("周雨桐")
    call.get_by_role("button", name="关闭").click()
    expect(call).to_have_count(0)


def test_a_call_that_was_closed_stays_closed_when_answers_are_late(house: House, page: Page) -> None:
    page.goto(house.erp + "/customers/K1003")
    page.locator("forecourt-customer-card").get_by_role("heading", name="欧阳文博").wait_for()
    questions: list[Route] = []

    def wait(question: Route) -> None:
        questions.append(question)

    page.route(QUESTIONS, wait)
    with page.expect_request(QUESTIONS):
        ring(house, page, "13700009999")
    with page.expect_request(QUESTIONS):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    punctual, *late = questions
    punctual.continue_()
    call = page.locator("forecourt-call").get_by_role("alertdialog")
    expect(call).to_contain_text("9999")
    call.get_by_role("button", name="关闭").click()
    for question in late:
        with page.expect_response(QUESTIONS):
            question.continue_()
    page.unroute(QUESTIONS)
    with page.expect_response(QUESTIONS):
        pass
    expect(call).to_have_count(0)


def test_whoever_signs_out_at_the_host_is_out_here_in_every_window(house: House, page: Page) -> None:
    page.goto(house.erp + "/customers/K1001")
    card = page.locator("forecourt-customer-card")
    expect(card.get_by_role("link", name="陈志远")).to_be_visible()
    other = page.context.new_page()
    other.goto(house.erp + "/")
    page.bring_to_front()
    out = page.context.request
    assert out.get(house.url + "/api/v1/customers").status == 200
    other.get_by_role("button", name="退出").click()
    other.get_by_label("用户名").wait_for()
    assert out.get(house.url + "/api/v1/customers").status == 401
    page.bring_to_front()
    expect(card.get_by_role("link", name="陈志远")).to_have_count(0, timeout=AT_ONCE_MS)
    page.goto(house.url + "/customers")
    page.get_by_label("用户名").wait_for()
