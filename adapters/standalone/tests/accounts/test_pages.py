"""Accounts and applications by page, in the browser of somebody who has signed in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from crm_kernel.testing.databases import TestDatabase, database_for
from crm_standalone.pages.product import product

from .conftest import OWN, cookie
from .test_applications import WISH

ACCOUNTS = "/admin/accounts"


@pytest.fixture
async def database(tmp_path: Path) -> TestDatabase:
    """Pages hold no SQL, so one database is enough."""
    return await database_for("sqlite", tmp_path)


@pytest.fixture
async def browser(kernel, accounts, join) -> AsyncIterator[httpx.AsyncClient]:
    """The administrator's, with the session's cookie and the page's token."""
    await join("boss", "administrator")
    async with browsing(kernel, (await accounts.login("boss", OWN)).token) as client:
        yield client


def browsing(kernel, session: str) -> httpx.AsyncClient:
    async def with_token(request: httpx.Request) -> None:
        if request.method == "POST" and "x-csrf-token" not in request.headers:
            page = await client.get("/profile")
            found = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
            request.headers["x-csrf-token"] = found.group(1) if found else ""

    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=product(kernel, run_kernel=False), raise_app_exceptions=False),
        base_url="http://crm.test",
        headers={"accept": "text/html"},
        cookies={"crm_session": session},
        event_hooks={"request": [with_token]},
    )
    return client


@pytest.fixture
async def newcomer(kernel, admin, dealership):
    return await kernel.service("organisation").create_staff(admin, "S9", "孙丽", dealership_id=dealership.id)


async def test_an_account_is_created_and_its_first_password_shown_once(
    browser, accounts, newcomer, admin
) -> None:
    nobody = await browser.post(f"{ACCOUNTS}/new", data={"login": "sun.li"})
    assert nobody.status_code == 422
    assert 'value="sun.li"' in nobody.text
    made = await browser.post(f"{ACCOUNTS}/new", data={"staff_id": str(newcomer.id), "login": "sun.li"})
    assert made.status_code == 200
    secret = re.search(r'<code class="crm-secret">([^<]+)</code>', made.text)
    assert secret is not None
    assert (await accounts.login("sun.li", secret.group(1))).must_change
    listed = (await browser.get(f"{ACCOUNTS}?q=sun")).text
    assert "孙丽" in listed
    assert secret.group(1) not in listed
    taken = await browser.post(f"{ACCOUNTS}/new", data={"staff_id": str(newcomer.id), "login": "boss"})
    assert taken.status_code == 422
    again = await browser.post(f"{ACCOUNTS}/new", data={"staff_id": str(newcomer.id), "login": "other"})
    assert again.status_code == 409


async def test_somebody_is_locked_out_let_in_again_and_gets_a_link(browser, accounts, admin, join) -> None:
    account = await join("wang", "service_agent")
    where = f"{ACCOUNTS}/{account.id}"
    assert (await browser.post(f"{where}/disable")).status_code == 303
    assert (await accounts.get_account(admin, account.id)).state == "disabled"
    assert (await browser.post(f"{where}/enable")).status_code == 303
    link = await browser.post(f"{where}/reset-link")
    assert "/reset-password#" in link.text
    token = link.text.partition("/reset-password#")[2].partition("<")[0]
    await accounts.reset_password(token, "maple-lantern-91")
    assert (await browser.post(f"{where}/second-factor/clear")).status_code == 303
    assert (await browser.post(f"{where}/rename", data={"login": "wang li"})).status_code == 422
    assert (await browser.post(f"{where}/rename", data={"login": "wang.li"})).status_code == 303
    await accounts.login("wang.li", "maple-lantern-91")


async def test_an_application_is_approved_with_the_usual_role(browser, kernel, accounts, dealership) -> None:
    applications = kernel.service("applications")
    await applications.apply(WISH)
    assert "赵六" in (await browser.get("/admin/applications")).text
    assert 'data-due="/admin/applications"' in (await browser.get("/admin/accounts")).text
    assert "[data-due='/admin/applications']\">1<" in (await browser.get("/menu-badges")).text
    one = (await applications.applications(await some_boss(kernel, accounts)))[0]
    where = f"/admin/applications/{one.id}"
    form = (await browser.get(f"{where}/approve")).text
    assert 'value="service_advisor" selected' in form
    sent = {"login": "zhao", "dealership_id": str(dealership.id), "role": "", "place": str(dealership.id)}
    assert (await browser.post(f"{where}/approve", data=sent)).status_code == 422
    approved = await browser.post(f"{where}/approve", data={**sent, "role": "service_advisor"})
    assert approved.status_code == 303
    await accounts.login("zhao", WISH.password)
    assert "赵六" in (await browser.get("/admin/applications?state=approved")).text
    assert (await browser.post(f"{where}/approve", data=sent)).status_code == 404


async def some_boss(kernel, accounts):
    token = (await accounts.login("boss", OWN)).token
    return await kernel.service("identity").authenticate(cookie(token))


async def test_a_refusal_needs_a_reason_which_the_applicant_reads(browser, kernel, accounts) -> None:
    applications = kernel.service("applications")
    reference = await applications.apply(replace(WISH, login="qian", name="钱七"))
    one = (await applications.applications(await some_boss(kernel, accounts)))[0]
    where = f"/admin/applications/{one.id}/refuse"
    assert (await browser.post(where, data={"reason": " "})).status_code == 422
    assert (await browser.post(where, data={"reason": "请先联系店长"})).status_code == 303
    assert (await applications.status(reference)).reason == "请先联系店长"


async def test_accounts_are_closed_to_others_and_to_other_dealerships(
    kernel, accounts, join, make_dealership
) -> None:
    boss = await join("boss", "administrator")
    east = await make_dealership("east")
    await join("agent", "service_agent")
    await join("eastern", "administrator", at=east)
    async with browsing(kernel, (await accounts.login("agent", OWN)).token) as agent:
        assert (await agent.get(ACCOUNTS)).status_code == 403
        assert (await agent.post(f"{ACCOUNTS}/{boss.id}/disable")).status_code == 403
    async with browsing(kernel, (await accounts.login("eastern", OWN)).token) as eastern:
        assert "boss" not in (await eastern.get(ACCOUNTS)).text
        assert (await eastern.post(f"{ACCOUNTS}/{boss.id}/reset-link")).status_code == 404


async def test_the_profile_menu_leads_to_ones_own_account(browser) -> None:
    assert 'href="/profile"' in (await browser.get("/")).text
