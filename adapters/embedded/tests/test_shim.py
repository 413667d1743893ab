"""Mounted anywhere, behind anything: the same addresses, and nothing of the host's gets in."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.middleware.sessions import SessionMiddleware

from crm_embedded.asgi import Forecourt
from crm_embedded.host import Host
from crm_embedded.shim import Shim
from crm_kernel.errors import ConfigurationError
from crm_kernel.settings import Settings

PAGE = {"accept": "text/html", "x-erp-user": "wang"}


def browser(app: Any, root_path: str = "") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, root_path=root_path)
    return httpx.AsyncClient(transport=transport, base_url="https://erp.test")


@pytest.mark.parametrize(
    ("path", "root_path", "below"),
    [
        ("/customers", "", "/customers"),
        ("/proxy/crm/customers", "", "/customers"),
        ("/crm/customers", "/proxy/crm", "/customers"),
        ("/proxy/crm/customers", "/proxy/crm", "/customers"),
        ("/customers", "/proxy/crm", "/customers"),
        ("/proxy/crm", "", "/"),
        ("", "/proxy/crm", "/"),
        ("/crmx", "/proxy/crm", "/crmx"),
    ],
)
def test_whatever_the_host_left_of_the_path_is_put_right(path, root_path, below) -> None:
    shim = Shim(Host(), Settings.load({}, public_url="https://erp.test/proxy/crm"))
    inner = shim.inner({"type": "http", "path": path, "root_path": root_path})
    assert (inner["path"], inner["root_path"]) == ("/proxy/crm" + below, "")


async def test_mounted_in_fastapi_behind_a_proxy_links_and_cookies_carry_the_prefix(forecourt, erp) -> None:
    erp.hire("wang", "advisors")
    host = FastAPI()
    host.add_middleware(SessionMiddleware, secret_key="host")
    host.mount("/crm", forecourt)
    async with browser(host, "/proxy") as client:
        page = await client.get("/crm/customers", headers=PAGE)
        assert page.status_code == 200
        assert 'href="/proxy/crm/customers/new"' in page.text
        assert 'href="/customers' not in page.text
        openapi = (await client.get("/crm/api/openapi.json")).json()
        assert "/proxy/crm/api/v1/customers" in openapi["paths"]
        stranger = await client.get("/crm/customers", headers={"accept": "text/html"})
        assert (stranger.status_code, stranger.headers["location"]) == (
            303,
            "https://erp.test/login?next=%2Fproxy%2Fcrm%2Fcustomers",
        )
        assert (await client.get("/crm", headers=PAGE, follow_redirects=True)).status_code == 200


async def test_a_link_gives_a_cookie_under_the_prefix_and_in_a_foreign_frame_a_partitioned_one(
    forecourt, erp
) -> None:
    staff_id = await forecourt.kernel.service("host_people").staff_of(erp.hire("wang", "advisors"))
    sessions = forecourt.kernel.service("host_sessions")
    async with browser(forecourt) as client:
        first = await client.get(f"/enter?ticket={await sessions.link(staff_id, '/customers')}")
        assert (first.status_code, first.headers["location"]) == (303, "/proxy/crm/customers")
        given = first.headers["set-cookie"].lower()
        assert "path=/proxy/crm;" in given
        assert "samesite=lax" in given
        assert "partitioned" not in given
        framed = {"sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site"}
        second = await client.get(f"/enter?ticket={await sessions.link(staff_id)}", headers=framed)
        given = second.headers["set-cookie"].lower()
        assert "samesite=none" in given
        assert given.endswith("partitioned")
        again = await client.get("/enter?ticket=made-up", headers={"accept": "text/html"})
        assert again.status_code in (303, 401)


async def test_it_starts_with_the_first_request_where_the_host_has_no_lifespan(tmp_path, erp) -> None:
    erp.hire("wang", "advisors")
    crm = Forecourt(
        erp.who,
        roles={"advisors": "service_agent"},
        background=False,
        environ={},
        home=tmp_path / "crm",
        public_url="https://erp.test/crm",
    )
    host = FastAPI()
    host.mount("/crm", crm)
    async with browser(host) as client:
        answers = await asyncio.gather(
            *(client.get("/crm/api/v1/customers", headers={"x-erp-user": "wang"}) for _one in range(3))
        )
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    await crm.stop()


async def test_without_leave_to_upgrade_it_says_what_is_missing(tmp_path) -> None:
    crm = Forecourt(upgrade=False, environ={}, home=tmp_path / "crm")
    with pytest.raises(ConfigurationError, match="embedded"):
        await crm.start()


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        Forecourt(colour="red", environ={})
