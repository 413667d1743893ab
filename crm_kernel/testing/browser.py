"""Pages of a test's kernel in Chromium, without a server: the application itself answers every request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
from litestar import Litestar

from crm_kernel.actor import Actor
from crm_kernel.kernel import Kernel
from crm_kernel.testing.chromium import QUIET, find_browser, is_fault
from crm_kernel.testing.databases import absent
from crm_kernel.testing.doorman import Doorman, served

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Route

OpenPage = Callable[..., Awaitable["Page"]]
ORIGIN = "https://crm.test"
PATIENCE_MS = 20_000
NOT_OURS = frozenset(("content-encoding", "content-length", "transfer-encoding"))
STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
SETTLED = """async () => {
  await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
  const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(moving.map((one) => one.finished));
}"""


@asynccontextmanager
async def opener(
    kernel: Kernel, app: Litestar | None = None, doorman: Doorman | None = None
) -> AsyncIterator[OpenPage]:
    """Opens pages as somebody, of the kernel's application or of one that is served already.

    Raises AssertionError at the end when a page reported an error on its console.
    """
    from playwright.async_api import async_playwright

    if find_browser() is None:
        absent("Chromium")
    if app is None or doorman is None:
        app, doorman = served(kernel)
    faults: list[str] = []
    asgi: Any = app
    transport = httpx.ASGITransport(app=asgi, raise_app_exceptions=False)
    async with async_playwright() as playwright, httpx.AsyncClient(transport=transport) as client:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=QUIET)

        async def opened(actor: Actor, path: str, **wishes: Any) -> Page:
            page = await _window(browser, client, doorman.knows(actor), faults, **wishes)
            await page.goto(ORIGIN + kernel.settings.prefix + path)
            return page

        yield opened
        await browser.close()
    assert not faults, "\n".join(faults)


async def _window(
    browser: Browser,
    client: httpx.AsyncClient,
    headers: dict[str, str],
    faults: list[str],
    **wishes: Any,
) -> Page:
    options: dict[str, Any] = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", **wishes}
    context = await browser.new_context(extra_http_headers=headers, **options)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda line: faults.append(line.text) if is_fault(line.type, line.text) else None)

    async def answer(route: Route) -> None:
        request = route.request
        reply = await client.request(
            request.method,
            request.url,
            headers=await request.all_headers(),
            content=request.post_data_buffer,
        )
        kept = {name: value for name, value in reply.headers.items() if name not in NOT_OURS}
        await route.fulfill(status=reply.status_code, headers=kept, body=reply.content)

    await page.route(f"{ORIGIN}/**", answer)
    return page


async def accessibility_faults(page: Page) -> list[str]:
    """What axe finds on the page as it stands, in the light and, as far as colours matter, in the dark."""
    from axe_playwright_python.async_playwright import Axe

    await page.wait_for_load_state("load")
    found: list[str] = []
    for scheme, kind, wanted in (
        ("light", "tag", list(STANDARDS)),
        ("dark", "rule", ["color-contrast", "link-in-text-block"]),
    ):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await page.evaluate(SETTLED)
        options = {"runOnly": {"type": kind, "values": wanted}, "resultTypes": ["violations"]}
        told = await Axe().run(page, options=options)
        found += [
            f"{scheme} {page.url} {one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for one in told.response["violations"]
            for node in one["nodes"][:2]
        ]
    await page.emulate_media(color_scheme="light")
    return found
