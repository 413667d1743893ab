"""One served product and one Chromium for all journeys; whoever asks for a page is signed in already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, StorageState, expect, sync_playwright

from crm_kernel.testing.chromium import QUIET, find_browser, is_fault
from crm_kernel.testing.databases import absent
from tests.browser.site import ADMIN, ADVISOR, AGENT, COLLEAGUE, Site, running_site

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PASSWORD = "korrekt-pferd-9-batterie"
PATIENCE_MS = 20_000
REFUSED = re.compile(r"(Failed to load resource.* status of|Response Status Error Code) (401|409|422)")

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this room drives a browser."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The product, served."""
    if find_browser() is None:
        absent("Chromium")
    with running_site(tmp_path_factory.mktemp("home")) as served:
        yield served


@pytest.fixture(scope="package")
def chromium(site: Site) -> Iterator[Browser]:
    """The browser. Stopped with this room: its loop would stand in the way of asynchronous tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def signed_in(site: Site, chromium: Browser) -> StorageState:
    """The super administrator after the first sign-in."""
    return _first_sign_in(site, chromium, ADMIN)


@pytest.fixture(scope="package")
def second(site: Site, chromium: Browser) -> StorageState:
    """A colleague, the general manager."""
    return _first_sign_in(site, chromium, COLLEAGUE)


@pytest.fixture(scope="package")
def agent(site: Site, chromium: Browser) -> StorageState:
    """Takes the calls of customers."""
    return _first_sign_in(site, chromium, AGENT)


@pytest.fixture(scope="package")
def advisor(site: Site, chromium: Browser) -> StorageState:
    """Solves what was assigned to him."""
    return _first_sign_in(site, chromium, ADVISOR)


def _first_sign_in(site: Site, chromium: Browser, login: str) -> StorageState:
    """Somebody's first sign-in, which asks for a password of one's own."""
    context = chromium.new_context(base_url=site.url, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/login")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码", exact=True).fill(site.passwords[login])
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/profile/password")
    page.locator("[name=old]").fill(site.passwords[login])
    page.locator("[name=new]").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda url: "/profile/password" not in url)
    if "/login" in page.url:
        page.locator("[name=login]").fill(login)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/login" not in url)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def open_page(site: Site, chromium: Browser, signed_in: StorageState) -> Iterator[OpenPage]:
    """Opens pages in windows of their own; none of them may report an error or break the page's policy."""
    expect.set_options(timeout=PATIENCE_MS)
    contexts, complaints = [], []

    def opened(**wishes: Any) -> Page:
        options: dict[str, Any] = {"storage_state": signed_in, "viewport": DESK, "locale": "zh-CN", **wishes}
        context = chromium.new_context(base_url=site.url, timezone_id="Asia/Shanghai", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.on("console", lambda m: complaints.append(m.text) if _wrong(m) else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints


def _wrong(message: ConsoleMessage) -> bool:
    """An error the page did not mean: a form that is refused is an answer like any other."""
    return is_fault(message.type, message.text) and not REFUSED.search(message.text)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A desk's browser in Chinese."""
    return open_page()
