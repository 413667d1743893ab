"""An administrator who reaches beyond himself, by hand-made requests: refused, and nothing written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from crm_kernel.access.policy import SUPER
from crm_kernel.dal.scoped import trusted
from crm_kernel.events.models import Event
from crm_kernel.testing.databases import TestDatabase, database_for
from crm_standalone.accounts.models import Account, Application

from .conftest import OWN
from .test_applications import WISH
from .test_pages import ACCOUNTS, browsing

STAFF, ROLES, APPLICATIONS = "/admin/staff", "/admin/roles", "/admin/applications"
REFUSED = {403, 404, 409, 422}


@pytest.fixture
async def database(tmp_path: Path) -> TestDatabase:
    """Pages hold no SQL, so one database is enough."""
    return await database_for("sqlite", tmp_path)


async def written(kernel: Any) -> tuple[object, ...]:
    """Who holds what, who may sign in, who waits, and how much was told."""
    accounts = select(Account.login, Account.state, Account.password_hash, Account.second_factor)
    return (
        sorted((r.ptype, r.v0, r.v1, r.v2) for r in await kernel.access.store.rules()),
        sorted(map(tuple, await kernel.db.rows(trusted(accounts)))),
        list(await kernel.db.rows(trusted(select(Application.state)))),
        list(await kernel.db.rows(trusted(select(func.count()).select_from(Event)))),
    )


async def attempt(kernel: Any, browser: Any, path: str, sent: dict[str, str]) -> None:
    before = await written(kernel)
    answer = await browser.post(path, data=sent)
    assert answer.status_code in REFUSED, (path, sent, answer.status_code)
    assert await written(kernel) == before, (path, sent)


async def test_an_administrator_takes_and_gives_nothing_beyond_his_reach(
    kernel, accounts, join, make_dealership, dealership
) -> None:
    boss, chief = await join("boss", "administrator"), await join("chief", SUPER, everywhere=True)
    east = str((await make_dealership("east")).id)
    here = str(dealership.id)
    applications = kernel.service("applications")
    await applications.apply(WISH)
    async with browsing(kernel, (await accounts.login("boss", OWN)).token) as browser:
        await browser.get("/profile")
        by = await kernel.access.actor(boss.staff_id)
        (waiting,) = await applications.applications(by)
        approve = {"login": "zhao", "dealership_id": here}
        himself, above = f"{STAFF}/{boss.staff_id}", f"{STAFF}/{chief.staff_id}"
        for path, sent in (
            (f"{himself}/grant", {"role": SUPER, "place": ""}),
            (f"{himself}/grant", {"role": "sales_manager", "place": east}),
            (f"{himself}/move", {"dealership_id": east}),
            (f"{above}/leave", {}),
            (f"{above}/revoke?role={SUPER}&place=", {}),
            (f"{ACCOUNTS}/{chief.id}/disable", {}),
            (f"{ACCOUNTS}/{chief.id}/reset-link", {}),
            (f"{ACCOUNTS}/{chief.id}/rename", {"login": "mine"}),
            (f"{ACCOUNTS}/{chief.id}/second-factor/clear", {}),
            (f"{ROLES}/administrator", {"p:customer.export": "all"}),
            (f"{ROLES}/sales_consultant", {"p:customer.purge": "own"}),
            (f"{ROLES}/{SUPER}", {"p:customer.view": "own"}),
            (f"{ROLES}/sales_manager/rename", {"label": "我的"}),
            (f"{APPLICATIONS}/{waiting.id}/approve", {**approve, "role": SUPER, "place": ""}),
            (f"{APPLICATIONS}/{waiting.id}/approve", {**approve, "role": "marketing", "place": east}),
            (f"{APPLICATIONS}/{waiting.id}/approve", {**approve, "role": "marketing", "dealership_id": east}),
        ):
            await attempt(kernel, browser, path, sent)


async def test_the_last_super_administrator_cannot_shut_himself_out(kernel, accounts, join) -> None:
    chief = await join("chief", SUPER, everywhere=True)
    async with browsing(kernel, (await accounts.login("chief", OWN)).token) as browser:
        await browser.get("/profile")
        for path in (
            f"{STAFF}/{chief.staff_id}/revoke?role={SUPER}&place=",
            f"{STAFF}/{chief.staff_id}/leave",
            f"{ACCOUNTS}/{chief.id}/disable",
        ):
            await attempt(kernel, browser, path, {})
