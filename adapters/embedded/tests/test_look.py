"""Our pages in the host's colours, or inside the host's own frame."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from crm_embedded.host import Host
from crm_embedded.look import Look, PageParts
from crm_embedded.product import product
from crm_embedded.shim import HOST_SCOPE
from crm_kernel.errors import ConfigurationError

from .conftest import ROLES

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PAGE = {"accept": "text/html", "x-erp-user": "wang"}


def frame(parts: PageParts) -> str:
    """The host's page: its own bar with our menu in it, our content below."""
    links = "".join(f'<a href="{i.url}">{i.label}</a>' for group in parts.menu for i in group["items"])
    return (
        f"<!doctype html><html><head><title>{parts.title} - ERP</title>{parts.head}</head>"
        f'<body><nav id="erp">{links}</nav>{parts.body}</body></html>'
    )


@pytest.fixture
def look() -> Look:
    return Look("远航", {"--crm-accent": "light-dark(#0a6b52, #6fd3b4)"})


@pytest.fixture
def host(erp: Any, look: Look) -> Host:
    return Host(name="远航", identify=erp.who, roles=ROLES, look=look)


async def page(kernel: Any, path: str) -> httpx.Response:
    app = product(kernel)

    async def as_mounted(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "state": {}, HOST_SCOPE: scope}, receive, send)

    transport = httpx.ASGITransport(app=as_mounted)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        return await client.get(path, headers=PAGE)


async def test_colours_and_name_are_the_hosts(seeded, erp) -> None:
    erp.hire("wang", "advisors")
    text = (await page(seeded, "/customers")).text
    assert "--crm-accent:light-dark(#0a6b52, #6fd3b4);" in text
    assert "· 远航</title>" in text


class TestFrame:
    """The host draws the whole page."""

    @pytest.fixture
    def look(self) -> Look:
        return Look("远航", frame=frame)

    async def test_our_content_stands_in_the_hosts_frame_and_our_menu_in_its_own(self, seeded, erp) -> None:
        erp.hire("wang", "advisors")
        answer = await page(seeded, "/customers")
        text = answer.text
        assert answer.status_code == 200, text
        assert text.startswith("<!doctype html><html><head><title>")
        assert text.count("<html") == 1
        assert '<nav id="erp">' in text
        assert '<a href="/customers">客户</a>' in text
        assert "crm-sidebar" not in text
        assert 'id="main"' in text.partition('<nav id="erp">')[2]
        assert 'name="csrf-token"' in text.partition("</head>")[0]

    async def test_a_part_of_a_page_has_no_frame(self, seeded, erp) -> None:
        erp.hire("wang", "advisors")
        assert "<html" not in (await page(seeded, "/pieces/tasks")).text


def test_a_variable_cannot_break_out_of_the_style_sheet(database) -> None:
    with pytest.raises(ConfigurationError):
        Look(variables={"--crm-accent": "red;} body{display:none"})
    with pytest.raises(ConfigurationError):
        Look(variables={"color": "red"})
