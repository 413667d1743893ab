"""What whoever holds the shell does with accounts: the first administrator, and `crm user`, `crm token`.

`by` is the acting person; the shell itself acts as `await kernel.access.operator()`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from crm_kernel.access.policy import SUPER
from crm_kernel.actor import Actor
from crm_kernel.administration.role_store import RoleStore
from crm_kernel.assembly import furnish
from crm_kernel.dal.types import uuid7
from crm_kernel.kernel import Kernel
from crm_standalone.accounts.lookup import account_of
from crm_standalone.accounts.service import AccountService
from crm_standalone.accounts.tokens import NewToken


def _accounts(kernel: Kernel) -> AccountService:
    found: AccountService = kernel.service("accounts")
    return found


async def add_user(
    kernel: Kernel,
    by: Actor,
    login: str,
    *,
    name: str = "",
    roles: Sequence[str] = (),
    dealership_id: UUID | None = None,
    password: str | None = None,
) -> str:
    """A member of staff with an account and roles in a dealership; gives the first password.

    The super administrator's role holds everywhere. All or nothing.
    """
    organisation: Any = kernel.service("organisation")
    async with kernel.db.work(by, now=kernel.clock.now()):
        staff = await organisation.create_staff(by, _code(login), name or login, dealership_id=dealership_id)
        _account, first = await _accounts(kernel).create_account(by, staff.id, login, password)
        for role in roles:
            place = None if role == SUPER else dealership_id
            await kernel.service("policy").grant(by, staff.id, role, place)
    return first


def _code(login: str) -> str:
    return login if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", login) else f"u{uuid7().hex[-12:]}"


async def set_password(kernel: Kernel, by: Actor, login: str, password: str | None = None) -> str:
    """Another password, to be changed at the next sign-in; gives it."""
    account = await account_of(kernel, login)
    return await _accounts(kernel).give_password(by, account.id, password)


async def set_active(kernel: Kernel, by: Actor, login: str, active: bool) -> None:
    """Lock an account, or open it again."""
    account = await account_of(kernel, login)
    await _accounts(kernel).set_account_active(by, account.id, active)


async def grant(kernel: Kernel, by: Actor, login: str, role: str, dealership_id: UUID | None) -> None:
    """Give a role in a dealership (None: everywhere, as the super administrator's always is)."""
    account = await account_of(kernel, login)
    place = None if role == SUPER else dealership_id
    await kernel.service("policy").grant(by, account.staff_id, role, place)


async def create_token(
    kernel: Kernel,
    by: Actor,
    login: str,
    *,
    days: int = 90,
    name: str = "crm",
    dealership_id: UUID | None = None,
) -> NewToken:
    """A token for a person."""
    account = await account_of(kernel, login)
    return await _accounts(kernel).create_token_for(by, account.id, name, days, dealership_id)


async def ensure_admin(
    kernel: Kernel, login: str = "admin", *, name: str = "", password: str | None = None
) -> str | None:
    """The first super administrator, in the first dealership; gives his password.

    None, and nothing happens, when there is a super administrator already: nobody can be put in twice.
    """
    await furnish(kernel)
    if await RoleStore(kernel.db).super_administrators():
        return None
    shops = await kernel.access.store.dealerships()
    by = await kernel.access.operator(shops[0].id)
    return await add_user(
        kernel, by, login, name=name, roles=[SUPER], dealership_id=shops[0].id, password=password
    )
