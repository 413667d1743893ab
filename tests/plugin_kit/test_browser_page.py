"""A page of the test's own kernel in Chromium: no server, scripts and policy at work."""

from __future__ import annotations

import pytest

from crm_kernel.testing.databases import TestDatabase

pytestmark = pytest.mark.browser


@pytest.fixture
def database(tmp_path) -> TestDatabase:
    return TestDatabase("sqlite", f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")


async def test_a_page_of_the_tests_own_kernel_is_opened_without_a_server(
    kernel, admin, open_plugin_page
) -> None:
    values = {"code": "K7", "name": "张伟", "kind": "person"}
    await kernel.service("records").create(admin, "customer", values)
    page = await open_plugin_page(admin, "/customers")
    assert await page.title() == "客户 · Forecourt"
    assert "张伟" in await page.locator("main").inner_text()
    assert await page.evaluate("document.documentElement.lang") == "zh-CN"
