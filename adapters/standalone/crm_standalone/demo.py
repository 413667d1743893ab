"""A dealership to look at: an account that may do everything, and what every module shows of itself."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from graphlib import TopologicalSorter

from crm_kernel.access.organisation import Dealership
from crm_kernel.access.policy import SUPER
from crm_kernel.access.store import IDENTITY, Shop
from crm_kernel.actor import Actor
from crm_kernel.contributions import DemoData
from crm_kernel.errors import Conflict
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_standalone.accounts.lookup import account_of
from crm_standalone.accounts.models import Account
from crm_standalone.accounts.shell import add_user
from crm_standalone.accounts.store import AccountStore
from crm_standalone.demo_staff import LOGINS, hire

_ = messages("standalone")

LOGIN = "demo"
MARK = "demo"
PASSWORD = "CRM_DEMO_PASSWORD"


async def fill(kernel: Kernel, shop: Shop, tell: Callable[[str], None]) -> str:
    """Make or refresh the demo account and let modules that have not done so yet bring their data.

    The people stand together or not at all, and so does what each module brings: a start that was stopped in
    the middle is completed by the next one. Gives the account's password: `CRM_DEMO_PASSWORD`, or a new one
    at every start. Raises Conflict for a database in which people work already.
    """
    operator = await kernel.access.operator(shop.id)
    async with _marking(kernel, operator, shop) as (marked, dealership):
        if marked is None:
            if await AccountStore(kernel.db).accounts(None, "", 1):
                raise Conflict(_("People work in this database already; demo data would get in their way."))
            await add_user(kernel, operator, LOGIN, name="演示账号", roles=[SUPER], dealership_id=shop.id)
            await hire(kernel, operator, shop)
            _mark(dealership, [])
    password = await _give_password(kernel)
    actor = await kernel.access.actor((await account_of(kernel, LOGIN)).staff_id, shop.id, via="cli")
    for data in _in_order(kernel.registry.of(DemoData)):
        async with _marking(kernel, actor, shop) as (marked, dealership):
            if data.name not in (marked or ()):
                tell(data.name)
                await data.fill(kernel, actor)
                _mark(dealership, [*(marked or ()), data.name])
    return password


def _in_order(found: Sequence[DemoData]) -> Sequence[DemoData]:
    """Each after what it builds on, else as they come."""
    by_name = {data.name: data for data in found}
    before = {data.name: [name for name in data.after if name in by_name] for data in found}
    return [by_name[name] for name in TopologicalSorter(before).static_order()]


async def _give_password(kernel: Kernel) -> str:
    """A password good at once, the same for every account of the demo.

    One that the operator chose is taken as it is, weak or not.
    """
    password = os.environ.get(PASSWORD) or secrets.token_urlsafe(12)
    hashed = await kernel.service("passwords").hash(password)
    store = AccountStore(kernel.db)
    accounts = [await store.by_login(login) for login in (LOGIN, *LOGINS)]
    async with kernel.db.work(None) as work:
        for account in accounts:
            if account is not None:
                kept = await work.session.get_one(Account, account.id)
                kept.password_hash, kept.must_change, kept.state = hashed, False, "active"
        await kernel.access.count(work, IDENTITY)
    return password


@asynccontextmanager
async def _marking(
    kernel: Kernel, by: Actor, shop: Shop
) -> AsyncIterator[tuple[list[str] | None, Dealership]]:
    """A transaction with the names of what was filled, None before the first start; another start waits."""
    async with kernel.db.work(by, now=kernel.clock.now()) as work:
        dealership = await work.session.get_one(Dealership, shop.id, with_for_update=True)
        yield dealership.settings.get(MARK), dealership


def _mark(dealership: Dealership, names: list[str]) -> None:
    dealership.settings = {**dealership.settings, MARK: names}
